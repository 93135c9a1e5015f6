"""Rows as PostgreSQL's binary COPY format, laid out by NumPy at once instead of field by field.

Source: PostgreSQL 15 documentation, COPY, "Binary Format".
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg

from cityloop.sense.observations.contracts import to_us
from cityloop.sense.observations.store import GOOD_WIDTH, GoodRows, StoredRow
from cityloop.sense.observations.store_sql import COLUMNS

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

# A field is its length in bytes (big-endian int32), then its bytes; length -1 is NULL, with no bytes after it.
_FIELDS = {
    "id": ">i8",
    "stream": ">i8",
    "time": ">i8",
    "result_time": ">i8",
    "result": ">f8",
    "quality": ">i2",
    "reasons": ">i2",
    "ordinal": ">i2",
}


def _layout(without: str = "") -> np.dtype[Any]:
    parts = [("n", ">i2")]
    for number, (field, kind) in enumerate(_FIELDS.items()):
        parts += [(f"l{number}", ">i4"), *([(field, kind)] if field != without else [])]
    return np.dtype(parts)


_WITH, _WITHOUT = _layout(), _layout("result_time")


def copy_rows(connection: psycopg.Connection[Any], good: GoodRows, others: Sequence[StoredRow]) -> None:
    """Copy good rows and all others into the table of observations, in the transaction that is open."""
    zeros = [0] * (len(good) // GOOD_WIDTH)
    parts = [
        [good[0::GOOD_WIDTH], good[1::GOOD_WIDTH], good[2::GOOD_WIDTH], None, good[3::GOOD_WIDTH], zeros, zeros, zeros],
        _columns([row for row in others if row[3] is None], with_result_time=False),
        _columns([row for row in others if row[3] is not None], with_result_time=True),
    ]
    text = f"COPY observation ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(text) as copy:
        copy.write(HEADER)
        for part in parts:
            copy.write(_packed(part))
        copy.write(TRAILER)


def _columns(rows: Sequence[StoredRow], *, with_result_time: bool) -> list[Any]:
    columns: list[Any] = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(8)]
    return [*columns[:3], columns[3] if with_result_time else None, *columns[4:]]


def _packed(columns: list[Any]) -> bytes:
    """Rows given by their eight columns; the fourth is None when no row has a result time."""
    layout = _WITHOUT if columns[3] is None else _WITH
    packed = np.empty(len(columns[0]), dtype=layout)
    packed["n"] = len(_FIELDS)
    for number, (field, values) in enumerate(zip(_FIELDS, columns, strict=True)):
        packed[f"l{number}"] = -1 if values is None else layout[field].itemsize
        if values is not None:
            packed[field] = values
    return packed.tobytes()


def months_of(times_us: Sequence[int]) -> dict[int, tuple[str, int, int]]:
    """The months that times fall into (UTC).

    Returns:
        Months since 1970 → name of the partition, first microsecond, first microsecond after it.
    """
    months = np.unique(
        np.array(times_us, dtype=np.int64).view("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    )
    return {int(month): (_name(int(month)), _start(int(month)), _start(int(month) + 1)) for month in months}


def _name(month: int) -> str:
    return f"observation_y{1970 + month // 12}m{month % 12 + 1:02d}"


def _start(month: int) -> int:
    return to_us(datetime(1970 + month // 12, month % 12 + 1, 1, tzinfo=UTC))
