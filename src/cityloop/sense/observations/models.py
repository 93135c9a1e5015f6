"""The registers of SensorThings. Observations themselves lie in the observation store (`store.py`).

What a client of the standard sees of a row is in its columns `name`, `description`, `properties` … as it stands;
columns beside them (`key`, limits, places) are what the rest of the product works with, and are also among the
properties.
Times are microseconds since 1970 UTC, as in the observation store.
Source: OGC 18-088, clause 8.2.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

GEOJSON = "application/geo+json"
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


class Location(models.Model):
    """Where Things stand: any GeoJSON geometry in CGCS2000 (WGS 84 to within centimetres), degrees.

    `longitude` and `latitude` are its point, or the middle of its bounds; empty when it is not GeoJSON.
    """

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    encoding_type = models.CharField(max_length=80, default=GEOJSON)
    location = models.JSONField()
    properties = models.JSONField(default=dict, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90)
                | Q(longitude__isnull=True, latitude__isnull=True),
                name="location_on_earth",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Thing(models.Model):
    """A device or station. `key` is the name its owner knows it by, unique in the city; a client may give none."""

    key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)
    locations = models.ManyToManyField(Location, blank=True, related_name="things")
    properties = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.name


class HistoricalLocation(models.Model):
    """Where a Thing stood from a time on."""

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="historical_locations")
    locations = models.ManyToManyField(Location, related_name="historical_locations")
    time_us = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.thing_id} at {self.time_us}"


class Sensor(models.Model):
    """A kind of instrument and how it measures."""

    key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    encoding_type = models.CharField(max_length=80, default="text/plain")
    metadata = models.JSONField(default=str, blank=True)
    properties = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.name


class ObservedProperty(models.Model):
    """What is measured: a machine name (`key`) such as pm25, words for people, unit and what values are judged by."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    label = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    definition = models.CharField(max_length=1000, blank=True)
    description = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    properties = models.JSONField(default=dict, blank=True)
    valid_least = models.FloatField(null=True, blank=True)
    valid_most = models.FloatField(null=True, blank=True)
    rate_max = models.FloatField(null=True, blank=True, help_text="Fastest possible change, unit per hour.")
    stuck_after_s = models.PositiveIntegerField(null=True, blank=True)
    stuck_above = models.FloatField(null=True, blank=True, help_text="Values at or below never count as stuck.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_least__isnull=True) | Q(valid_most__isnull=True) | Q(valid_least__lt=F("valid_most")),
                name="valid_range_in_order",
            ),
            models.CheckConstraint(condition=Q(rate_max__isnull=True) | Q(rate_max__gt=0), name="rate_above_zero"),
        ]

    def __str__(self) -> str:
        return self.key


class Datastream(models.Model):
    """One property measured by one sensor at one Thing.

    `unit` is the unit's code where it is not the property's; limits of the property then don't apply.
    `observed_area` is what a client said; empty, it follows from where the Thing stands.
    """

    key = models.CharField(max_length=200, unique=True, null=True, blank=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    observation_type = models.CharField(max_length=200, default=MEASUREMENT)
    unit_of_measurement = models.JSONField(default=dict, blank=True)
    observed_area = models.JSONField(null=True, blank=True)
    properties = models.JSONField(default=dict, blank=True)
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="datastreams")
    observed_property = models.ForeignKey(ObservedProperty, on_delete=models.CASCADE, related_name="datastreams")
    department = models.ForeignKey(
        "kernel_organisations.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.CharField(max_length=40, blank=True)
    stuck_after_s = models.PositiveIntegerField(null=True, blank=True, help_text="Instead of the property's.")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class FeatureOfInterest(models.Model):
    """What an observation is about. One made from a Thing's place knows which: later observations share it."""

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    encoding_type = models.CharField(max_length=80, default=GEOJSON)
    feature = models.JSONField()
    properties = models.JSONField(default=dict, blank=True)
    of_location = models.OneToOneField(
        Location, null=True, blank=True, on_delete=models.SET_NULL, related_name="generated_feature"
    )
    of_thing = models.OneToOneField(
        Thing, null=True, blank=True, on_delete=models.SET_NULL, related_name="generated_feature"
    )

    def __str__(self) -> str:
        return self.name
