"""Rows as PostgreSQL's binary COPY format, laid out by NumPy at once instead of field by field.

Source: PostgreSQL 15 documentation, COPY, "Binary Format".
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg

from cityloop.sense.observations.contracts import to_us
from cityloop.sense.observations.store import GoodRows, StoredRow
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
    "feature": ">i8",
}


def _layout(without: frozenset[str]) -> np.dtype[Any]:
    parts = [("n", ">i2")]
    for field, kind in _FIELDS.items():
        parts += [(f"length of {field}", ">i4"), *([(field, kind)] if field not in without else [])]
    return np.dtype(parts)


def copy_rows(connection: psycopg.Connection[Any], good: GoodRows, others: Sequence[StoredRow]) -> None:
    """Copy good rows and all others into the table of observations, in the transaction that is open."""
    text = f"COPY observation ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(text) as copy:
        copy.write(HEADER)
        for part in _good_parts(good):
            copy.write(part)
        for part in _other_parts(others):
            copy.write(part)
        copy.write(TRAILER)


def _good_parts(good: GoodRows) -> Iterator[bytes]:
    columns: dict[str, Sequence[Any]] = {
        "id": good.ids,
        "stream": good.streams,
        "time": good.times,
        "result": good.results,
    }
    if not good:
        return
    if None not in good.features:
        yield _packed({**columns, "feature": good.features})
        return
    for some in (True, False):
        places = [place for place, feature in enumerate(good.features) if (feature is not None) is some]
        part: dict[str, Sequence[Any]] = {name: [values[place] for place in places] for name, values in columns.items()}
        yield _packed({**part, "feature": [good.features[place] for place in places]} if some else part)


def _other_parts(rows: Sequence[StoredRow]) -> Iterator[bytes]:
    """Rows that lack the same columns together."""
    groups: dict[frozenset[str], list[StoredRow]] = {}
    for row in rows:
        lacking = frozenset(name for name, value in zip(_FIELDS, row, strict=True) if value is None)
        groups.setdefault(lacking, []).append(row)
    for lacking, part in groups.items():
        columns = dict(zip(_FIELDS, (list(column) for column in zip(*part, strict=True)), strict=True))
        yield _packed({name: values for name, values in columns.items() if name not in lacking}, lacking)


def _packed(columns: Mapping[str, Sequence[Any]], lacking: frozenset[str] | None = None) -> bytes:
    """Rows given by their columns. Columns that are not given are NULL when `lacking` names them, and 0 otherwise."""
    if lacking is None:
        lacking = frozenset({"result_time"} | ({"feature"} - set(columns)))
    layout = _layout(lacking)
    packed = np.zeros(len(columns["id"]), dtype=layout)
    packed["n"] = len(_FIELDS)
    for field in _FIELDS:
        packed[f"length of {field}"] = -1 if field in lacking else layout[field].itemsize
        if field in columns:
            packed[field] = columns[field]
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
