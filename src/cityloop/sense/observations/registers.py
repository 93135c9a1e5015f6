"""Writes of the registers as clients of the standard make them: entities made, changed and removed.

Values come as columns of the models; what stands in `properties` under a name the product works with (`key`, limits …)
is taken over into its column. The owner's files and commands write through `services.py`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError, models, transaction
from django.db.models import Max

from cityloop.kernel import clock
from cityloop.kernel.audit.port import record
from cityloop.kernel.problems import Conflict, Invalid, NotFound
from cityloop.sense.observations.contracts import to_us
from cityloop.sense.observations.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from cityloop.sense.observations.services import check_limits, move_thing
from cityloop.sense.observations.store import store
from cityloop.sense.observations.units import unit_of_measurement
from cityloop.sense.observations.writer import forget_registers

MODELS: Final[Mapping[str, type[models.Model]]] = {
    "Thing": Thing,
    "Location": Location,
    "HistoricalLocation": HistoricalLocation,
    "Datastream": Datastream,
    "Sensor": Sensor,
    "ObservedProperty": ObservedProperty,
    "FeatureOfInterest": FeatureOfInterest,
}
# Names in `properties` that have a column, by entity: the column's kind.
TAKEN_OVER: Final[Mapping[str, Mapping[str, type]]] = {
    "Thing": {"key": str, "name_en": str, "kind": str},
    "Sensor": {"key": str},
    "Datastream": {"key": str, "name_en": str, "stuck_after_s": int},
    "ObservedProperty": {
        "key": str,
        "label": str,
        "label_en": str,
        "unit": str,
        "description_en": str,
        "valid_least": float,
        "valid_most": float,
        "rate_max": float,
        "stuck_after_s": int,
        "stuck_above": float,
    },
}
IDS_AT_ONCE: Final = 500
_NO_SLUG = re.compile(r"[^a-z0-9]+")


@transaction.atomic
def make_entity(kind: str, values: Mapping[str, Any], links: Mapping[str, Sequence[int]], *, by: str) -> int:
    """Make an entity.

    Args:
        kind: Entity type, such as Thing.
        values: Columns of its model, foreign keys by their `…_id`.
        links: `locations` of a Thing or HistoricalLocation: ids.
        by: Actor for the audit trail.

    Raises:
        Invalid: A value is not allowed. Conflict: A key that is taken.
    """
    row = MODELS[kind](**_columns(kind, values, None))
    _save(kind, row)
    _link(kind, row, links)
    transaction.on_commit(forget_registers)
    record(f"{_word(kind)}.entered", about=(_word(kind), str(row.pk)), actor=by, after={"name": _name(row)})
    return int(row.pk)


@transaction.atomic
def change_entity(
    kind: str, number: int, values: Mapping[str, Any], links: Mapping[str, Sequence[int]], *, by: str
) -> None:
    """Change an entity; values that are not given stay.

    Raises:
        NotFound: There is none. Invalid, Conflict: as `make_entity`.
    """
    row = MODELS[kind]._default_manager.select_for_update().filter(pk=number).first()
    if row is None:
        raise NotFound(f"There is no {kind} {number}.")
    before = {name: getattr(row, name) for name in values if name != "properties"}
    for name, value in _columns(kind, values, row).items():
        setattr(row, name, value)
    _save(kind, row)
    _link(kind, row, links)
    transaction.on_commit(forget_registers)
    after = {name: value for name, value in values.items() if name != "properties"}
    if before != after or links or "properties" in values:
        record(
            f"{_word(kind)}.changed",
            about=(_word(kind), str(number)),
            actor=by,
            before=_for_audit(before),
            after=_for_audit(after),
        )


def remove_entity(kind: str, number: int, *, by: str) -> None:
    """Remove an entity and what can't be without it (OGC 18-088, table 25): a Thing's Datastreams, their observations.

    Observations go in steps after the registers; a server that dies meanwhile leaves some that belong to nothing.

    Raises:
        NotFound: There is none.
    """
    with transaction.atomic():
        row = MODELS[kind]._default_manager.filter(pk=number).first()
        if row is None:
            raise NotFound(f"There is no {kind} {number}.")
        streams = _streams_of(kind, number)
        if kind == "Location":
            HistoricalLocation.objects.filter(locations=number).delete()
        name = _name(row)
        row.delete()
        transaction.on_commit(forget_registers)
        record(f"{_word(kind)}.removed", about=(_word(kind), str(number)), actor=by, before={"name": name})
    if kind == "FeatureOfInterest":
        for stream in store().features_streams(number):
            _erase(stream, feature_id=number)
    for stream in streams:
        _erase(stream)


def entity_exists(kind: str, number: int) -> bool:
    """Whether there is such an entity."""
    return MODELS[kind]._default_manager.filter(pk=number).exists()


def links_of(kind: str, number: int) -> Sequence[int]:
    """The Locations of a Thing or a HistoricalLocation."""
    row: Any = MODELS[kind]._default_manager.filter(pk=number).first()
    return [] if row is None else list(row.locations.values_list("id", flat=True))


def _erase(stream: int, feature_id: int | None = None) -> None:
    erased = 1
    while erased:
        with store().transaction() as open_:
            erased = open_.erase_some(stream, feature_id=feature_id)
            if not erased:
                open_.forget_feature(datastream_id=stream if feature_id is None else None, feature_id=feature_id)


def _streams_of(kind: str, number: int) -> list[int]:
    field = {"Thing": "thing", "Sensor": "sensor", "ObservedProperty": "observed_property", "Datastream": "id"}.get(
        kind
    )
    return [] if field is None else list(Datastream.objects.filter(**{field: number}).values_list("id", flat=True))


def _columns(kind: str, values: Mapping[str, Any], row: models.Model | None) -> dict[str, Any]:
    columns = dict(values)
    for name, expected in TAKEN_OVER.get(kind, {}).items():
        if "properties" in values and name in values["properties"]:
            columns[name] = _taken(kind, name, values["properties"][name], expected)
    if kind == "Location" and "location" in values:
        columns["longitude"], columns["latitude"] = _middle(values["location"])
    if kind == "ObservedProperty":
        _complete_property(columns, row)
    if kind == "Datastream" and "unit_of_measurement" in values:
        columns["unit"] = _own_unit(columns, row)
    _check_lengths(kind, columns)
    return columns


def _check_lengths(kind: str, columns: Mapping[str, Any]) -> None:
    for field in MODELS[kind]._meta.concrete_fields:
        value, most = columns.get(field.attname), field.max_length
        if isinstance(value, str) and most is not None and len(value) > most:
            raise Invalid(f"{field.attname} of a {kind} has {len(value)} characters; allowed: up to {most}.")


def _taken(kind: str, name: str, value: Any, expected: type) -> Any:
    if value is None:
        return None if expected is not str or name == "key" else ""
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, expected) or isinstance(value, bool):
        words = {str: "a text", float: "a number", int: "a whole number"}[expected]
        raise Invalid(f"properties/{name} of a {kind} is {value!r}; allowed: {words}, or null.")
    if isinstance(value, str):
        return value or (None if name == "key" and kind != "ObservedProperty" else value)
    if isinstance(value, int) and not 0 <= value < 2**31:
        raise Invalid(f"properties/{name} of a {kind} is {value}; allowed: 0 to {2**31 - 1}.")
    return value


def _complete_property(columns: dict[str, Any], row: models.Model | None) -> None:
    """A property needs a machine name: what the client says, or one made from its name."""
    if isinstance(row, ObservedProperty):
        merged = {name: columns.get(name, getattr(row, name)) for name in ("valid_least", "valid_most", "rate_max")}
        check_limits(row.key, merged["valid_least"], merged["valid_most"], merged["rate_max"])
        columns["key"] = columns.get("key") or row.key
        return
    columns.setdefault("label", columns.get("name", ""))
    columns["label"] = columns["label"] or columns.get("name", "")
    if columns.get("key"):
        check_limits(columns["key"], columns.get("valid_least"), columns.get("valid_most"), columns.get("rate_max"))
        return
    check_limits(
        columns.get("name", ""), columns.get("valid_least"), columns.get("valid_most"), columns.get("rate_max")
    )
    stem = _NO_SLUG.sub("-", columns.get("name", "").lower()).strip("-")[:48] or "property"
    taken = set(ObservedProperty.objects.filter(key__startswith=stem).values_list("key", flat=True))
    columns["key"] = stem
    number = 2
    while columns["key"] in taken:
        columns["key"] = f"{stem}-{number}"
        number += 1


def _own_unit(columns: Mapping[str, Any], row: models.Model | None) -> str:
    """The unit of a Datastream where it is another than its property's; empty when it is the same, or not said."""
    said = columns["unit_of_measurement"]
    property_id = columns.get("observed_property_id", getattr(row, "observed_property_id", None))
    usual = ObservedProperty.objects.filter(pk=property_id).values_list("unit", flat=True).first() or ""
    symbol = str(said.get("symbol") or said.get("name") or "") if isinstance(said, dict) else ""
    known = unit_of_measurement(usual) if usual else {}
    if not symbol or symbol in (usual, known.get("symbol"), known.get("name")):
        return ""
    return symbol[:40]


def _middle(location: Any) -> tuple[float | None, float | None]:
    """Longitude and latitude of a GeoJSON point, or of the middle of its bounds; nothing when it is no GeoJSON."""
    numbers = list(_positions(location))
    if not numbers:
        return None, None
    longitudes, latitudes = [one[0] for one in numbers], [one[1] for one in numbers]
    longitude, latitude = (min(longitudes) + max(longitudes)) / 2, (min(latitudes) + max(latitudes)) / 2
    if -180 <= longitude <= 180 and -90 <= latitude <= 90:
        return longitude, latitude
    return None, None


def _positions(value: Any) -> "list[tuple[float, float]]":
    if isinstance(value, dict):
        for name in ("geometry", "coordinates", "geometries", "features"):
            if value.get(name) is not None:
                return _positions(value[name])
        return []
    if not isinstance(value, list):
        return []
    if len(value) >= 2 and all(isinstance(one, int | float) for one in value[:2]):
        return [(float(value[0]), float(value[1]))]
    return [position for one in value for position in _positions(one)]


def _save(kind: str, row: models.Model) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        text = str(error).lower()
        if "unique" in text and "key" in text:
            raise Conflict(
                f"There is a {kind} with this properties/key already. Choose another, or change that one."
            ) from None
        raise Invalid(f"This {kind} breaks a rule of the registers: {error}.") from None


def _link(kind: str, row: Any, links: Mapping[str, Sequence[int]]) -> None:
    if "locations" not in links:
        return
    places = list(Location.objects.filter(id__in=links["locations"]))
    if kind == "Thing":
        move_thing(row, places)
        return
    row.locations.set(places)
    newest = HistoricalLocation.objects.filter(thing_id=row.thing_id).aggregate(newest=Max("time_us"))["newest"]
    if row.time_us == newest and row.time_us <= to_us(clock.now()):
        # The latest entry of a Thing's history says where it stands.
        row.thing.locations.set(places)


def _word(kind: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", kind).lower()


def _name(row: Any) -> str:
    return str(getattr(row, "name", "") or row.pk)[:200]


def _for_audit(values: Mapping[str, Any]) -> dict[str, object]:
    """Values short enough for the audit trail: a geometry of a thousand points is named, not copied."""
    shown: dict[str, object] = {}
    for name, value in values.items():
        text = value if isinstance(value, str | int | float | None) else str(value)
        shown[name] = text if not isinstance(text, str) or len(text) <= 200 else text[:199] + "…"
    return shown
