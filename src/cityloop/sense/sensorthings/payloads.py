"""Entities as clients send them: checked against what an entity has, taken apart into values and relations. Pure.

Source: OGC 18-088, clauses 8.2 (properties and whether they must be there) and 10.2 (inline and linked entities).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cityloop.kernel.times import TIME_LEAST_US, TIME_MOST_US, parse_instant
from cityloop.sense.sensorthings.entities import Entity, Property, Relation, Shape
from cityloop.sense.sensorthings.expressions import shown
from cityloop.sense.sensorthings.geometry import geojson_geometry

GEOJSON_ENCODINGS: Final = ("application/geo+json", "application/vnd.geo+json")
INLINE_MAX: Final = 10_000
ID: Final = "@iot.id"


class PayloadError(ValueError):
    """What a client sent can't be taken; the message says where, what came and what is allowed."""


@dataclass
class Payload:
    """An entity taken apart.

    Args:
        values: By the names of the standard. Times are microseconds since 1970 UTC; spans are (start, end or None).
        one: Relation to one → id, or the entity to be made. `many`: relation to many → ids and entities.
    """

    entity: Entity
    values: dict[str, Any] = field(default_factory=dict)
    one: dict[str, "int | Payload"] = field(default_factory=dict)
    many: dict[str, list["int | Payload"]] = field(default_factory=dict)


def read_payload(
    entity: Entity,
    document: object,
    entities: Mapping[str, Entity],
    *,
    given: frozenset[str] = frozenset(),
    partial: bool = False,
    where: str = "",
) -> Payload:
    """An entity as a client sends it.

    Args:
        entities: All entity types by name.
        given: Relations that follow from where the entity is sent to.
        partial: PATCH: what is not named stays, and nothing is missing.

    Raises:
        PayloadError: It can't be taken.
    """
    place = where or entity.name
    if not isinstance(document, dict):
        raise PayloadError(f"{place} is {_kind(document)}; allowed: a JSON object")
    payload = Payload(entity)
    for name, value in document.items():
        if "@iot." in name or name == "id":
            # Control information, and ids: the server's own.
            continue
        if name in entity.properties:
            found = entity.properties[name]
            if not found.computed:
                payload.values[name] = _value(found, value, f"{place}/{name}")
        elif name in entity.relations:
            _relation(payload, name, value, entities, place)
        else:
            allowed = ", ".join([*entity.properties, *entity.relations])
            raise PayloadError(f"{place} has no {shown(name)}; allowed: {allowed}")
    if not partial:
        _check_complete(payload, given, place)
    _check_encoding(payload, place)
    return payload


def _relation(payload: Payload, name: str, value: object, entities: Mapping[str, Entity], place: str) -> None:
    relation = payload.entity.relations[name]
    target = entities[relation.target]
    if not relation.many:
        payload.one[name] = _link_or_entity(target, value, entities, relation, f"{place}/{name}")
        return
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list) or len(value) > INLINE_MAX:
        raise PayloadError(f"{place}/{name} is {_kind(value)}; allowed: a list of up to {INLINE_MAX} entities")
    payload.many[name] = [
        _link_or_entity(target, one, entities, relation, f"{place}/{name}[{number}]")
        for number, one in enumerate(value)
    ]


def _link_or_entity(
    target: Entity, value: object, entities: Mapping[str, Entity], relation: Relation, place: str
) -> "int | Payload":
    if isinstance(value, dict) and ID in value and len([name for name in value if not name.startswith("@iot.")]) == 0:
        number = value[ID]
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
            raise PayloadError(f"{place}/{ID} is {shown(str(number))}; allowed: a whole number above 0")
        return number
    # An entity made inside another one has that one already.
    backwards = frozenset(
        name
        for name, back in target.relations.items()
        if back.own and (back.own == relation.theirs or (back.needed and relation.through is not None))
    )
    return read_payload(target, value, entities, given=backwards | _through(target, relation), where=place)


def _through(target: Entity, relation: Relation) -> frozenset[str]:
    if relation.through is None:
        return frozenset()
    table = relation.through[0]
    return frozenset(name for name, back in target.relations.items() if back.through and back.through[0] == table)


def _check_complete(payload: Payload, given: frozenset[str], place: str) -> None:
    entity = payload.entity
    missing = [name for name, one in entity.properties.items() if one.needed and name not in payload.values]
    missing += [
        name
        for name, relation in entity.relations.items()
        if relation.needed and name not in given and name not in payload.one and not payload.many.get(name)
    ]
    if missing:
        raise PayloadError(f"{place} lacks {', '.join(missing)}, which every {entity.name} has")


def _check_encoding(payload: Payload, place: str) -> None:
    for name, found in payload.entity.properties.items():
        if found.shape is not Shape.GEOMETRY or name not in payload.values:
            continue
        encoding = payload.values.get("encodingType", GEOJSON_ENCODINGS[0])
        value = payload.values[name]
        if encoding not in GEOJSON_ENCODINGS or (name == "observedArea" and value is None):
            continue
        try:
            geometry = geojson_geometry(value)
        except ValueError as error:
            raise PayloadError(f"{place}/{name}: {error}; allowed: GeoJSON (RFC 7946)") from None
        if geometry is None and not (isinstance(value, dict) and value.get("type") == "Feature"):
            raise PayloadError(f"{place}/{name} is {_kind(value)}; allowed: GeoJSON (RFC 7946)")


def _value(found: Property, value: object, place: str) -> Any:
    match found.shape:
        case Shape.TEXT:
            if not isinstance(value, str):
                raise PayloadError(f"{place} is {_kind(value)}; allowed: a text")
            if "\x00" in value:
                raise PayloadError(f"{place} holds the character U+0000; leave it out")
            return value
        case Shape.INSTANT:
            return None if value is None else _instant(value, place)
        case Shape.SPAN:
            return None if value is None else _span(value, place)
        case Shape.JSON if place.rsplit("/", 1)[-1] in ("properties", "parameters"):
            if value is None:
                return {} if place.endswith("properties") else None
            if not isinstance(value, dict):
                raise PayloadError(f"{place} is {_kind(value)}; allowed: a JSON object")
            return value
        case Shape.JSON if place.endswith("unitOfMeasurement"):
            if not isinstance(value, dict):
                raise PayloadError(f"{place} is {_kind(value)}; allowed: an object with name, symbol and definition")
            return value
        case _:
            return value


def _span(value: object, place: str) -> tuple[int, int | None]:
    if isinstance(value, str) and "/" in value:
        first, _, last = value.partition("/")
        start, end = _instant(first, place), _instant(last, place)
        if end < start:
            raise PayloadError(f"{place} is {shown(value)}; allowed: an interval that ends after it begins")
        return start, end
    return _instant(value, place), None


def _instant(value: object, place: str) -> int:
    if not isinstance(value, str):
        raise PayloadError(f"{place} is {_kind(value)}; allowed: a time such as 2026-07-16T10:24:36Z")
    try:
        found = parse_instant(value.strip())
    except ValueError as error:
        raise PayloadError(f"{place} is {shown(value)}: {error}") from None
    if not TIME_LEAST_US <= found <= TIME_MOST_US:
        raise PayloadError(f"{place} is {shown(value)}; allowed: the years 1 to 9999")
    return found


def _kind(value: object) -> str:
    words = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return words.get(type(value), "a number")
