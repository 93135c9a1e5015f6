"""Expressions of `$filter` and `$orderby` put into SQL. Pure.

Conditions over a relation to many hold when there is one such entity for which they all hold: `Datastreams/name eq 'a'
and Datastreams/unitOfMeasurement/symbol eq 'b'` asks for one Datastream with both. A comparison with something that is
not there is false, `ne` true (OData 4.01, part 2, clause 5.1.1.1).
"""

# ruff: noqa: S608 - the texts are made of the entity table's names; what clients write travels apart or is quoted

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import time as clock_time

from cityloop.sense.sensorthings.comparisons import compared, temporal
from cityloop.sense.sensorthings.dialects import Dialect
from cityloop.sense.sensorthings.entities import ENTITIES, Property, Shape
from cityloop.sense.sensorthings.expressions import (
    Binary,
    Call,
    Lambda,
    Listing,
    Literal,
    Node,
    Path,
    QueryError,
    Unary,
    children,
    shown,
)
from cityloop.sense.sensorthings.expressions import Kind as Written
from cityloop.sense.sensorthings.functions import TEMPORAL, called
from cityloop.sense.sensorthings.geometry import GEO_FUNCTIONS, GeometryLookup
from cityloop.sense.sensorthings.operands import FLEXIBLE, Kind, Operand, as_bool, as_number
from cityloop.sense.sensorthings.scope import ID_NAMES, Scope, allowed_names, goes_to_many, relation_of, steps_of


@dataclass(frozen=True)
class Condition:
    """SQL of a condition, and what travels apart."""

    text: str
    values: tuple[object, ...] = ()


class Compiler:
    """Puts expressions into SQL.

    Args:
        intervals: Whether any observation has an interval as its time: if none has, times are compared as moments.
        geometries: Answers what functions over geometries give, entity by entity.
        now_us: What `now()` says.
    """

    def __init__(self, dialect: Dialect, *, intervals: bool, geometries: GeometryLookup, now_us: int) -> None:
        self.dialect = dialect
        self._intervals = intervals
        self._geometries = geometries
        self._now_us = now_us

    def condition(self, node: Node, scope: Scope) -> Condition:
        """A filter as one condition over a scope, which gets the joins it needs."""
        here: list[Condition] = []
        over_many: list[Node] = []
        over_streams: list[Node] = []
        for part in conjuncts(node):
            paths = list(paths_of(part))
            if any(goes_to_many(scope.entity, path) for path in paths):
                over_many.append(part)
            elif scope.entity.name == "Observation" and not _has_lambda(part) and paths and all(map(_of_stream, paths)):
                over_streams.append(part)
            else:
                here.append(self._truth(part, scope))
        if over_many:
            inner = Scope(scope.entity, scope.alias, scope.names, scope.variables)
            parts = [self._truth(part, inner) for part in over_many]
            every = _all(parts)
            joins = " ".join(inner.joins)
            here.append(Condition(f"EXISTS (SELECT 1 FROM (SELECT 1) AS one {joins} WHERE {every.text})", every.values))
        if over_streams:
            here.append(self._in_streams(over_streams, scope))
        return _all(here)

    def order(self, node: Node, descending: bool, scope: Scope) -> Condition:
        """One part of an ORDER BY."""
        if any(goes_to_many(scope.entity, path) for path in paths_of(node)):
            raise QueryError("$orderby over a relation to many; allowed: properties, and relations to one")
        operand = self.operand(node, scope)
        way = "DESC" if descending else "ASC"
        # Where nothing stands is said, for the two databases differ in it.
        way += " NULLS LAST" if descending else " NULLS FIRST"
        texts = [operand.text]
        if operand.kind in FLEXIBLE:
            column = operand.end if operand.kind is Kind.RESULT else operand.text
            texts = [as_number(operand, self.dialect).text, self.dialect.json_any(column, operand.keys)]
        elif operand.kind is Kind.GEOMETRY:
            raise QueryError("$orderby by a geometry; allowed: geo.distance(…) or geo.length(…) of it")
        return Condition(", ".join(f"{text} {way}" for text in texts), operand.values)

    def operand(self, node: Node, scope: Scope) -> Operand:
        """An expression as a value."""
        match node:
            case Literal():
                return literal_operand(node)
            case Path():
                return self._path(node.parts, scope)
            case Call():
                return self._call(node, scope)
            case Unary(op="-"):
                inner = self.operand(node.operand, scope)
                if inner.kind is Kind.DURATION:
                    return Operand(Kind.DURATION, f"(-({inner.text}))", inner.values)
                number = as_number(inner, self.dialect)
                return Operand(Kind.NUMBER, f"(-({number.text}))", number.values)
            case Binary() if node.op in ("add", "sub", "mul", "div", "mod"):
                return self._arithmetic(node, scope)
            case Binary() | Unary() | Lambda():
                truth = self._truth(node, scope)
                return Operand(Kind.BOOL, f"({truth.text})", truth.values)
            case Listing():
                raise QueryError("a list of values; allowed only on the right side of `in`")

    def _truth(self, node: Node, scope: Scope) -> Condition:
        match node:
            case Binary(op="and") | Binary(op="or"):
                left, right = self._truth(node.left, scope), self._truth(node.right, scope)
                return Condition(f"({left.text} {node.op.upper()} {right.text})", left.values + right.values)
            case Unary(op="not"):
                inner = self._truth(node.operand, scope)
                return Condition(f"NOT coalesce({inner.text}, {self.dialect.false})", inner.values)
            case Binary(op="in"):
                assert isinstance(node.right, Listing)
                parts = [self._truth(Binary("eq", node.left, item), scope) for item in node.right.items]
                values = tuple(value for part in parts for value in part.values)
                return Condition("(" + " OR ".join(part.text for part in parts) + ")", values)
            case Binary() if node.op in ("eq", "ne", "gt", "ge", "lt", "le"):
                operand = compared(
                    node.op, self.operand(node.left, scope), self.operand(node.right, scope), self.dialect
                )
                return Condition(operand.text, operand.values)
            case Lambda():
                return self._lambda(node, scope)
            case _:
                operand = as_bool(self.operand(node, scope), self.dialect)
                return Condition(operand.text, operand.values)

    def _lambda(self, node: Lambda, scope: Scope) -> Condition:
        parts = node.path.parts
        base = scope
        if parts[0] in scope.variables:
            base, parts = scope.variables[parts[0]], parts[1:]
        steps, rest = steps_of(base.entity, parts)
        if rest or not steps or not goes_to_many(base.entity, parts):
            raise QueryError(f"{node.kind}() of {shown('/'.join(node.path.parts))}; allowed: a relation to many")
        outer = Scope(base.entity, base.alias, base.names, scope.variables)
        entity, alias = outer.reach(steps)
        found = f"{alias}.id IS NOT NULL"
        if node.body is None:
            return Condition(f"EXISTS (SELECT 1 FROM (SELECT 1) AS one {' '.join(outer.joins)} WHERE {found})")
        inner = Scope(entity, alias, base.names)
        inner.variables = {**scope.variables, node.variable: inner}
        body = self.condition(node.body, inner)
        joins = " ".join([*outer.joins, *inner.joins])
        if node.kind == "any":
            return Condition(
                f"EXISTS (SELECT 1 FROM (SELECT 1) AS one {joins} WHERE {found} AND {body.text})", body.values
            )
        unmet = f"NOT coalesce({body.text}, {self.dialect.false})"
        return Condition(f"NOT EXISTS (SELECT 1 FROM (SELECT 1) AS one {joins} WHERE {found} AND {unmet})", body.values)

    def _in_streams(self, parts: list[Node], scope: Scope) -> Condition:
        """Conditions on an observation's Datastream alone: its streams are found first, then their observations."""
        inner = Scope(ENTITIES["Datastream"], scope.names.next(), scope.names, scope.variables)
        every = _all([self._truth(_without_first(part), inner) for part in parts])
        joins = " ".join(inner.joins)
        table = inner.entity.table
        text = f"SELECT {inner.alias}.id FROM {table} {inner.alias} {joins} WHERE {every.text}"
        return Condition(f"{scope.alias}.datastream_id IN ({text})", every.values)

    def _path(self, parts: tuple[str, ...], scope: Scope) -> Operand:
        base = scope
        if parts[0] in scope.variables:
            # The variable's own joins belong to the innermost question, which is where its scope puts them.
            base, parts = scope.variables[parts[0]], parts[1:]
        steps, rest = steps_of(base.entity, parts)
        if rest and rest[0] in ID_NAMES and len(rest) == 1:
            return self._id(steps, base)
        entity, alias = base.reach(steps)
        if not rest:
            raise QueryError(f"{shown('/'.join(parts))} is an entity; name a property of it: {allowed_names(entity)}")
        found = entity.properties.get(rest[0])
        if found is None:
            raise QueryError(f"{entity.name} has no {shown(rest[0])}; allowed: {allowed_names(entity)}")
        return self._property(found, rest, alias, base)

    def _id(self, steps: tuple[str, ...], base: Scope) -> Operand:
        if steps:
            before, _ = base.reach(steps[:-1])
            relation = relation_of(before, steps[-1])
            if not relation.many:
                # The id of what one leads to stands in its own row.
                return Operand(Kind.NUMBER, f"{base.reach(steps[:-1])[1]}.{relation.own}")
        return Operand(Kind.NUMBER, f"{base.reach(steps)[1]}.id")

    def _property(self, found: Property, rest: tuple[str, ...], alias: str, base: Scope) -> Operand:
        columns = [column.format(a=alias, registers="{registers}") for column in found.columns]
        moment = found.shape is Shape.SPAN and found.detail and columns[0] == f"{alias}.phenomenon_time"
        if moment and not self._intervals:
            return self._plain(Operand(Kind.INSTANT, columns[0]), rest)
        if found.detail:
            base.detail(alias)
        match found.shape:
            case Shape.TEXT:
                return self._plain(Operand(Kind.TEXT, columns[0]), rest)
            case Shape.INSTANT:
                return self._plain(Operand(Kind.INSTANT, columns[0]), rest)
            case Shape.SPAN:
                return self._plain(Operand(Kind.SPAN, columns[0], end=f"coalesce({columns[1]}, {columns[0]})"), rest)
            case Shape.RESULT:
                return Operand(Kind.RESULT, columns[0], end=columns[1], keys=rest[1:])
            case Shape.GEOMETRY:
                if len(rest) > 1:
                    return Operand(Kind.JSON, columns[0], keys=rest[1:])
                return Operand(Kind.GEOMETRY, columns[0], end=f"{alias}.id", literal=found)
            case Shape.JSON | Shape.QUALITY:
                fallback = (
                    _quality_words(columns[1]) if rest[1:] == ("quality",) and found.shape is Shape.QUALITY else ""
                )
                return Operand(Kind.JSON, columns[0], keys=rest[1:], fallback=fallback)

    @staticmethod
    def _plain(operand: Operand, rest: tuple[str, ...]) -> Operand:
        if len(rest) > 1:
            raise QueryError(f"{shown('/'.join(rest))}: {rest[0]} is {operand.kind}, there is nothing below it")
        return operand

    def _call(self, node: Call, scope: Scope) -> Operand:
        if node.name in GEO_FUNCTIONS:
            return self._geometries.call(node, [self.operand(one, scope) for one in node.args], self.dialect)
        if node.name == "now":
            return Operand(Kind.INSTANT, str(self._now_us), literal=self._now_us)
        args = [self.operand(one, scope) for one in node.args]
        if node.name in TEMPORAL:
            return temporal(node.name, args[0], args[1])
        return called(node.name, args, self.dialect)

    def _arithmetic(self, node: Binary, scope: Scope) -> Operand:
        left, right = self.operand(node.left, scope), self.operand(node.right, scope)
        times, values = (Kind.INSTANT, Kind.SPAN), left.values + right.values
        sign = {"add": "+", "sub": "-"}.get(node.op, "")
        if sign and left.kind in times and right.kind is Kind.DURATION:
            return Operand(Kind.INSTANT, f"({left.text} {sign} {right.text})", values)
        if node.op == "sub" and left.kind in times and right.kind in times:
            return Operand(Kind.DURATION, f"({left.text} - {right.text})", values)
        if sign and left.kind is right.kind is Kind.DURATION:
            return Operand(Kind.DURATION, f"({left.text} {sign} {right.text})", values)
        if node.op in ("mul", "div") and left.kind is Kind.DURATION and right.kind is Kind.NUMBER:
            operator = "*" if node.op == "mul" else "/"
            return Operand(Kind.DURATION, f"CAST({left.text} {operator} {right.text} AS BIGINT)", values)
        if Kind.DURATION in (left.kind, right.kind) or left.kind in times:
            raise QueryError(f"{node.op} of {left.kind} and {right.kind}; allowed: a time and a duration, or numbers")
        one, other = as_number(left, self.dialect), as_number(right, self.dialect)
        values = one.values + other.values
        if node.op == "mod":
            # As a fraction too: the remainder has the sign of the dividend.
            quotient = f"CAST(({one.text}) / nullif({other.text}, 0) AS BIGINT)"
            text = f"(({one.text}) - ({other.text}) * {quotient})"
            if node.op == "mod" and self.dialect.true == "TRUE":
                text = f"(({one.text}) - ({other.text}) * trunc((({one.text}) / nullif({other.text}, 0))::numeric))"
            return Operand(Kind.NUMBER, text, values + values if one.values or other.values else ())
        if node.op == "div":
            return Operand(Kind.NUMBER, f"({one.text} / nullif({other.text}, 0))", values)
        return Operand(Kind.NUMBER, f"({one.text} {sign or '*'} {other.text})", values)


def conjuncts(node: Node) -> Iterator[Node]:
    """The conditions that must all hold."""
    if isinstance(node, Binary) and node.op == "and":
        yield from conjuncts(node.left)
        yield from conjuncts(node.right)
    else:
        yield node


def paths_of(node: Node) -> Iterator[tuple[str, ...]]:
    """Every path in an expression, those of `any` and `all` aside: they are questions of their own."""
    if isinstance(node, Path):
        yield node.parts
    elif not isinstance(node, Lambda):
        for child in children(node):
            yield from paths_of(child)


def literal_operand(node: Literal) -> Operand:
    """A value written into the question."""
    value = node.value
    match node.kind:
        case Written.NUMBER:
            return Operand(Kind.NUMBER, repr(value), literal=value)
        case Written.TEXT:
            return Operand(Kind.TEXT, "%s", (value,), literal=value)
        case Written.BOOL:
            return Operand(Kind.BOOL, "TRUE" if value else "FALSE", literal=value)
        case Written.NULL:
            return Operand(Kind.NULL, "NULL")
        case Written.INSTANT:
            return Operand(Kind.INSTANT, str(value), literal=value)
        case Written.INTERVAL:
            assert isinstance(value, tuple)
            return Operand(Kind.SPAN, str(value[0]), end=str(value[1]), literal=value)
        case Written.DURATION:
            return Operand(Kind.DURATION, str(value), literal=value)
        case Written.DATE:
            assert isinstance(value, date)
            return Operand(Kind.DATE, "%s", (value.isoformat(),), literal=value)
        case Written.TIME:
            assert isinstance(value, clock_time)
            return Operand(Kind.CLOCK, "%s", (f"{value:%H:%M:%S}.{value.microsecond:06d}",), literal=value)
        case Written.GEOMETRY:
            return Operand(Kind.GEOMETRY, "NULL", literal=value)


def _all(parts: list[Condition]) -> Condition:
    if not parts:
        return Condition("TRUE")
    values = tuple(value for part in parts for value in part.values)
    return Condition(" AND ".join(f"({part.text})" for part in parts), values)


def _has_lambda(node: Node) -> bool:
    return isinstance(node, Lambda) or any(_has_lambda(child) for child in children(node))


def _of_stream(path: tuple[str, ...]) -> bool:
    return path[0] == "Datastream" and path[1:] not in (("id",), ("@iot.id",))


def _without_first(node: Node) -> Node:
    """The same expression, seen from the Datastream instead of from its observation."""
    match node:
        case Path():
            return Path(node.parts[1:])
        case Call():
            return Call(node.name, tuple(_without_first(one) for one in node.args))
        case Unary():
            return Unary(node.op, _without_first(node.operand))
        case Binary():
            return Binary(node.op, _without_first(node.left), _without_first(node.right))
        case _:
            return node


def _quality_words(column: str) -> str:
    return f"CASE {column} WHEN 0 THEN 'good' WHEN 1 THEN 'suspect' ELSE 'bad' END"
