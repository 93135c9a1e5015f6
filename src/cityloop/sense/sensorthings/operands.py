"""Values in a question, as SQL: what kind they are, and how one kind becomes another where that makes sense. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from cityloop.kernel.times import format_instant
from cityloop.sense.sensorthings.dialects import Dialect
from cityloop.sense.sensorthings.expressions import QueryError


class Kind(StrEnum):
    """What a value is while a question is put into SQL."""

    NUMBER = "a number"
    TEXT = "a text"
    BOOL = "true or false"
    INSTANT = "a time"
    SPAN = "an interval"
    DURATION = "a duration"
    DATE = "a date"
    CLOCK = "a time of day"
    JSON = "JSON"
    RESULT = "a result"
    GEOMETRY = "a geometry"
    NULL = "null"


FLEXIBLE = (Kind.JSON, Kind.RESULT)


@dataclass(frozen=True)
class Operand:
    """A value as SQL.

    Args:
        text: SQL; of a span its start, of JSON the column, of a result its number.
        values: What travels apart, in the order of the placeholders in `text`.
        end: SQL of a span's end, never NULL where the start is not; of a result the column of its JSON.
        keys: Place in a JSON column.
        fallback: SQL of what stands for a JSON place whose column is NULL.
        literal: The literal it was made of, for a time that is to be compared with a text.
    """

    kind: Kind
    text: str
    values: tuple[object, ...] = ()
    end: str = ""
    keys: tuple[str, ...] = ()
    fallback: str = ""
    literal: object = None


def as_number(one: Operand, dialect: Dialect) -> Operand:
    """As a number, where it can be one.

    Raises:
        QueryError: It can't.
    """
    if one.kind is Kind.NUMBER:
        return one
    if one.kind is Kind.RESULT:
        text = dialect.json_number(one.end, one.keys) if one.keys else one.text
        return Operand(Kind.NUMBER, text)
    if one.kind is Kind.JSON:
        return Operand(Kind.NUMBER, dialect.json_number(one.text, one.keys))
    raise refused(one, Kind.NUMBER)


def as_text(one: Operand, dialect: Dialect) -> Operand:
    """As a text, where it can be one.

    Raises:
        QueryError: It can't.
    """
    if one.kind is Kind.TEXT:
        return one
    if one.kind is Kind.RESULT:
        return Operand(Kind.TEXT, dialect.json_text(one.end, one.keys))
    if one.kind is Kind.JSON:
        text = dialect.json_text(one.text, one.keys)
        return Operand(Kind.TEXT, f"coalesce({text}, {one.fallback})" if one.fallback else text)
    if one.kind is Kind.INSTANT and isinstance(one.literal, int):
        return Operand(Kind.TEXT, "%s", (format_instant(one.literal),))
    raise refused(one, Kind.TEXT)


def as_bool(one: Operand, dialect: Dialect) -> Operand:
    """As true or false, where it can be.

    Raises:
        QueryError: It can't.
    """
    if one.kind is Kind.BOOL:
        return one
    if one.kind in FLEXIBLE:
        column = one.end if one.kind is Kind.RESULT else one.text
        return Operand(Kind.BOOL, dialect.json_bool(column, one.keys))
    raise refused(one, Kind.BOOL)


def as_instant(one: Operand) -> Operand:
    """As one moment: a span by its start.

    Raises:
        QueryError: It is no time.
    """
    if one.kind is Kind.INSTANT:
        return one
    if one.kind is Kind.SPAN:
        return replace(one, kind=Kind.INSTANT, end="")
    raise refused(one, Kind.INSTANT)


def as_any(one: Operand, dialect: Dialect) -> Operand:
    """As something that is NULL when there is nothing."""
    if one.kind is Kind.JSON:
        text = dialect.json_any(one.text, one.keys)
        return Operand(Kind.TEXT, f"coalesce({text}, {one.fallback})" if one.fallback else text)
    if one.kind is Kind.RESULT:
        other = dialect.json_any(one.end, one.keys)
        if one.keys:
            return Operand(Kind.TEXT, other)
        return Operand(Kind.TEXT, f"coalesce(CAST({one.text} AS TEXT), {other})")
    return one


def refused(one: Operand, wanted: Kind) -> QueryError:
    """What to say when a value is of the wrong kind."""
    return QueryError(f"{one.kind} stands where {wanted} is needed")
