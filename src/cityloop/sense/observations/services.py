"""Writes of the registers by the owner's keys: entering a thing twice changes nothing."""

import re
from collections.abc import Mapping

from django.db import transaction

from cityloop.kernel import clock
from cityloop.kernel.audit.port import record
from cityloop.kernel.organisations.port import organization
from cityloop.kernel.problems import Conflict, Invalid
from cityloop.sense.observations.contracts import to_us
from cityloop.sense.observations.models import (
    Datastream,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from cityloop.sense.observations.units import unit_of_measurement

_MACHINE_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


@transaction.atomic
def ensure_property(
    *,
    name: str,
    label: str,
    unit: str,
    label_en: str = "",
    definition: str = "",
    description: str = "",
    description_en: str = "",
    valid_least: float | None = None,
    valid_most: float | None = None,
    rate_max: float | None = None,
    stuck_after_s: int | None = None,
    stuck_above: float | None = None,
) -> int:
    """Enter a property, unless it is there: an existing one is kept as it is, for an operator may have edited it.

    Args:
        name: Machine name such as pm25: letters, digits, - and _.
        unit: Unit code, such as ug/m3 or cm.
        valid_least, valid_most: Valid range, inclusive. `rate_max`: unit per hour. See `PropertyView` for the rest.

    Returns:
        Its id.

    Raises:
        Conflict: It is there with another unit: the same number would mean another thing.
        Invalid: The name or the range is not allowed.
    """
    found = ObservedProperty.objects.filter(key=name).first()
    if found is not None:
        if found.unit != unit:
            raise Conflict(
                f"Property {name} is measured in {found.unit!r} here, not in {unit!r}. Convert the values "
                "(`factor` in an import's mapping) or choose another property name."
            )
        return found.id
    if _MACHINE_NAME.fullmatch(name) is None:
        raise Invalid(f"property name {name!r}; allowed: 1 to 60 ASCII letters, digits, - or _, such as pm25.")
    limits = {
        "valid_least": valid_least,
        "valid_most": valid_most,
        "rate_max": rate_max,
        "stuck_after_s": stuck_after_s,
        "stuck_above": stuck_above,
    }
    check_limits(name, valid_least, valid_most, rate_max)
    words = {"key": name, "label": label, "label_en": label_en, "unit": unit, "description_en": description_en}
    row = ObservedProperty.objects.create(
        name=name,
        definition=definition or f"urn:cityloop:property:{name}",
        description=description or label,
        properties=present(**words, **limits),
        **words,
        **limits,
    )
    record("property.entered", about=("observed_property", str(row.id)), after={"name": name, "unit": unit})
    return row.id


def check_limits(name: str, least: float | None, most: float | None, rate_max: float | None) -> None:
    """Whether limits of a property can be meant.

    Raises:
        Invalid: A range the wrong way round, or a fastest change that is not above 0.
    """
    if least is not None and most is not None and least >= most:
        raise Invalid(f"valid range of {name}: {least} to {most}; allowed: the first below the second.")
    if rate_max is not None and not rate_max > 0:
        raise Invalid(f"fastest change of {name}: {rate_max}; allowed: above 0 (unit per hour), or none.")


@transaction.atomic
def ensure_thing(
    *,
    key: str,
    name: str,
    name_en: str = "",
    kind: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    description: str = "",
    properties: Mapping[str, object] | None = None,
) -> int:
    """Enter a Thing, or bring the one with this key up to date. Returns its id.

    Args:
        key: The name its owner knows it by, unique in the city.
        longitude, latitude: Degrees, CGCS2000; both or none. Without them a Thing keeps the place it has.

    Raises:
        Invalid: No key, or a place that is not on Earth.
    """
    if not 1 <= len(key) <= 120:
        raise Invalid(f"key of a Thing {key!r}; allowed: 1 to 120 characters.")
    if (longitude is None) != (latitude is None):
        raise Invalid(f"place of {key}: longitude {longitude}, latitude {latitude}; allowed: both or none.")
    row = Thing.objects.filter(key=key).first() or Thing(key=key)
    before = (row.name, row.name_en, row.kind, row.description, row.properties)
    row.name, row.name_en, row.kind, row.description = name or key, name_en, kind, description or name or key
    own = row.properties if properties is None else dict(properties)
    known = ("key", "name_en", "kind")
    row.properties = {
        **{each: value for each, value in own.items() if each not in known},
        **present(key=key, name_en=name_en, kind=kind),
    }
    entered = row.pk is None
    changed = entered or before != (row.name, row.name_en, row.kind, row.description, row.properties)
    if changed:
        row.save()
    if longitude is not None and latitude is not None:
        changed |= _stand_at(row, longitude, latitude)
    if changed:
        action = "thing.entered" if entered else "thing.changed"
        record(action, about=("thing", str(row.id)), after={"key": key, "name": row.name})
    return row.id


@transaction.atomic
def ensure_datastream(
    *,
    key: str,
    thing_id: int,
    property: str,
    name: str = "",
    name_en: str = "",
    sensor_key: str = "",
    sensor_name: str = "",
    department_code: str = "",
    stuck_after_s: int | None = None,
) -> int:
    """Enter a Datastream, unless one with this key is there.

    Args:
        key: The name its owner knows it by, unique in the city.
        property: Machine name of a property that was entered before.
        sensor_key: Kind of instrument; empty: unknown.
        department_code: Department that owns the data, or empty.

    Returns:
        Its id.

    Raises:
        Invalid: The property, Thing or department does not exist.
        Conflict: The key belongs to a Datastream of another Thing or property.
    """
    found = _datastream_there(key, thing_id, property)
    if found is not None:
        return found
    if not 1 <= len(key) <= 200:
        raise Invalid(f"key of a Datastream {key!r}; allowed: 1 to 200 characters.")
    kind = ObservedProperty.objects.filter(key=property).first()
    thing = Thing.objects.filter(id=thing_id).first()
    if kind is None or thing is None:
        missing = f"property {property!r}" if kind is None else f"Thing {thing_id}"
        raise Invalid(f"Datastream {key!r}: {missing} does not exist. Enter it first.")
    owner = organization(department_code) if department_code else None
    if department_code and owner is None:
        raise Invalid(f"Datastream {key!r}: department {department_code!r} is not known. Enter it first.")
    shown = name or f"{thing.name} {kind.label}"[:200]
    shown_en = name_en or f"{thing.name_en or thing.name} {kind.label_en or kind.label}"[:200]
    row = Datastream.objects.create(
        key=key,
        name=shown,
        name_en=shown_en,
        description=shown,
        unit_of_measurement=unit_of_measurement(kind.unit),
        properties=present(key=key, name_en=shown_en, stuck_after_s=stuck_after_s),
        thing=thing,
        sensor=_sensor(sensor_key or "unknown", sensor_name or sensor_key or "unknown"),
        observed_property=kind,
        department_id=owner.id if owner else None,
        stuck_after_s=stuck_after_s,
    )
    record("datastream.entered", about=("datastream", str(row.id)), after={"key": key, "property": property})
    return row.id


def _sensor(key: str, name: str) -> Sensor:
    found, _ = Sensor.objects.get_or_create(
        key=key, defaults={"name": name, "description": name, "properties": {"key": key}}
    )
    return found


def _datastream_there(key: str, thing_id: int, property: str) -> int | None:
    found = Datastream.objects.select_related("observed_property").filter(key=key).first()
    if found is not None and (found.thing_id != thing_id or found.observed_property.key != property):
        raise Conflict(
            f"Datastream {key!r} is there already, of Thing {found.thing_id} and property "
            f"{found.observed_property.key}. Choose another key."
        )
    return None if found is None else found.id


def present(**values: object) -> dict[str, object]:
    """Those of the values that say something, as `properties` of an entity keep them."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def _stand_at(thing: Thing, longitude: float, latitude: float) -> bool:
    """Give a Thing this place, unless it has it; a new place writes history as the standard wants."""
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Invalid(
            f"place of {thing.key}: longitude {longitude}, latitude {latitude}; "
            "allowed: -180 to 180 and -90 to 90 degrees."
        )
    if thing.locations.filter(longitude=longitude, latitude=latitude).exists():
        return False
    place = Location.objects.create(
        name=thing.name,
        description=thing.name,
        location={"type": "Point", "coordinates": [longitude, latitude]},
        longitude=longitude,
        latitude=latitude,
    )
    move_thing(thing, [place])
    return True


def move_thing(thing: Thing, places: list[Location]) -> None:
    """Let a Thing stand at these Locations from now on, and keep it in its history.

    Source: OGC 18-088, clause 8.2.3: a HistoricalLocation is made when the Locations of a Thing change.
    """
    thing.locations.set(places)
    history = HistoricalLocation.objects.create(thing=thing, time_us=to_us(clock.now()))
    history.locations.set(places)
