"""A file of Things and their Datastreams: `cityloop sense things load`.

properties:  NAME: label, unit, valid, …        as in an import's mapping
things:      list of key, name, name_en, kind, longitude, latitude, description,
             datastreams: list of property, key, name, name_en, sensor, department, stuck_after_s
"""

from typing import Any

import msgspec
from django.db import transaction

from cityloop.sense.observations.mapping import MappingError, PropertySection, Section, read_section, read_sections
from cityloop.sense.observations.services import ensure_datastream, ensure_property, ensure_thing

THINGS_MAX = 100_000


class StreamSection(Section, frozen=True):
    """A Datastream; without `key` it is known as THING/PROPERTY."""

    property: str
    key: str = ""
    name: str = ""
    name_en: str = ""
    sensor: str = ""
    department: str = ""
    stuck_after_s: int | None = None


class DeviceSection(Section, frozen=True):
    """A Thing with what it measures."""

    key: str
    name: str = ""
    name_en: str = ""
    kind: str = ""
    description: str = ""
    longitude: float | None = None
    latitude: float | None = None
    datastreams: list[Any] = msgspec.field(default_factory=list)


def load_things(document: object) -> dict[str, int]:
    """Enter everything a document names, or nothing.

    Returns:
        How many properties, Things and Datastreams it names.

    Raises:
        MappingError: A key is missing, unknown or holds something that is not allowed.
        Problem: A rule of the registers is broken; see `services`.
    """
    if not isinstance(document, dict) or not set(document) <= {"properties", "things"}:
        raise MappingError("the file holds something else; allowed: keys properties and things")
    properties = read_sections(document.get("properties", {}), "properties", PropertySection)
    things = document.get("things", [])
    if not isinstance(things, list) or len(things) > THINGS_MAX:
        raise MappingError(f"things is not a list of up to {THINGS_MAX} Things")
    devices = [read_section(one, f"things[{place}]", DeviceSection) for place, one in enumerate(things)]
    streams = 0
    with transaction.atomic():
        for name, section in properties.items():
            enter_property(name, section)
        for place, device in enumerate(devices):
            streams += _enter_device(device, f"things[{place}].datastreams")
    return {"properties": len(properties), "things": len(devices), "datastreams": streams}


def enter_property(name: str, section: PropertySection) -> int:
    """Enter a property as a file describes it, unless it is there."""
    return ensure_property(
        name=name,
        label=section.label,
        label_en=section.label_en,
        unit=section.unit,
        definition=section.definition,
        description=section.description,
        description_en=section.description_en,
        valid_least=section.valid[0],
        valid_most=section.valid[1],
        rate_max=section.rate_max,
        stuck_after_s=section.stuck_after_s,
        stuck_above=section.stuck_above,
    )


def _enter_device(device: DeviceSection, where: str) -> int:
    thing = ensure_thing(
        key=device.key,
        name=device.name,
        name_en=device.name_en,
        kind=device.kind,
        description=device.description,
        longitude=device.longitude,
        latitude=device.latitude,
    )
    for place, one in enumerate(device.datastreams):
        stream = read_section(one, f"{where}[{place}]", StreamSection)
        ensure_datastream(
            key=stream.key or f"{device.key}/{stream.property}",
            thing_id=thing,
            property=stream.property,
            name=stream.name,
            name_en=stream.name_en,
            sensor_key=stream.sensor,
            department_code=stream.department,
            stuck_after_s=stream.stuck_after_s,
        )
    return len(device.datastreams)
