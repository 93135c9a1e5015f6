"""A write in progress on SQLite."""

# ruff: noqa: S608 - the texts are made of this module's own column names; values always travel apart

import sqlite3
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from cityloop.sense.observations.store import GOOD_WIDTH, GoodRows, StoredRow, Tail, Twin
from cityloop.sense.observations.store_sql import COLUMNS, IN_ORDER

# Rows a statement: fewer steps through the interpreter, and fewer hand-overs of its lock (measured: +15 to +40 %).
ROWS_A_STATEMENT = 20
_VALUES_A_STATEMENT = ROWS_A_STATEMENT * GOOD_WIDTH
_GOOD = "(?, ?, ?, NULL, ?, 0, 0, 0)"
_INSERT = f"INSERT INTO observation ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_GOOD = f"INSERT INTO observation ({COLUMNS}) VALUES {_GOOD}"
_INSERT_MANY_GOOD = f"INSERT INTO observation ({COLUMNS}) VALUES {', '.join([_GOOD] * ROWS_A_STATEMENT)}"


class SqliteTransaction:
    """A write in progress on a SQLite store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.newest_id: int = connection.execute("SELECT newest_id FROM observation_head").fetchone()[0]

    def streams_after(self, newest_id: int, limit: int) -> list[int] | None:
        """Streams that got rows after this id; None when more than `limit` rows came."""
        if self.newest_id - newest_id > limit:
            return None
        text = "SELECT DISTINCT datastream_id FROM observation WHERE id > ?"
        return [row[0] for row in self._connection.execute(text, (newest_id,))]

    def twins(self, keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], list[Twin]]:
        """What is there already under (datastream_id, time_us)."""
        text = (
            "SELECT id, result, ordinal, quality, reasons FROM observation "
            "WHERE datastream_id = ? AND phenomenon_time = ? ORDER BY ordinal"
        )
        execute = self._connection.execute
        return {key: execute(text, key).fetchall() for key in keys}

    def tail(self, datastream_id: int, *, since_when: bool) -> Tail:
        """The state of a stream."""
        newest = self._one(
            "SELECT phenomenon_time FROM observation WHERE datastream_id = ? ORDER BY phenomenon_time DESC LIMIT 1",
            datastream_id,
        )
        if newest is None:
            return Tail(None, None, None, None)
        of = f"FROM observation WHERE datastream_id = ? AND {IN_ORDER}"
        trusted = self._one(f"SELECT phenomenon_time, result {of} ORDER BY phenomenon_time DESC LIMIT 1", datastream_id)
        if trusted is None:
            return Tail(newest[0], None, None, None)
        since = trusted[0]
        if since_when:
            other = self._one(
                f"SELECT phenomenon_time {of} AND result != ? ORDER BY phenomenon_time DESC LIMIT 1",
                datastream_id,
                trusted[1],
            )
            first = self._one(
                f"SELECT phenomenon_time {of} AND phenomenon_time > ? ORDER BY phenomenon_time LIMIT 1",
                datastream_id,
                other[0] if other else -1,
            )
            since = first[0] if first else since
        return Tail(newest[0], trusted[0], trusted[1], since)

    def insert(self, good: GoodRows, others: Sequence[StoredRow]) -> None:
        """Insert good rows and all others, each in id order."""
        execute = self._connection.execute
        whole = len(good) - len(good) % _VALUES_A_STATEMENT
        for start in range(0, whole, _VALUES_A_STATEMENT):
            execute(_INSERT_MANY_GOOD, good[start : start + _VALUES_A_STATEMENT])
        for start in range(whole, len(good), GOOD_WIDTH):
            execute(_INSERT_GOOD, good[start : start + GOOD_WIDTH])
        self._connection.executemany(_INSERT, others)
        if good or others:
            self.newest_id = max(int(good[-GOOD_WIDTH]) if good else 0, others[-1][0] if others else 0)
            newest_us = max(chain(good[2::GOOD_WIDTH], (row[2] for row in others)))
            text = "UPDATE observation_head SET newest_id = ?1, newest_time = max(coalesce(newest_time, ?2), ?2)"
            execute(text, (self.newest_id, newest_us))

    def _one(self, text: str, *values: object) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._connection.execute(text, values).fetchone()
        return found
