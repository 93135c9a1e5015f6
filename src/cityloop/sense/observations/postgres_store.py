"""Observations in PostgreSQL, partitioned by month of the phenomenon time."""

# ruff: noqa: S608 - the texts are made of this module's own column names; values always travel apart

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from cityloop.sense.observations.contracts import Batch, ObservationView, Series, batch_of, series_of
from cityloop.sense.observations.postgres_joint import PostgresJoint, postgres_joint
from cityloop.sense.observations.postgres_transaction import PostgresTransaction
from cityloop.sense.observations.store import Select, StoreBusy, StoreError, StoreFull
from cityloop.sense.observations.store_sql import BATCH, COLUMNS, DETAIL_COLUMNS, SERIES, detail, order, view, where

BUSY_S = 20
FETCH_ROWS = 5000
# One writer at a time makes or upgrades the tables: any constant will do, it only has to be ours.
SCHEMA_LOCK = 7_260_716_183

# A stream's rows are found by the first index, and hourly means are read from it alone; those who follow what is new
# use the second. What release 0.1 lacks is brought in: every statement may be repeated.
SCHEMA = """
CREATE TABLE IF NOT EXISTS observation (
  id bigint NOT NULL,
  datastream_id bigint NOT NULL,
  phenomenon_time bigint NOT NULL,
  result_time bigint,
  result double precision,
  quality smallint NOT NULL CHECK (quality BETWEEN 0 AND 2),
  reasons smallint NOT NULL CHECK (reasons BETWEEN 0 AND 31),
  ordinal smallint NOT NULL CHECK (ordinal >= 0),
  feature_id bigint
) PARTITION BY RANGE (phenomenon_time);
CREATE TABLE IF NOT EXISTS observation_change (
  id bigint PRIMARY KEY,
  datastream_id bigint NOT NULL,
  since_time bigint NOT NULL,
  until_time bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS observation_head (
  one smallint PRIMARY KEY CHECK (one = 1),
  newest_id bigint NOT NULL,
  newest_time bigint,
  total bigint NOT NULL,
  span_first bigint NOT NULL,
  span_least bigint,
  span_most bigint
);
CREATE TABLE IF NOT EXISTS observation_span (
  first_id bigint PRIMARY KEY,
  last_id bigint NOT NULL,
  least_time bigint NOT NULL,
  most_time bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS observation_detail (
  id bigint PRIMARY KEY,
  phenomenon_end bigint,
  result text,
  valid_from bigint,
  valid_until bigint,
  result_quality text,
  parameters text
);
CREATE TABLE IF NOT EXISTS observation_feature (
  feature_id bigint NOT NULL,
  datastream_id bigint NOT NULL,
  PRIMARY KEY (feature_id, datastream_id)
);
CREATE INDEX IF NOT EXISTS observation_detail_end ON observation_detail (id) WHERE phenomenon_end IS NOT NULL;
"""
FROM_1 = """
ALTER TABLE observation ADD COLUMN feature_id bigint;
ALTER TABLE observation ALTER COLUMN result DROP NOT NULL;
ALTER TABLE observation DROP CONSTRAINT observation_pkey;
ALTER TABLE observation DROP CONSTRAINT observation_datastream_id_phenomenon_time_ordinal_key;
ALTER TABLE observation_head ADD COLUMN total bigint, ADD COLUMN span_first bigint, ADD COLUMN span_least bigint,
  ADD COLUMN span_most bigint;
INSERT INTO observation_span
  SELECT min(id), max(id), min(phenomenon_time), max(phenomenon_time) FROM observation GROUP BY id / 4096;
UPDATE observation_head SET total = (SELECT count(*) FROM observation), span_first = newest_id + 1;
ALTER TABLE observation_head ALTER COLUMN total SET NOT NULL, ALTER COLUMN span_first SET NOT NULL;
"""
INDEXES = """
CREATE UNIQUE INDEX IF NOT EXISTS observation_series
  ON observation (datastream_id, phenomenon_time, ordinal) INCLUDE (result, quality);
CREATE INDEX IF NOT EXISTS observation_id ON observation (id);
CREATE INDEX IF NOT EXISTS observation_result_time ON observation (datastream_id, result_time)
  WHERE result_time IS NOT NULL;
INSERT INTO observation_head VALUES (1, 0, NULL, 0, 1, NULL, NULL) ON CONFLICT DO NOTHING;
"""
IS_1 = """
SELECT NOT EXISTS (SELECT FROM pg_attribute
  WHERE attrelid = to_regclass('observation_head') AND attname = 'total' AND NOT attisdropped)
"""


class PostgresStore:
    """Observations in PostgreSQL.

    The one row of `observation_head` is locked by a writer until it has committed, so ids follow the order of commits
    and a reader that saw id n has seen all before it.

    Args:
        url: `postgresql://…`; tables lie in the first schema of its search path.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._write_lock = threading.Lock()
        self._writing: psycopg.Connection[Any] | None = None
        self._months: set[int] = set()
        self._readers: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            url, min_size=0, max_size=6, timeout=BUSY_S, open=False, kwargs={"autocommit": True}
        )

    def migrate(self) -> None:
        """Make the tables."""
        with _translated(), psycopg.connect(self._url) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
            connection.execute(SCHEMA)
            row = connection.execute(IS_1).fetchone()
            if row is not None and row[0]:
                connection.execute(FROM_1)
            connection.execute(INDEXES)

    def close(self) -> None:
        """Close every connection."""
        self._readers.close()
        with self._write_lock:
            self._drop()

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        """Begin a write; it commits when the block ends and is rolled back when it raises."""
        with self._write_lock, _translated():
            try:
                connection = self._writing or self._connect()
                with connection.transaction():
                    open_ = PostgresTransaction(connection, self._months)
                    yield open_
                # Only now: a rolled-back transaction took its new partitions with it.
                self._months |= open_.made
            except psycopg.OperationalError:
                self._drop()
                raise

    def new_since(self, cursor: int, limit: int) -> Batch:
        """Rows with a larger id, in id order."""
        if self.newest_id() <= cursor:
            return batch_of([], cursor, limit)
        text = f"SELECT {BATCH} FROM observation WHERE id > %s ORDER BY id LIMIT %s"
        return batch_of(self._all(text, cursor, limit), cursor, limit)

    def series(
        self, datastream_id: int, since_us: int | None = None, until_us: int | None = None, limit: int | None = None
    ) -> Series:
        """A stream's rows by time; since inclusive, until exclusive; `limit` keeps the oldest."""
        text, values = _span(SERIES, datastream_id, since_us, until_us)
        return series_of(self._all(text + " LIMIT %s", *values, limit))

    def before(self, datastream_id: int, time_us: int, limit: int) -> Series:
        """The newest rows with a smaller time, ascending."""
        rows = self._all(
            f"SELECT {SERIES} FROM observation WHERE datastream_id = %s AND phenomenon_time < %s "
            "ORDER BY phenomenon_time DESC, ordinal DESC LIMIT %s",
            datastream_id,
            time_us,
            limit,
        )
        return series_of(rows[::-1])

    def after(self, datastream_id: int, time_us: int, limit: int) -> Series:
        """The oldest rows with a larger time, ascending."""
        rows = self._all(
            f"SELECT {SERIES} FROM observation WHERE datastream_id = %s AND phenomenon_time > %s "
            "ORDER BY phenomenon_time, ordinal LIMIT %s",
            datastream_id,
            time_us,
            limit,
        )
        return series_of(rows)

    def latest(self, ids: Iterable[int]) -> dict[int, ObservationView]:
        """The newest row of each stream that has one."""
        rows = self._all(
            "SELECT o.* FROM unnest(%s::bigint[]) AS wanted(number) CROSS JOIN LATERAL "
            f"(SELECT {COLUMNS} FROM observation WHERE datastream_id = wanted.number "
            "ORDER BY phenomenon_time DESC, ordinal DESC LIMIT 1) AS o",
            list(ids),
        )
        return {row[1]: view(row) for row in rows}

    def extent(self, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
        """First and last time of each stream that has rows."""
        of = "SELECT phenomenon_time FROM observation WHERE datastream_id = number ORDER BY phenomenon_time"
        rows = self._all(
            f"SELECT number, ({of} LIMIT 1), ({of} DESC LIMIT 1) FROM unnest(%s::bigint[]) AS wanted(number)", list(ids)
        )
        return {number: (first, last) for number, first, last in rows if first is not None}

    def observation(self, number: int) -> ObservationView | None:
        """One row by id, with its detail."""
        rows = self._all(f"SELECT {COLUMNS} FROM observation WHERE id = %s", number)
        if not rows:
            return None
        details = self._all(f"SELECT {DETAIL_COLUMNS} FROM observation_detail WHERE id = %s", number)
        return replace(view(rows[0]), detail=detail(details[0])) if details else view(rows[0])

    def features_streams(self, feature_id: int) -> list[int]:
        """Streams that had observations about a feature."""
        text = "SELECT datastream_id FROM observation_feature WHERE feature_id = %s ORDER BY 1"
        return [row[0] for row in self._all(text, feature_id)]

    def select(self, question: Select) -> list[ObservationView]:
        """Rows that answer a question."""
        clause, values = where(question, "%s")
        text = f"SELECT {COLUMNS} FROM observation{clause}{order(question)} LIMIT %s OFFSET %s"
        return [view(row) for row in self._all(text, *values, question.top, question.skip)]

    def count(self, question: Select) -> int:
        """How many rows answer it."""
        clause, values = where(question, "%s")
        return int(self._all(f"SELECT count(*) FROM observation{clause}", *values)[0][0])

    @contextmanager
    def joint(self) -> Iterator[PostgresJoint]:
        """Registers and observations, to be read together."""
        with _translated():
            self._readers.open()
            with self._readers.connection() as connection, postgres_joint(connection) as together:
                yield together

    def schema(self) -> str:
        """The schema its tables lie in, quoted."""
        return str(self._all("SELECT quote_ident(current_schema())")[0][0])

    def stream(self, datastream_id: int, since_us: int | None, until_us: int | None) -> Iterator[ObservationView]:
        """All rows of a stream by time, a few thousand at a time."""
        text, values = _span(COLUMNS, datastream_id, since_us, until_us)
        with psycopg.connect(self._url) as connection, connection.cursor(name="download") as cursor:
            cursor.itersize = FETCH_ROWS
            cursor.execute(text, values)
            yield from map(view, cursor)

    def quality_counts(self, datastream_id: int, since_us: int | None = None) -> dict[int, int]:
        """How many rows of a stream have each quality."""
        of = "FROM observation WHERE datastream_id = %s AND phenomenon_time >= %s"
        text = f"SELECT quality, count(*) {of} GROUP BY quality"
        return dict(self._all(text, datastream_id, -(2**62) if since_us is None else since_us))

    def newest_id(self) -> int:
        """The newest id, 0 when empty."""
        return int(self._all("SELECT newest_id FROM observation_head")[0][0])

    def newest_time_us(self) -> int | None:
        """The newest phenomenon time of all."""
        found: int | None = self._all("SELECT newest_time FROM observation_head")[0][0]
        return found

    def backup(self, path: Path) -> None:
        """Not here: PostgreSQL has its own tools.

        Raises:
            StoreError: Always; the message says what to use.
        """
        raise StoreError(f"{path}: observations lie in PostgreSQL; back it up with pg_dump or pgBackRest.")

    def _all(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        with _translated():
            self._readers.open()
            with self._readers.connection() as connection:
                return connection.execute(text, values).fetchall()

    def _connect(self) -> psycopg.Connection[Any]:
        made = psycopg.connect(self._url, autocommit=True)
        made.execute(f"SET lock_timeout = '{BUSY_S}s'")
        made.execute("SET synchronous_commit = on")
        self._writing, self._months = made, set()
        return made

    def _drop(self) -> None:
        if self._writing is not None:
            self._writing.close()
        self._writing = None


def _span(columns: str, datastream_id: int, since_us: int | None, until_us: int | None) -> tuple[str, list[object]]:
    text = f"SELECT {columns} FROM observation WHERE datastream_id = %s"
    values: list[object] = [datastream_id]
    for bound, operator in ((since_us, ">="), (until_us, "<")):
        if bound is not None:
            text += f" AND phenomenon_time {operator} %s"
            values.append(bound)
    return text + " ORDER BY phenomenon_time, ordinal", values


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise StoreFull(str(error)) from error
    except (psycopg.OperationalError, PoolTimeout) as error:
        raise StoreBusy(str(error)) from error
    except psycopg.Error as error:
        raise StoreError(str(error)) from error
