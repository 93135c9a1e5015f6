"""Resource paths of SensorThings: which entity, entities or property an address means. Pure.

Whether there is such an entity is another question; here only steps the data model does not have are refused.
Source: OGC 18-088, clauses 8.2 (entities) and 9.2 (resource paths); 13.2 (CreateObservations); OData 4.01, part 2,
clause 4.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from cityloop.sense.sensorthings.entities import ENTITIES, Shape
from cityloop.sense.sensorthings.expressions import shown

ID_MAX = 2**63 - 1
CHARACTERS_MAX = 2_000
SEGMENTS_MAX = 20

SETS: Final[Mapping[str, str]] = {one.set: one.name for one in ENTITIES.values()}
# Entity type → navigation name → entity type it leads to, and whether to many.
NAVIGATION: Final[Mapping[str, Mapping[str, tuple[str, bool]]]] = {
    one.name: {name: (relation.target, relation.many) for name, relation in one.relations.items()}
    for one in ENTITIES.values()
}
PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = {
    one.name: ("@iot.id", "@iot.selfLink", "id", *one.properties) for one in ENTITIES.values()
}
# Properties whose value may be an object, into which a path may go on.
OBJECTS: Final = frozenset(
    name
    for one in ENTITIES.values()
    for name, found in one.properties.items()
    if found.shape in (Shape.JSON, Shape.GEOMETRY, Shape.RESULT, Shape.QUALITY)
)

# What stands alone below the root.
ACTIONS: Final = ("$batch", "CreateObservations")

Suffix = Literal["", "$value", "$ref", "$count"]

_SEGMENT = re.compile(r"(?P<name>[^()]*)(?P<key>\(.*\))?", re.DOTALL)
_ID = re.compile(r"\(([0-9]{1,19})\)")


class PathError(ValueError):
    """A resource path the data model does not have; the message says what is allowed at that place."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One step: a name of `SETS`, `NAVIGATION` or `ACTIONS`, with the id when one of many is meant."""

    name: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class ResourcePath:
    """What an address means.

    Args:
        segments: From the entity set on; () for the service root.
        property: Names from a property of the last entity on: ('properties', 'a', 'b'); () for the entity itself.
        suffix: `$value` (the bare value of a property), `$ref` (links only) or `$count` (how many), else "".
    """

    segments: tuple[Segment, ...] = ()
    property: tuple[str, ...] = ()
    suffix: Suffix = ""


def parse_path(text: str) -> ResourcePath:
    """Read a resource path.

    Args:
        text: What follows the version, percent-decoded, such as Things(1)/Datastreams. A slash at the end is allowed.

    Raises:
        PathError: A step that is not allowed there, or an id that is no whole number.
    """
    if len(text) > CHARACTERS_MAX:
        raise PathError(f"path of {len(text)} characters; allowed: up to {CHARACTERS_MAX}")
    if text in ("", "/"):
        return ResourcePath()
    steps = text.removesuffix("/").split("/")
    for step in steps:
        if step in ("", ".", "..") or not step.isprintable():
            raise PathError(f"step {shown(step)} in path {shown(text)}; allowed: names between single slashes")
    if steps[0] in ACTIONS:
        _nothing_after(steps[0], steps[1:])
        return ResourcePath((Segment(steps[0]),))
    return _entities(steps)


def _entities(steps: list[str]) -> ResourcePath:
    segments = [_segment(steps[0], {name: (target, True) for name, target in SETS.items()}, ACTIONS, "at the start")]
    entity, many = SETS[segments[0].name], segments[0].id is None
    for place, step in enumerate(steps[1:], start=1):
        rest = steps[place + 1 :]
        before = segments[-1].name
        if step == "$ref" or (step == "$count" and many):
            _nothing_after(step, rest)
            return ResourcePath(tuple(segments), (), "$ref" if step == "$ref" else "$count")
        if many:
            raise PathError(f"step {shown(step)} after {before}; allowed there: {before}(ID), $count, $ref")
        if step in PROPERTIES[entity]:
            return _property(segments, step, rest)
        segments.append(_segment(step, NAVIGATION[entity], (*PROPERTIES[entity], "$ref"), f"after one {entity}"))
        if len(segments) > SEGMENTS_MAX:
            raise PathError(f"path of more than {SEGMENTS_MAX} entities; allowed: up to {SEGMENTS_MAX}")
        entity, to_many = NAVIGATION[entity][segments[-1].name]
        many = to_many and segments[-1].id is None
    return ResourcePath(tuple(segments))


def _property(segments: list[Segment], name: str, rest: list[str]) -> ResourcePath:
    suffix: Suffix = ""
    if rest and rest[-1] == "$value":
        suffix, rest = "$value", rest[:-1]
    if rest and name not in OBJECTS:
        raise PathError(f"step {shown(rest[0])} after {name}, which is no object; allowed there: $value")
    for step in rest:
        if step.startswith("$"):
            raise PathError(f"step {shown(step)} in {name}; allowed there: names, and $value at the end")
    return ResourcePath(tuple(segments), (name, *rest), suffix)


def _segment(step: str, names: Mapping[str, tuple[str, bool]], others: Iterable[str], place: str) -> Segment:
    """A step to entities.

    Args:
        names: Allowed there, each with whether it leads to many.
        others: Also allowed there; for the message alone.
    """
    match = _SEGMENT.fullmatch(step)
    if match is None or match["name"] not in names:
        raise PathError(f"step {shown(step)} {place}; allowed there: {', '.join((*names, *others))}")
    name, key = match["name"], match["key"]
    if key is None:
        return Segment(name)
    if not names[name][1]:
        raise PathError(f"step {shown(step)} {place}, where there is one {name}; allowed there: {name} without an id")
    number = _ID.fullmatch(key)
    if number is None or int(number[1]) > ID_MAX:
        raise PathError(f"id {shown(key)} in {shown(step)}; allowed: ids are whole numbers, 0 to {ID_MAX}: {name}(1)")
    return Segment(name, int(number[1]))


def _nothing_after(step: str, rest: list[str]) -> None:
    if rest:
        raise PathError(f"step {shown(rest[0])} after {step}; allowed there: nothing, {step} is the end of a path")
