"""A write in progress on SQLite."""

# ruff: noqa: S608 - the texts are made of this module's own column names; values always travel apart

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cityloop.sense.observations.changes import Changing
from cityloop.sense.observations.head import HEAD_COLUMNS, Head
from cityloop.sense.observations.store import DetailRow, GoodRows, StoredRow, Twin
from cityloop.sense.observations.store_sql import COLUMNS, DETAIL_COLUMNS, TWINS

# Rows a statement: fewer steps through the interpreter, and fewer hand-overs of its lock (measured: +15 to +40 %).
ROWS_A_STATEMENT = 20
GOOD_WIDTH = 5
_VALUES_A_STATEMENT = ROWS_A_STATEMENT * GOOD_WIDTH
_GOOD = "(?, ?, ?, NULL, ?, 0, 0, 0, ?)"
_INSERT = f"INSERT INTO observation ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_GOOD = f"INSERT INTO observation ({COLUMNS}) VALUES {_GOOD}"
_INSERT_MANY_GOOD = f"INSERT INTO observation ({COLUMNS}) VALUES {', '.join([_GOOD] * ROWS_A_STATEMENT)}"
_INSERT_DETAIL = f"INSERT INTO observation_detail ({DETAIL_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_SET_HEAD = f"UPDATE observation_head SET ({HEAD_COLUMNS}) = (?, ?, ?, ?, ?, ?)"


class SqliteTransaction(Changing):
    """A write in progress on a SQLite store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._head = Head(*connection.execute(f"SELECT {HEAD_COLUMNS} FROM observation_head").fetchone())

    def twins(self, keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], list[Twin]]:
        """What is there already under (datastream_id, time_us)."""
        text = (
            f"SELECT {TWINS} FROM observation o LEFT JOIN observation_detail d ON d.id = o.id AND o.result IS NULL "
            "WHERE o.datastream_id = ? AND o.phenomenon_time = ? ORDER BY o.ordinal"
        )
        execute = self._connection.execute
        return {key: execute(text, key).fetchall() for key in keys}

    def note_features(self, pairs: Collection[tuple[int, int]]) -> None:
        """Keep which (feature_id, datastream_id) have met."""
        self._connection.executemany("INSERT OR IGNORE INTO observation_feature VALUES (?, ?)", sorted(pairs))

    def insert(self, good: GoodRows, others: Sequence[StoredRow], details: Sequence[DetailRow] = ()) -> None:
        """Insert good rows and all others, and what some of the others have beside."""
        if not good and not others:
            return
        execute = self._connection.execute
        flat = _flat(good)
        whole = len(flat) - len(flat) % _VALUES_A_STATEMENT
        for start in range(0, whole, _VALUES_A_STATEMENT):
            execute(_INSERT_MANY_GOOD, flat[start : start + _VALUES_A_STATEMENT])
        for start in range(whole, len(flat), GOOD_WIDTH):
            execute(_INSERT_GOOD, flat[start : start + GOOD_WIDTH])
        self._connection.executemany(_INSERT, others)
        self._connection.executemany(_INSERT_DETAIL, details)
        newest_id = max(good.ids[-1] if good else 0, others[-1][0] if others else 0)
        times = [*good.times, *(row[2] for row in others)] if others else good.times
        self._head = self._head.grown(newest_id, len(good) + len(others), times)
        if self._head.full():
            execute("INSERT INTO observation_span VALUES (?, ?, ?, ?)", self._head.span())
            self._head = self._head.opened()
        execute(_SET_HEAD, self._head.values())

    def _run(self, text: str, values: Sequence[object] = ()) -> int:
        return self._connection.execute(text.replace("%s", "?"), values).rowcount

    def _all(self, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(text.replace("%s", "?"), values).fetchall()

    def _ready_for(self, times_us: Sequence[int]) -> None:
        """One table holds all times."""


def _flat(good: GoodRows) -> list[Any]:
    """The values of all rows, one after the other, as the statements take them."""
    flat: list[Any] = [None] * (len(good) * GOOD_WIDTH)
    flat[0::GOOD_WIDTH] = good.ids
    flat[1::GOOD_WIDTH] = good.streams
    flat[2::GOOD_WIDTH] = good.times
    flat[3::GOOD_WIDTH] = good.results
    flat[4::GOOD_WIDTH] = good.features
    return flat
