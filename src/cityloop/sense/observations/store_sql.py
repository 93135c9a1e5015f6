"""SQL that both stores share: columns, and a `Select` as a WHERE, an ORDER BY and a window."""

from typing import Any

from cityloop.sense.observations.contracts import ObservationView, Quality, Reason
from cityloop.sense.observations.store import Select

COLUMNS = "id, datastream_id, phenomenon_time, result_time, result, quality, reasons, ordinal"
SERIES = "id, phenomenon_time, result, quality, reasons"
BATCH = "id, datastream_id, phenomenon_time, result, quality"

# Rows that moved the state of their stream: not out of range (1), not late (8), the first of their time.
IN_ORDER = "ordinal = 0 AND reasons & 9 = 0"

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
    number, stream, time_us, result_time_us, result, quality, reasons, ordinal = row
    return ObservationView(
        id=number,
        datastream_id=stream,
        time_us=time_us,
        result=result,
        quality=Quality(quality),
        reasons=Reason(reasons),
        ordinal=ordinal,
        result_time_us=result_time_us,
    )
