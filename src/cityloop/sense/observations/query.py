"""Query options of SensorThings, read: `$top $skip $count $orderby $filter`. Pure.

A part of OData is understood: comparisons of one field with one value, joined by `and`. Whatever else is refused with
the reason, never ignored.
Source: OGC 18-088, clause 9.3.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cityloop.sense.observations.times import parse_instant

TOP_MAX = 10_000
TOP_DEFAULT = 100
SKIP_MAX = 10_000_000
FILTER_CHARACTERS_MAX = 2_000
COMPARISONS_MAX = 20

OPTIONS = ("$top", "$skip", "$count", "$orderby", "$filter")
OPERATORS = {"eq": "=", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}

_COMPARISON = re.compile(
    r"""\s*(?P<field>[A-Za-z@][A-Za-z0-9@._]*(?:/[A-Za-z@][A-Za-z0-9@._]*)?)
        \s+(?P<operator>[A-Za-z]+)
        \s+(?P<value>'(?:[^']|'')*'|[^\s()']+)\s*""",
    re.VERBOSE,
)
_AND = re.compile(r"and\s", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
# A + in a query string means a space: 18:00:00+08:00 arrives as 18:00:00 08:00.
_LOST_PLUS = re.compile(r"(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:?\d\d)\b")


class QueryError(ValueError):
    """A query option can't be read; the message says which, and what is allowed."""


@dataclass(frozen=True)
class Instant:
    """A time in a filter, microseconds since 1970 UTC."""

    time_us: int


Value = int | float | str | Instant


@dataclass(frozen=True)
class Comparison:
    """One condition: field (as written, such as Datastream/id), SQL operator, value."""

    field: str
    operator: str
    value: Value


@dataclass(frozen=True)
class Query:
    """All options of a request. `order`: (field, descending)."""

    top: int = TOP_DEFAULT
    skip: int = 0
    count: bool = False
    order: tuple[tuple[str, bool], ...] = ()
    conditions: tuple[Comparison, ...] = ()


def parse_query(options: Mapping[str, str]) -> Query:
    """Read the options of a request.

    Raises:
        QueryError: An option we don't know, or a value that is not allowed.
    """
    for name in options:
        if name not in OPTIONS:
            raise QueryError(f"query option {name!r}; allowed so far: {', '.join(OPTIONS)}")
    count = options.get("$count", "false")
    if count not in ("true", "false"):
        raise QueryError(f"$count={count!r}; allowed: true or false")
    return Query(
        top=_whole(options, "$top", TOP_DEFAULT, TOP_MAX),
        skip=_whole(options, "$skip", 0, SKIP_MAX),
        count=count == "true",
        order=parse_order(options.get("$orderby", "")),
        conditions=parse_filter(options.get("$filter", "")),
    )


def parse_order(text: str) -> tuple[tuple[str, bool], ...]:
    """Read `$orderby`: fields separated by commas, each with `asc` or `desc` if wanted.

    Raises:
        QueryError: Anything else.
    """
    order: list[tuple[str, bool]] = []
    for part in text.split(",") if text.strip() else ():
        words = part.split()
        if not 1 <= len(words) <= 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
            raise QueryError(f"$orderby part {part.strip()!r}; allowed: FIELD, FIELD asc or FIELD desc")
        order.append((words[0], len(words) == 2 and words[1].lower() == "desc"))
    if len(order) > 5:
        raise QueryError(f"$orderby has {len(order)} fields; allowed: up to 5")
    return tuple(order)


def parse_filter(text: str) -> tuple[Comparison, ...]:
    """Read `$filter`: comparisons such as `result ge 27.5`, joined by `and`.

    Values: numbers, texts in single quotes ('' for a quote inside), times in ISO 8601 with a zone.

    Raises:
        QueryError: Anything else: `or`, `not`, functions, brackets.
    """
    text = _LOST_PLUS.sub(r"\1+\2", text.strip())
    if len(text) > FILTER_CHARACTERS_MAX:
        raise QueryError(f"$filter has {len(text)} characters; allowed: up to {FILTER_CHARACTERS_MAX}")
    found: list[Comparison] = []
    position = 0
    while position < len(text):
        if found:
            joint = _AND.match(text, position)
            if joint is None:
                raise _unreadable(text[position:])
            position = joint.end()
        match = _COMPARISON.match(text, position)
        if match is None:
            raise _unreadable(text[position:])
        found.append(_comparison(match))
        position = match.end()
    if len(found) > COMPARISONS_MAX:
        raise QueryError(f"$filter has {len(found)} comparisons; allowed: up to {COMPARISONS_MAX}")
    return tuple(found)


def _comparison(match: re.Match[str]) -> Comparison:
    operator = OPERATORS.get(match["operator"].lower())
    if operator is None:
        raise QueryError(f"operator {match['operator']!r} in $filter; allowed: {', '.join(OPERATORS)}")
    return Comparison(match["field"], operator, _value(match["value"]))


def _value(text: str) -> Value:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        if abs(number) == float("inf"):
            raise QueryError(f"value {text!r} in $filter; allowed: a finite number")
        return number
    try:
        return Instant(parse_instant(text))
    except ValueError:
        raise QueryError(
            f"value {text!r} in $filter; allowed: a number, a text in single quotes, or "
            "a time such as 2026-07-16T10:24:36Z"
        ) from None


def _unreadable(rest: str) -> QueryError:
    shown = rest if len(rest) <= 60 else rest[:59] + "…"
    return QueryError(
        f"$filter can't be read from {shown!r} on; allowed so far: comparisons such as "
        "`result ge 27.5`, joined by `and`"
    )


def _whole(options: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = options.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text[:20]) > most:
        raise QueryError(f"{name}={text[:40]!r}; allowed: a whole number, 0 to {most}")
    return int(text)
