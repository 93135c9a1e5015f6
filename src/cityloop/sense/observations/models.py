"""The registers of SensorThings. Observations themselves lie in the observation store (`store.py`)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Location(models.Model):
    """Where a Thing stands: a point in CGCS2000 (WGS 84 to within centimetres), degrees."""

    name = models.CharField(max_length=200)
    longitude = models.FloatField()
    latitude = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
                name="location_on_earth",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Thing(models.Model):
    """A device or station. `key` is the name its owner knows it by, unique in the city."""

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="things")
    properties = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.name


class Sensor(models.Model):
    """A kind of instrument and how it measures."""

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    encoding_type = models.CharField(max_length=80, default="text/plain")
    metadata = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class ObservedProperty(models.Model):
    """What is measured: a machine name such as pm25, its words for people, its unit and what values are judged by."""

    name = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=40)
    definition = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
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
        return self.name


class Datastream(models.Model):
    """One property measured by one sensor at one Thing."""

    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, on_delete=models.PROTECT, related_name="datastreams")
    observed_property = models.ForeignKey(ObservedProperty, on_delete=models.PROTECT, related_name="datastreams")
    department = models.ForeignKey(
        "kernel_organisations.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stuck_after_s = models.PositiveIntegerField(null=True, blank=True, help_text="Instead of the property's.")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name
