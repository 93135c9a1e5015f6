"""Rows as PostgreSQL's binary COPY format, laid out by NumPy at once instead of field by field.

Source: PostgreSQL 15 documentation, COPY, "Binary Format".
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg

from cityloop.sense.observations.contracts import to_us
from cityloop.sense.observations.store import StoredRow
from cityloop.sense.observations.store_sql import COLUMNS

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

# A field is its length in bytes (big-endian int32), then its bytes; length -1 is NULL, with no bytes after it.
_KEYS = [("n", ">i2"), ("l0", ">i4"), ("id", ">i8"), ("l1", ">i4"), ("stream", ">i8"), ("l2", ">i4"), ("time", ">i8")]
_REST = [("l4", ">i4"), ("result", ">f8"), ("l5", ">i4"), ("quality", ">i2"), ("l6", ">i4"), ("reasons", ">i2")]
_REST += [("l7", ">i4"), ("ordinal", ">i2")]
_WITH = np.dtype([*_KEYS, ("l3", ">i4"), ("result_time", ">i8"), *_REST])
_WITHOUT = np.dtype([*_KEYS, ("l3", ">i4"), *_REST])


def copy_rows(connection: psycopg.Connection[Any], rows: Sequence[StoredRow]) -> None:
    """Copy rows into the table of observations, in the transaction that is open."""
    without = [row for row in rows if row[3] is None]
    text = f"COPY observation ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(text) as copy:
        copy.write(HEADER)
        if without:
            copy.write(_packed(without, _WITHOUT))
        if len(without) < len(rows):
            copy.write(_packed([row for row in rows if row[3] is not None], _WITH))
        copy.write(TRAILER)


def _packed(rows: Sequence[StoredRow], layout: np.dtype[Any]) -> bytes:
    ids, streams, times, result_times, results, qualities, reasons, ordinals = zip(*rows, strict=True)
    packed = np.empty(len(rows), dtype=layout)
    packed["n"] = 8
    for length, field, values, size in (
        ("l0", "id", ids, 8),
        ("l1", "stream", streams, 8),
        ("l2", "time", times, 8),
        ("l4", "result", results, 8),
        ("l5", "quality", qualities, 2),
        ("l6", "reasons", reasons, 2),
        ("l7", "ordinal", ordinals, 2),
    ):
        packed[length] = size
        packed[field] = values
    if layout is _WITH:
        packed["l3"] = 8
        packed["result_time"] = result_times
    else:
        packed["l3"] = -1
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
