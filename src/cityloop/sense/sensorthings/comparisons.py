"""Comparisons of two values, put into SQL. Pure.

An interval is taken with its start and without its end, as ISO 8601 durations add up; a moment is an interval that
ends where it starts. So `a lt b` says that a is over when b begins, for moments and intervals alike.
Source: OGC 18-088, clause 9.3.3.5; Allen's relations, DOI 10.1145/182.358434.
"""

from typing import Final

from cityloop.kernel.times import EPOCH, parse_instant, to_us
from cityloop.sense.sensorthings.dialects import Dialect
from cityloop.sense.sensorthings.expressions import QueryError
from cityloop.sense.sensorthings.operands import (
    FLEXIBLE,
    Kind,
    Operand,
    as_any,
    as_bool,
    as_number,
    as_text,
    refused,
)

SIGNS: Final = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
TIMES: Final = (Kind.INSTANT, Kind.SPAN)


def compared(op: str, left: Operand, right: Operand, dialect: Dialect) -> Operand:
    """Two values compared: true or false.

    Raises:
        QueryError: They can't be compared.
    """
    if Kind.NULL in (left.kind, right.kind):
        return _with_nothing(op, right if left.kind is Kind.NULL else left, dialect)
    left, right = _alike(left, right, dialect), _alike(right, left, dialect)
    if left.kind in TIMES and right.kind in TIMES:
        return _times(op, left, right, dialect)
    if left.kind is not right.kind:
        raise QueryError(f"{left.kind} is compared with {right.kind}; allowed: two values of one kind")
    if left.kind is Kind.GEOMETRY:
        raise QueryError("geometries are compared by functions: st_equals, st_within, st_intersects …")
    if left.kind is Kind.BOOL and op not in ("eq", "ne"):
        raise QueryError(f"{op} of true and false; allowed: eq, ne")
    values = left.values + right.values
    if op == "ne":
        return Operand(Kind.BOOL, f"NOT ({dialect.same(left.text, right.text)})", values)
    return Operand(Kind.BOOL, f"({left.text} {SIGNS[op]} {right.text})", values)


def temporal(name: str, left: Operand, right: Operand) -> Operand:
    """before, after, meets, during, overlaps, starts, finishes.

    Raises:
        QueryError: One of them is no time.
    """
    for one in (left, right):
        if one.kind not in TIMES:
            raise refused(one, Kind.SPAN)
    start, end = left.text, left.end or left.text
    other_start, other_end = right.text, right.end or right.text
    text = {
        "before": f"({end} <= {other_start} AND {start} < {other_start})",
        "after": f"({start} >= {other_end} AND {end} > {other_end})"
        if right.kind is Kind.INSTANT
        else f"({start} >= {other_end})",
        "meets": f"({end} = {other_start} OR {start} = {other_end})",
        "during": f"({start} >= {other_start} AND {end} <= {other_end})",
        "overlaps": f"({start} <= {other_end} AND {end} >= {other_start})",
        "starts": f"({start} = {other_start})",
        "finishes": f"({end} = {other_end})",
    }[name]
    return Operand(Kind.BOOL, text)


def _times(op: str, left: Operand, right: Operand, dialect: Dialect) -> Operand:
    start, end = left.text, left.end or left.text
    other_start, other_end = right.text, right.end or right.text
    moments = left.kind is right.kind is Kind.INSTANT
    if moments and op != "ne":
        return Operand(Kind.BOOL, f"({start} {SIGNS[op]} {other_start})")
    if op in ("eq", "ne"):
        same = f"({dialect.same(start, other_start)} AND {dialect.same(end, other_end)})"
        return Operand(Kind.BOOL, same if op == "eq" else f"NOT {same}")
    # The start alone is compared too, though it follows: it is what the index knows.
    text = {
        "lt": f"({start} < {other_start} AND {end} <= {other_start})",
        "le": f"({start} <= {other_end} AND {end} <= {other_end})",
        "gt": f"({end} > {other_end} AND {start} >= {other_end})",
        "ge": f"({start} >= {other_start})",
    }[op]
    return Operand(Kind.BOOL, text)


def _with_nothing(op: str, one: Operand, dialect: Dialect) -> Operand:
    if op not in ("eq", "ne"):
        return Operand(Kind.BOOL, "FALSE")
    some = as_any(one, dialect)
    if one.kind is Kind.NULL:
        return Operand(Kind.BOOL, "TRUE" if op == "eq" else "FALSE")
    return Operand(Kind.BOOL, f"({some.text} IS {'' if op == 'eq' else 'NOT '}NULL)", some.values)


def _alike(one: Operand, other: Operand, dialect: Dialect) -> Operand:
    """A value in the kind that the other one can be compared with."""
    if one.kind in FLEXIBLE:
        if other.kind is Kind.TEXT or (other.kind is Kind.INSTANT and other.literal is not None):
            return as_text(one, dialect)
        if other.kind is Kind.BOOL:
            return as_bool(one, dialect)
        return as_number(one, dialect)
    if one.kind is Kind.INSTANT and other.kind in FLEXIBLE:
        return as_text(one, dialect)
    if one.kind is Kind.TEXT and other.kind in TIMES and isinstance(one.literal, str):
        try:
            moment = parse_instant(one.literal)
        except ValueError as error:
            raise QueryError(f"{one.literal!r} is compared with {other.kind}: {error}") from None
        return Operand(Kind.INSTANT, str(moment), literal=moment)
    if one.kind is Kind.DATE and other.kind in TIMES and one.literal is not None:
        day = EPOCH.replace(year=one.literal.year, month=one.literal.month, day=one.literal.day)  # type: ignore[attr-defined]
        return Operand(Kind.INSTANT, str(to_us(day)), literal=to_us(day))
    return one
