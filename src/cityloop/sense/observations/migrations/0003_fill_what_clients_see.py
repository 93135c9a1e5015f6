"""What clients of the standard see comes from the columns that were there before."""

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from cityloop.sense.observations.units import unit_of_measurement

LIMITS = ("valid_least", "valid_most", "rate_max", "stuck_after_s", "stuck_above")


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Fill the new columns; entered again it changes nothing."""

    def of(name: str) -> Iterator[Any]:
        rows: Iterator[Any] = apps.get_model("sense_observations", name)._default_manager.iterator()
        return rows

    for row in of("Location"):
        row.description = row.name
        row.location = {"type": "Point", "coordinates": [row.longitude, row.latitude]}
        row.save()
    for row in of("Thing"):
        row.description = row.description or row.name
        row.properties = {**row.properties, **present(row, "key", "kind", "name_en")}
        row.save()
        if row.location_id is not None:
            row.locations.add(row.location_id)
    for row in of("Sensor"):
        row.description = row.description or row.name
        row.metadata = row.metadata_text
        row.save()
    for row in of("ObservedProperty"):
        row.name = row.key
        row.description = row.description or row.label
        row.properties = present(row, "key", "label", "label_en", "unit", "description_en", *LIMITS)
        row.save()
    for row in of("Datastream"):
        row.description = row.description or row.name
        row.unit_of_measurement = unit_of_measurement(row.observed_property.unit)
        row.properties = present(row, "key", "name_en", "stuck_after_s")
        row.save()


def present(row: Any, *names: str) -> dict[str, object]:
    return {name: getattr(row, name) for name in names if getattr(row, name) not in (None, "")}


class Migration(migrations.Migration):
    dependencies = [("sense_observations", "0002_sensorthings_whole")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
