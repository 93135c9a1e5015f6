"""SQL that both stores share: columns, a stream's state, and a `Select` as a WHERE, an ORDER BY and a window."""

from collections.abc import Callable
from typing import Any

from cityloop.sense.observations.contracts import Detail, ObservationView, Quality, Reason
from cityloop.sense.observations.store import Select, Tail

COLUMNS = "id, datastream_id, phenomenon_time, result_time, result, quality, reasons, ordinal, feature_id"
DETAIL_COLUMNS = "id, phenomenon_end, result, valid_from, valid_until, result_quality, parameters"
TWINS = "o.id, coalesce(o.result, d.result), o.ordinal, o.quality, o.reasons"
SERIES = "id, phenomenon_time, result, quality, reasons"
BATCH = "id, datastream_id, phenomenon_time, result, quality"

# Rows that moved the state of their stream: a number, not out of range (1), not late (8), the first of their time.
IN_ORDER = "ordinal = 0 AND reasons & 9 = 0 AND result IS NOT NULL"

# Runs a statement (placeholders %s) and gives its first row.
One = Callable[..., tuple[Any, ...] | None]

_NAMES = {"id": "id", "time_us": "phenomenon_time", "result_time_us": "result_time", "result": "result"}
_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">="})


def where(question: Select, mark: str) -> tuple[str, list[Any]]:
    """The WHERE clause of a question and its values.

    Args:
        mark: The driver's placeholder, ? or %s.
    """
    parts: list[str] = []
    values: list[Any] = []
    if question.datastream_id is not None:
        parts.append(f"datastream_id = {mark}")
        values.append(question.datastream_id)
    for column, operator, value in question.conditions:
        if operator not in _OPERATORS:
            raise ValueError(f"operator {operator!r}; allowed: {' '.join(sorted(_OPERATORS))}")
        parts.append(f"{_NAMES[column]} {operator} {mark}")
        values.append(value)
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def order(question: Select) -> str:
    """The ORDER BY clause; id last, so that pages never overlap."""
    parts = [f"{_NAMES[column]} {_direction(column, down)}" for column, down in question.order]
    if all(column != "id" for column, _ in question.order):
        parts.append("id ASC")
    return " ORDER BY " + ", ".join(parts)


def _direction(column: str, down: bool) -> str:
    if column != "result_time_us":
        return "DESC" if down else "ASC"
    # Where a missing time stands is said, for the two databases differ in it.
    return "DESC NULLS LAST" if down else "ASC NULLS FIRST"


def view(row: tuple[Any, ...]) -> ObservationView:
    """An observation from a row of `COLUMNS`."""
    number, stream, time_us, result_time_us, result, quality, reasons, ordinal, feature_id = row
    return ObservationView(
        id=number,
        datastream_id=stream,
        time_us=time_us,
        result=result,
        quality=Quality(quality),
        reasons=Reason(reasons),
        ordinal=ordinal,
        result_time_us=result_time_us,
        feature_id=feature_id,
    )


def detail(row: tuple[Any, ...]) -> Detail:
    """A detail from a row of `DETAIL_COLUMNS`, its id aside."""
    _, end_us, result, since_us, until_us, result_quality, parameters = row
    valid_us = None if since_us is None else (since_us, until_us)
    return Detail(end_us, result, valid_us, result_quality, parameters)


def tail_of(one: One, datastream_id: int, since_when: bool) -> Tail:
    """The state of a stream; `since_when` also finds out since when the value has not changed."""
    newest = one(
        "SELECT phenomenon_time FROM observation WHERE datastream_id = %s ORDER BY phenomenon_time DESC LIMIT 1",
        datastream_id,
    )
    if newest is None:
        return Tail(None, None, None, None)
    of = f"FROM observation WHERE datastream_id = %s AND {IN_ORDER}"
    trusted = one(f"SELECT phenomenon_time, result {of} ORDER BY phenomenon_time DESC LIMIT 1", datastream_id)
    if trusted is None:
        return Tail(newest[0], None, None, None)
    since = trusted[0]
    if since_when:
        other = one(
            f"SELECT phenomenon_time {of} AND result != %s ORDER BY phenomenon_time DESC LIMIT 1",
            datastream_id,
            trusted[1],
        )
        first = one(
            f"SELECT phenomenon_time {of} AND phenomenon_time > %s ORDER BY phenomenon_time LIMIT 1",
            datastream_id,
            other[0] if other else -1,
        )
        since = first[0] if first else since
    return Tail(newest[0], trusted[0], trusted[1], since)
