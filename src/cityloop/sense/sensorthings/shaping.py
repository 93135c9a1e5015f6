"""Rows as the JSON of entities: which columns a property needs, and what they become. Pure.

Source: OGC 18-088, clause 9.2 (control information, navigation links), 8.2 (properties).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from cityloop.kernel.times import format_instant
from cityloop.sense.observations.contracts import Quality, reason_names
from cityloop.sense.sensorthings.dialects import Dialect
from cityloop.sense.sensorthings.entities import Entity, Property, Shape
from cityloop.sense.sensorthings.expressions import QueryError, shown

ID: Final = "@iot.id"
SELF_LINK: Final = "@iot.selfLink"
WHOLE_MAX: Final = 2.0**53

# Of an Observation alone: a Datastream without results has no result times.
_SAID: Final = ("result", "resultTime")

Values = Sequence[Any]
Json = dict[str, Any]


@dataclass(frozen=True)
class Selection:
    """What of an entity is shown.

    Args:
        properties: Names of properties, in the entity's order. `within`: places below JSON properties to be cut out.
        relations: Names of relations whose links are shown. `identity`: whether id and own link are shown.
    """

    properties: tuple[str, ...]
    relations: tuple[str, ...]
    identity: bool
    within: tuple[tuple[str, ...], ...] = ()


def selection_of(entity: Entity, select: tuple[str, ...]) -> Selection:
    """What `$select` asks for; everything when it says nothing.

    Raises:
        QueryError: It names what the entity has not.
    """
    if not select:
        return Selection(tuple(entity.properties), tuple(entity.relations), True)
    properties: list[str] = []
    relations: list[str] = []
    within: list[tuple[str, ...]] = []
    identity = False
    for name in select:
        first, *rest = name.split("/")
        if name in ("id", ID, SELF_LINK):
            identity = True
        elif first in entity.properties:
            properties.append(first)
            if rest:
                within.append((first, *rest))
        elif name in entity.relations:
            relations.append(name)
        else:
            allowed = ", ".join(["id", *entity.properties, *entity.relations])
            raise QueryError(f"$select of {shown(name)}; allowed: {allowed}")
    whole = {name for name in select if "/" not in name}
    return Selection(
        tuple(name for name in entity.properties if name in properties),
        tuple(name for name in entity.relations if name in relations),
        identity,
        tuple(path for path in within if path[0] not in whole),
    )


class Shaper:
    """Makes entities of rows.

    Args:
        base: Address of the service, such as http://host/v1.1.
        details: Whether any observation has a detail: else its columns are not asked for.
    """

    def __init__(self, entity: Entity, selection: Selection, base: str, dialect: Dialect, *, details: bool) -> None:
        self._entity, self._selection, self._base = entity, selection, base
        self.columns: list[str] = ["{a}.id"]
        self.needs_detail = False
        self._parts: list[tuple[str, int, Callable[..., Any]]] = []
        for name in selection.properties:
            found = entity.properties[name]
            self.needs_detail |= found.detail and details
            self._parts.append((name, len(self.columns), _READERS[found.shape]))
            self.columns += [_column(one, found, dialect, details=details) for one in found.columns]
        self.links = {name: len(self.columns) + place for place, name in enumerate(self._to_one())}
        self.columns += [f"{{a}}.{entity.relations[name].own}" for name in self.links]

    def _to_one(self) -> list[str]:
        return [name for name, relation in self._entity.relations.items() if not relation.many]

    def shape(self, row: Values) -> Json:
        """The entity a row stands for."""
        own = f"{self._base}/{self._entity.set}({row[0]})"
        made: Json = {ID: row[0], SELF_LINK: own} if self._selection.identity else {}
        for name, place, read in self._parts:
            value = read(row, place)
            # What is not there is left out; only of a result and its time the standard wants it said.
            if value is not None or (name in _SAID and self._entity.name == "Observation"):
                made[name] = value
        for name in self._selection.relations:
            made[f"{name}@iot.navigationLink"] = f"{own}/{name}"
        if self._selection.within:
            _cut_out(made, self._selection.within)
        return made


def _column(column: str, found: Property, dialect: Dialect, *, details: bool) -> str:
    if "{a}_d." in column and not details:
        return "NULL"
    if found.shape in (Shape.JSON, Shape.GEOMETRY) and not found.detail:
        return dialect.json_output(column)
    return column


def result_value(number: float | None, text: str | None) -> Any:
    """A result as JSON: the number, a whole one without a fraction, or whatever else it is."""
    if number is None or text is not None:
        return None if text is None else msgspec.Raw(text.encode())
    return int(number) if number.is_integer() and -WHOLE_MAX <= number <= WHOLE_MAX else number


def _plain(row: Values, place: int) -> Any:
    return row[place]


def _instant(row: Values, place: int) -> str | None:
    return None if row[place] is None else format_instant(row[place])


def _span(row: Values, place: int) -> str | None:
    start, end = row[place], row[place + 1]
    if start is None:
        return None
    return format_instant(start) if end is None else f"{format_instant(start)}/{format_instant(end)}"


def _result(row: Values, place: int) -> Any:
    return result_value(row[place], row[place + 1])


def _quality(row: Values, place: int) -> Any:
    # What screening found stands where a client said nothing of the quality.
    if row[place] is None:
        return {"quality": Quality(row[place + 1]).name.lower(), "reasons": reason_names(row[place + 2])}
    return msgspec.Raw(row[place].encode())


def _json(row: Values, place: int) -> Any:
    return None if row[place] is None else msgspec.Raw(row[place].encode())


_READERS: Final[dict[Shape, Callable[..., Any]]] = {
    Shape.TEXT: _plain,
    Shape.INSTANT: _instant,
    Shape.SPAN: _span,
    Shape.RESULT: _result,
    Shape.JSON: _json,
    Shape.GEOMETRY: _json,
    Shape.QUALITY: _quality,
}


def _cut_out(made: Json, within: tuple[tuple[str, ...], ...]) -> None:
    """Keep of JSON properties only the places that were asked for."""
    for name in {path[0] for path in within}:
        raw = made.get(name)
        whole = msgspec.json.decode(raw) if isinstance(raw, msgspec.Raw) else raw
        kept: Any = {}
        for path in within:
            if path[0] == name:
                _copy(whole, kept, path[1:])
        made[name] = kept


def _copy(source: Any, target: dict[str, Any], path: tuple[str, ...]) -> None:
    if not isinstance(source, dict) or path[0] not in source:
        return
    if len(path) == 1:
        target[path[0]] = source[path[0]]
    else:
        _copy(source[path[0]], target.setdefault(path[0], {}), path[1:])
