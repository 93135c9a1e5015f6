"""Entities read: a page of a set, one entity, and what is to be put into them (`$expand`)."""

# ruff: noqa: S608 - the texts are made of the entity table's names; values always travel apart

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from cityloop.sense.observations.port import Joint
from cityloop.sense.sensorthings.compile import Compiler, Condition, conjuncts
from cityloop.sense.sensorthings.dialects import Dialect, Postgres, Sqlite
from cityloop.sense.sensorthings.entities import ENTITIES, Entity, Relation
from cityloop.sense.sensorthings.expressions import Binary, Literal, Path, QueryError
from cityloop.sense.sensorthings.geometry import GEOMETRIES_MAX, GeometryLookup
from cityloop.sense.sensorthings.options import Expand, Query, format_options
from cityloop.sense.sensorthings.scope import ID_NAMES, Names, Scope, relation_of
from cityloop.sense.sensorthings.shaping import Json, Shaper, selection_of

TOP_DEFAULT: Final = 100
TOP_MAX: Final = 10_000
DIALECTS: Final[dict[str, Dialect]] = {"sqlite": Sqlite(), "postgres": Postgres()}


@dataclass(frozen=True)
class Within:
    """Only what an entity leads to: the entity, its id and the name of the relation."""

    entity: Entity
    id: int
    relation: str


@dataclass(frozen=True)
class Page:
    """Part of an entity set.

    Args:
        values: Entities. `ids`: theirs. `owners`: ids of what each leads to by a relation to one, by its name.
        more: Whether others follow.
        count: How many there are, when that was asked.
    """

    values: list[Json]
    ids: list[int]
    more: bool
    count: int | None
    owners: Mapping[str, list[int | None]] = field(default_factory=dict)


class Reader:
    """Reads entities of one snapshot.

    Args:
        base: Address of the service, such as http://host/v1.1.
        now_us: What `now()` says.
    """

    def __init__(self, joint: Joint, base: str, now_us: int) -> None:
        self._joint, self.base = joint, base
        self._dialect = DIALECTS[joint.kind]
        self._details = self._exists("SELECT 1 FROM observation_detail")
        intervals = self._details and self._exists("SELECT 1 FROM observation_detail WHERE phenomenon_end IS NOT NULL")
        self._compiler = Compiler(
            self._dialect, intervals=intervals, geometries=GeometryLookup(self._geometries), now_us=now_us
        )

    def page(self, entity: Entity, query: Query, within: Within | None = None) -> Page:
        """A page of a set, with what is to be put into its entities.

        Raises:
            QueryError: The question can't be put to this set.
        """
        top = TOP_DEFAULT if query.top is None else min(query.top, TOP_MAX)
        scope = Scope(entity, "t", Names())
        shaper = self._shaper(entity, query, scope)
        where = self._where(query, scope, within)
        order = self._order(query, scope, single=_one_stream(entity, query, within))
        rows: list[tuple[Any, ...]] = []
        if top:
            columns = ", ".join(shaper.columns).replace("{a}", "t")
            text = (
                f"SELECT {columns} FROM {entity.table} t {' '.join(scope.joins)} WHERE {where.text} "
                f"ORDER BY {order.text} LIMIT {top + 1} OFFSET {query.skip}"
            )
            rows = self._rows(text, where.values + order.values)
        shown = rows[:top]
        values = [shaper.shape(row) for row in shown]
        self._expand(entity, query.expand, shown, values, shaper)
        count = self._count(entity, query, within) if query.count else None
        owners = {name: [row[place] for row in shown] for name, place in shaper.links.items()}
        return Page(values, [row[0] for row in shown], len(rows) > top, count, owners)

    def one(self, entity: Entity, number: int, query: Query) -> Json | None:
        """One entity by id, with what is to be put into it."""
        found = self._by_ids(entity, [number], query)
        return found.get(number)

    def exists(self, entity: Entity, number: int) -> bool:
        """Whether there is such an entity."""
        return bool(self._rows(f"SELECT 1 FROM {entity.table} t WHERE t.id = %s", (number,)))

    def step(self, entity: Entity, number: int, relation: str) -> int | None:
        """The id of what an entity leads to by a relation to one; None when there is no such entity, or nothing."""
        own = relation_of(entity, relation).own
        rows = self._rows(f"SELECT t.{own} FROM {entity.table} t WHERE t.id = %s", (number,))
        return rows[0][0] if rows else None

    def leads_to(self, entity: Entity, number: int, relation: str, other: int) -> bool:
        """Whether an entity leads to another one by a relation to many."""
        inside = self._inside(Within(entity, number, relation))
        target = ENTITIES[relation_of(entity, relation).target]
        return bool(self._rows(f"SELECT 1 FROM {target.table} t WHERE t.id = %s AND {inside}", (other,)))

    def link(self, entity: Entity, number: int) -> str:
        """The address of an entity."""
        return f"{self.base}/{entity.set}({number})"

    def next_link(self, path: str, query: Query) -> str:
        """The address of the page after this one."""
        top = TOP_DEFAULT if query.top is None else query.top
        follow = replace(query, top=top, skip=query.skip + min(top, TOP_MAX))
        return f"{self.base}/{path}?{urlencode(format_options(follow), safe='$/(),=;')}"

    def _count(self, entity: Entity, query: Query, within: Within | None) -> int:
        if entity.name == "Observation" and query.filter is None and within is None:
            return self._joint.total
        scope = Scope(entity, "t", Names())
        where = self._where(query, scope, within)
        text = f"SELECT count(*) FROM {entity.table} t {' '.join(scope.joins)} WHERE {where.text}"
        return int(self._rows(text, where.values)[0][0])

    def count(self, entity: Entity, query: Query, within: Within | None) -> int:
        """How many entities of a set answer a filter."""
        return self._count(entity, query, within)

    def _where(self, query: Query, scope: Scope, within: Within | None) -> Condition:
        parts = [self._inside(within)] if within is not None else []
        values: tuple[object, ...] = ()
        if query.filter is not None:
            condition = self._compiler.condition(query.filter, scope)
            parts.append(f"({condition.text})")
            values = condition.values
        return Condition(" AND ".join(parts) or "TRUE", values)

    def _inside(self, within: Within) -> str:
        relation = relation_of(within.entity, within.relation)
        if relation.through is not None:
            table, mine, theirs = relation.through
            return f"t.id IN (SELECT {theirs} FROM {table} WHERE {mine} = {within.id})"
        if not relation.many:
            return f"t.id = (SELECT {relation.own} FROM {within.entity.table} WHERE id = {within.id})"
        if relation.theirs == "feature_id":
            # Which streams have spoken of a feature is kept apart: an index on it would cost every insert.
            streams = f"SELECT datastream_id FROM observation_feature WHERE feature_id = {within.id}"
            return f"t.feature_id = {within.id} AND t.datastream_id IN ({streams})"
        return f"t.{relation.theirs} = {within.id}"

    def _order(self, query: Query, scope: Scope, *, single: bool) -> Condition:
        parts = [self._compiler.order(node, down, scope) for node, down in query.orderby]
        texts = [part.text for part in parts]
        values = tuple(value for part in parts for value in part.values)
        if single:
            # A stream's rows lie by time and ordinal: in that order nothing has to be sorted.
            down = bool(query.orderby) and query.orderby[0][1]
            way = "DESC" if down else "ASC"
            if not texts or (len(texts) == 1 and query.orderby[0][0] == Path(("phenomenonTime",))):
                return Condition(f"t.phenomenon_time {way}, t.ordinal {way}")
        return Condition(", ".join([*texts, "t.id ASC"]), values)

    def _shaper(self, entity: Entity, query: Query, scope: Scope) -> Shaper:
        selection = selection_of(entity, query.select)
        shaper = Shaper(entity, selection, self.base, self._dialect, details=self._details)
        if shaper.needs_detail:
            scope.detail("t")
        return shaper

    def _by_ids(self, entity: Entity, ids: Sequence[int], query: Query) -> dict[int, Json]:
        scope = Scope(entity, "t", Names())
        shaper = self._shaper(entity, query, scope)
        columns = ", ".join(shaper.columns).replace("{a}", "t")
        text = f"SELECT {columns} FROM {entity.table} t {' '.join(scope.joins)} WHERE {self._dialect.one_of('t.id')}"
        rows = self._rows(text, (json.dumps(sorted(set(ids))),))
        values = [shaper.shape(row) for row in rows]
        self._expand(entity, query.expand, rows, values, shaper)
        return {row[0]: value for row, value in zip(rows, values, strict=True)}

    def _expand(
        self,
        entity: Entity,
        expands: Sequence[Expand],
        rows: Sequence[tuple[Any, ...]],
        values: Sequence[Json],
        shaper: Shaper,
    ) -> None:
        for expand in expands:
            relation = relation_of(entity, expand.name)
            if not rows:
                continue
            if not relation.many:
                ids = [row[shaper.links[expand.name]] for row in rows]
                found = self._by_ids(ENTITIES[relation.target], [one for one in ids if one is not None], expand.query)
                for value, number in zip(values, ids, strict=True):
                    value.pop(f"{expand.name}@iot.navigationLink", None)
                    value[expand.name] = found.get(number)
                continue
            pages = self._pages_of(entity, relation, [row[0] for row in rows], expand)
            for row, value in zip(rows, values, strict=True):
                page = pages.get(row[0]) or Page([], [], False, 0 if expand.query.count else None)
                value.pop(f"{expand.name}@iot.navigationLink", None)
                value[expand.name] = page.values
                if page.count is not None:
                    value[f"{expand.name}@iot.count"] = page.count
                if page.more:
                    path = f"{entity.set}({row[0]})/{expand.name}"
                    value[f"{expand.name}@iot.nextLink"] = self.next_link(path, expand.query)

    def _pages_of(self, entity: Entity, relation: Relation, ids: Sequence[int], expand: Expand) -> dict[int, Page]:
        """What each of several entities leads to, a page of each."""
        target = ENTITIES[relation.target]
        if target.name == "Observation":
            # One look-up each: a window over all of them would read every row.
            return {number: self.page(target, expand.query, Within(entity, number, expand.name)) for number in set(ids)}
        query = expand.query
        top = TOP_DEFAULT if query.top is None else min(query.top, TOP_MAX)
        scope = Scope(target, "t", Names())
        shaper = self._shaper(target, query, scope)
        where = self._where(query, scope, None)
        order = self._order(query, scope, single=False)
        parent, join = f"t.{relation.theirs}", ""
        if relation.through is not None:
            table, mine, theirs = relation.through
            parent, join = f"pairs.{mine}", f"JOIN {table} pairs ON pairs.{theirs} = t.id"
        columns = ", ".join(f"{column} AS c{place}" for place, column in enumerate(shaper.columns)).replace("{a}", "t")
        inner = (
            f"SELECT {columns}, {parent} AS parent, "
            f"row_number() OVER (PARTITION BY {parent} ORDER BY {order.text}) AS place, "
            f"count(*) OVER (PARTITION BY {parent}) AS every "
            f"FROM {target.table} t {join} {' '.join(scope.joins)} "
            f"WHERE {where.text} AND {self._dialect.one_of(parent)}"
        )
        text = (
            f"SELECT * FROM ({inner}) AS numbered WHERE place > {query.skip} AND place <= {query.skip + top + 1} "
            "ORDER BY parent, place"
        )
        rows = self._rows(text, (*order.values, *where.values, json.dumps(sorted(set(ids)))))
        return self._grouped(target, query, rows, shaper, top)

    def _grouped(
        self, target: Entity, query: Query, rows: list[tuple[Any, ...]], shaper: Shaper, top: int
    ) -> dict[int, Page]:
        shown = [row for row in rows if row[-2] <= query.skip + top]
        values = [shaper.shape(row) for row in shown]
        self._expand(target, query.expand, shown, values, shaper)
        pages: dict[int, Page] = {}
        for row, value in zip(shown, values, strict=True):
            count = row[-1] if query.count else None
            page = pages.setdefault(row[-3], Page([], [], row[-1] > query.skip + top, count))
            page.values.append(value)
            page.ids.append(row[0])
        return pages

    def _geometries(self, column: str, key: str) -> list[tuple[int, str | None]]:
        alias = key.partition(".")[0]
        table = next(
            one.table for one in ENTITIES.values() if column.partition(".")[2] in _geometry_columns(one)
        )  # each geometry column has a name of its own
        text = f"SELECT {key}, {self._dialect.json_output(column)} FROM {table} {alias} LIMIT {GEOMETRIES_MAX + 1}"
        rows = self._rows(text)
        if len(rows) > GEOMETRIES_MAX:
            raise QueryError(f"a function over more than {GEOMETRIES_MAX} geometries; that is more than one can answer")
        return [(row[0], row[1]) for row in rows]

    def _exists(self, text: str) -> bool:
        return bool(self._rows(f"{text} LIMIT 1"))

    def _rows(self, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._joint.rows(text.replace("{registers}", self._joint.registers), values)


def _geometry_columns(entity: Entity) -> list[str]:
    return [
        column.partition(".")[2]
        for found in entity.properties.values()
        if found.shape == "geometry"
        for column in found.columns
    ]


def _one_stream(entity: Entity, query: Query, within: Within | None) -> bool:
    """Whether only observations of one Datastream are asked for."""
    if entity.name != "Observation":
        return False
    if within is not None and within.entity.name == "Datastream":
        return True
    return query.filter is not None and any(_names_stream(part) for part in conjuncts(query.filter))


def _names_stream(node: object) -> bool:
    return (
        isinstance(node, Binary)
        and node.op == "eq"
        and isinstance(node.left, Path)
        and node.left.parts[:-1] == ("Datastream",)
        and node.left.parts[-1] in ID_NAMES
        and isinstance(node.right, Literal)
    )
