"""Room for the whole of SensorThings 1.1: every entity's fields, several Locations, history, features of interest."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

GEOJSON = "application/geo+json"


class Migration(migrations.Migration):
    dependencies = [("sense_observations", "0001_initial")]

    operations = [
        migrations.AddField("location", "description", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("location", "encoding_type", models.CharField(default=GEOJSON, max_length=80)),
        migrations.AddField("location", "location", models.JSONField(default=dict), preserve_default=False),
        migrations.AddField("location", "properties", models.JSONField(blank=True, default=dict)),
        migrations.RemoveConstraint("location", "location_on_earth"),
        migrations.AlterField("location", "longitude", models.FloatField(blank=True, null=True)),
        migrations.AlterField("location", "latitude", models.FloatField(blank=True, null=True)),
        migrations.AddConstraint(
            "location",
            models.CheckConstraint(
                condition=Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90)
                | Q(longitude__isnull=True, latitude__isnull=True),
                name="location_on_earth",
            ),
        ),
        migrations.AlterField("thing", "key", models.CharField(blank=True, max_length=120, null=True, unique=True)),
        migrations.AlterField(
            "thing",
            "location",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sense_observations.location",
            ),
        ),
        migrations.AddField(
            "thing",
            "locations",
            models.ManyToManyField(blank=True, related_name="things", to="sense_observations.location"),
        ),
        migrations.CreateModel(
            "HistoricalLocation",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("time_us", models.BigIntegerField()),
                (
                    "thing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="historical_locations",
                        to="sense_observations.thing",
                    ),
                ),
                (
                    "locations",
                    models.ManyToManyField(related_name="historical_locations", to="sense_observations.location"),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.CreateModel(
            "FeatureOfInterest",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("encoding_type", models.CharField(default=GEOJSON, max_length=80)),
                ("feature", models.JSONField()),
                ("properties", models.JSONField(blank=True, default=dict)),
                (
                    "of_location",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="generated_feature",
                        to="sense_observations.location",
                    ),
                ),
                (
                    "of_thing",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="generated_feature",
                        to="sense_observations.thing",
                    ),
                ),
            ],
        ),
        migrations.AlterField("sensor", "key", models.CharField(blank=True, max_length=120, null=True, unique=True)),
        migrations.RenameField("sensor", "metadata", "metadata_text"),
        migrations.AddField("sensor", "metadata", models.JSONField(blank=True, default=str)),
        migrations.AddField("sensor", "properties", models.JSONField(blank=True, default=dict)),
        migrations.RenameField("observedproperty", "name", "key"),
        migrations.AddField(
            "observedproperty", "name", models.CharField(max_length=200, default=""), preserve_default=False
        ),
        migrations.AddField("observedproperty", "properties", models.JSONField(blank=True, default=dict)),
        migrations.AlterField("observedproperty", "label", models.CharField(max_length=200)),
        migrations.AlterField("observedproperty", "label_en", models.CharField(blank=True, max_length=200)),
        migrations.AlterField("observedproperty", "unit", models.CharField(blank=True, max_length=40)),
        migrations.AlterField("observedproperty", "definition", models.CharField(blank=True, max_length=1000)),
        migrations.AlterField("datastream", "key", models.CharField(blank=True, max_length=200, null=True, unique=True)),
        migrations.AddField(
            "datastream",
            "observation_type",
            models.CharField(
                default="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement", max_length=200
            ),
        ),
        migrations.AddField("datastream", "unit_of_measurement", models.JSONField(blank=True, default=dict)),
        migrations.AddField("datastream", "observed_area", models.JSONField(blank=True, null=True)),
        migrations.AddField("datastream", "properties", models.JSONField(blank=True, default=dict)),
        migrations.AddField("datastream", "unit", models.CharField(blank=True, default="", max_length=40), preserve_default=False),
        *(
            migrations.AlterField(
                "datastream",
                name,
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="datastreams",
                    to=f"sense_observations.{target}",
                ),
            )
            for name, target in (("thing", "thing"), ("sensor", "sensor"), ("observed_property", "observedproperty"))
        ),
    ]
