"""Observations in a SQLite file of their own."""

# ruff: noqa: S608 - the texts are made of this module's own column names; values always travel apart

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cityloop.sense.observations.contracts import Batch, ObservationView, Series, batch_of, series_of
from cityloop.sense.observations.sqlite_joint import SqliteJoint, add_functions, sqlite_joint
from cityloop.sense.observations.sqlite_schema import upgrade
from cityloop.sense.observations.sqlite_transaction import SqliteTransaction
from cityloop.sense.observations.store import Select, StoreBusy, StoreError, StoreFull
from cityloop.sense.observations.store_sql import BATCH, COLUMNS, DETAIL_COLUMNS, SERIES, detail, order, view, where

BUSY_S = 20.0
FETCH_ROWS = 5000
# Pages between checkpoints: pages that change again and again are then copied once (32 MB of log).
CHECKPOINT_PAGES = 8000


class SqliteStore:
    """Observations in one file: write-ahead log, every commit flushed to the disk (synchronous=FULL).

    Args:
        path: The file; its folder is made when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._write_lock = threading.Lock()
        self._writing: sqlite3.Connection | None = None
        self._open: list[sqlite3.Connection] = []

    def migrate(self) -> None:
        """Make the tables."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._write_lock, _translated():
            if self._writing is None:
                self._writing = self._connect()
            upgrade(self._writing)

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._write_lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
            self._writing = None
            self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """Begin a write; it commits when the block ends and is rolled back when it raises."""
        with self._write_lock, _translated():
            connection = self._writing = self._writing or self._connect()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def new_since(self, cursor: int, limit: int) -> Batch:
        """Rows with a larger id, in id order."""
        rows = self._all(f"SELECT {BATCH} FROM observation WHERE id > ? ORDER BY id LIMIT ?", (cursor, limit))
        return batch_of(rows, cursor, limit)

    def series(
        self, datastream_id: int, since_us: int | None = None, until_us: int | None = None, limit: int | None = None
    ) -> Series:
        """A stream's rows by time; since inclusive, until exclusive; `limit` keeps the oldest."""
        text, values = _span(SERIES, datastream_id, since_us, until_us)
        return series_of(self._all(text + " LIMIT ?", (*values, -1 if limit is None else limit)))

    def before(self, datastream_id: int, time_us: int, limit: int) -> Series:
        """The newest rows with a smaller time, ascending."""
        rows = self._all(
            f"SELECT {SERIES} FROM observation WHERE datastream_id = ? AND phenomenon_time < ? "
            "ORDER BY phenomenon_time DESC, ordinal DESC LIMIT ?",
            (datastream_id, time_us, limit),
        )
        return series_of(rows[::-1])

    def after(self, datastream_id: int, time_us: int, limit: int) -> Series:
        """The oldest rows with a larger time, ascending."""
        rows = self._all(
            f"SELECT {SERIES} FROM observation WHERE datastream_id = ? AND phenomenon_time > ? "
            "ORDER BY phenomenon_time, ordinal LIMIT ?",
            (datastream_id, time_us, limit),
        )
        return series_of(rows)

    def latest(self, ids: Iterable[int]) -> dict[int, ObservationView]:
        """The newest row of each stream that has one."""
        text = (
            f"SELECT {COLUMNS} FROM observation WHERE datastream_id = ? "
            "ORDER BY phenomenon_time DESC, ordinal DESC LIMIT 1"
        )
        found = (self._reader().execute(text, (number,)).fetchone() for number in ids)
        return {row[1]: view(row) for row in found if row is not None}

    def extent(self, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
        """First and last time of each stream that has rows."""
        # Two look-ups in the index; min and max in one query would read the whole stream.
        text = (
            "SELECT (SELECT min(phenomenon_time) FROM observation WHERE datastream_id = ?1), "
            "(SELECT max(phenomenon_time) FROM observation WHERE datastream_id = ?1)"
        )
        found = {number: self._reader().execute(text, (number,)).fetchone() for number in ids}
        return {number: row for number, row in found.items() if row[0] is not None}

    def observation(self, number: int) -> ObservationView | None:
        """One row by id, with its detail."""
        rows = self._all(f"SELECT {COLUMNS} FROM observation WHERE id = ?", (number,))
        if not rows:
            return None
        details = self._all(f"SELECT {DETAIL_COLUMNS} FROM observation_detail WHERE id = ?", (number,))
        return replace(view(rows[0]), detail=detail(details[0])) if details else view(rows[0])

    def features_streams(self, feature_id: int) -> list[int]:
        """Streams that had observations about a feature."""
        text = "SELECT datastream_id FROM observation_feature WHERE feature_id = ? ORDER BY 1"
        return [row[0] for row in self._all(text, (feature_id,))]

    def select(self, question: Select) -> list[ObservationView]:
        """Rows that answer a question."""
        clause, values = where(question, "?")
        text = f"SELECT {COLUMNS} FROM observation{clause}{order(question)} LIMIT ? OFFSET ?"
        return [view(row) for row in self._all(text, (*values, question.top, question.skip))]

    def count(self, question: Select) -> int:
        """How many rows answer it."""
        clause, values = where(question, "?")
        return int(self._all(f"SELECT count(*) FROM observation{clause}", tuple(values))[0][0])

    @contextmanager
    def joint(self) -> Iterator[SqliteJoint]:
        """Registers and observations, to be read together."""
        with _translated(), sqlite_joint(self._reader()) as together:
            yield together

    def schema(self) -> str:
        """A file has none."""
        return ""

    def stream(self, datastream_id: int, since_us: int | None, until_us: int | None) -> Iterator[ObservationView]:
        """All rows of a stream by time, a few thousand at a time."""
        text, values = _span(COLUMNS, datastream_id, since_us, until_us)
        # A connection of its own: the rows may be read by another thread than the one that asked.
        connection = self._connect()
        try:
            cursor = connection.execute(text, values)
            while rows := cursor.fetchmany(FETCH_ROWS):
                yield from map(view, rows)
        finally:
            self._open.remove(connection)
            connection.close()

    def quality_counts(self, datastream_id: int, since_us: int | None = None) -> dict[int, int]:
        """How many rows of a stream have each quality."""
        of = "FROM observation WHERE datastream_id = ? AND phenomenon_time >= ?"
        text = f"SELECT quality, count(*) {of} GROUP BY quality"
        return dict(self._all(text, (datastream_id, -(2**62) if since_us is None else since_us)))

    def newest_id(self) -> int:
        """The newest id, 0 when empty."""
        return int(self._all("SELECT newest_id FROM observation_head", ())[0][0])

    def newest_time_us(self) -> int | None:
        """The newest phenomenon time of all."""
        found: int | None = self._all("SELECT newest_time FROM observation_head", ())[0][0]
        return found

    def backup(self, path: Path) -> None:
        """A consistent copy while the store is in use (SQLite's online backup)."""
        copy = sqlite3.connect(path)
        try:
            self._reader().backup(copy, pages=2000)
        finally:
            copy.close()

    def _all(self, text: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with _translated():
            return self._reader().execute(text, values).fetchall()

    def _reader(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if found is None:
            found = self._local.reader = self._connect()
            add_functions(found)
            found.execute("PRAGMA query_only = 1")
        return found

    def _connect(self) -> sqlite3.Connection:
        made = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("PRAGMA synchronous = FULL")
        made.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        made.execute("PRAGMA cache_size = -32768")
        self._open.append(made)
        return made


def _span(columns: str, datastream_id: int, since_us: int | None, until_us: int | None) -> tuple[str, tuple[int, ...]]:
    text = f"SELECT {columns} FROM observation WHERE datastream_id = ?"
    values = [datastream_id]
    for bound, operator in ((since_us, ">="), (until_us, "<")):
        if bound is not None:
            text += f" AND phenomenon_time {operator} ?"
            values.append(bound)
    return text + " ORDER BY phenomenon_time, ordinal", tuple(values)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR_WRITE")):
            raise StoreFull(str(error)) from error
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise StoreBusy(str(error)) from error
        raise StoreError(str(error)) from error
