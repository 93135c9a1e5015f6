"""A write in progress on PostgreSQL."""

# ruff: noqa: S608 - the texts are made of this module's own column names; values always travel apart

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import psycopg

from cityloop.sense.observations.changes import Changing
from cityloop.sense.observations.head import HEAD_COLUMNS, Head
from cityloop.sense.observations.postgres_copy import copy_rows, months_of
from cityloop.sense.observations.store import DetailRow, GoodRows, StoredRow, Twin
from cityloop.sense.observations.store_sql import DETAIL_COLUMNS

_INSERT_DETAIL = f"INSERT INTO observation_detail ({DETAIL_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)"
_SET_HEAD = f"UPDATE observation_head SET ({HEAD_COLUMNS}) = (%s, %s, %s, %s, %s, %s)"


class PostgresTransaction(Changing):
    """A write in progress on PostgreSQL."""

    def __init__(self, connection: psycopg.Connection[Any], months: set[int]) -> None:
        self._connection = connection
        self._months = months
        self.made: set[int] = set()
        row = connection.execute(f"SELECT {HEAD_COLUMNS} FROM observation_head FOR UPDATE").fetchone()
        assert row is not None, "migrate() makes this row"
        self._head = Head(*row)

    def twins(self, keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], list[Twin]]:
        """What is there already under (datastream_id, time_us)."""
        found: dict[tuple[int, int], list[Twin]] = {key: [] for key in keys}
        rows = self._connection.execute(
            "SELECT wanted.stream, wanted.moment, o.id, o.result, d.result, o.ordinal, o.quality, o.reasons "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS wanted(stream, moment) "
            "CROSS JOIN LATERAL (SELECT * FROM observation "
            "WHERE datastream_id = wanted.stream AND phenomenon_time = wanted.moment ORDER BY ordinal) AS o "
            "LEFT JOIN observation_detail d ON d.id = o.id AND o.result IS NULL "
            "ORDER BY o.ordinal",
            ([stream for stream, _ in found], [moment for _, moment in found]),
        )
        for stream, moment, number, result, text, *flags in rows:
            found[stream, moment].append((number, text if result is None else result, *flags))
        return found

    def note_features(self, pairs: Collection[tuple[int, int]]) -> None:
        """Keep which (feature_id, datastream_id) have met."""
        with self._connection.cursor() as cursor:
            cursor.executemany("INSERT INTO observation_feature VALUES (%s, %s) ON CONFLICT DO NOTHING", sorted(pairs))

    def insert(self, good: GoodRows, others: Sequence[StoredRow], details: Sequence[DetailRow] = ()) -> None:
        """Insert good rows and all others, and what some of the others have beside."""
        if not good and not others:
            return
        times = [*good.times, *(row[2] for row in others)]
        self._ready_for(times)
        copy_rows(self._connection, good, others)
        if details:
            with self._connection.cursor() as cursor:
                cursor.executemany(_INSERT_DETAIL, details)
        newest_id = max(good.ids[-1] if good else 0, others[-1][0] if others else 0)
        self._head = self._head.grown(newest_id, len(good) + len(others), times)
        if self._head.full():
            self._connection.execute("INSERT INTO observation_span VALUES (%s, %s, %s, %s)", self._head.span())
            self._head = self._head.opened()
        self._connection.execute(_SET_HEAD, self._head.values())

    def _make_partition(self, name: str, since_us: int, until_us: int) -> None:
        row = self._connection.execute("SELECT to_regclass(%s)", (name,)).fetchone()
        if row is not None and row[0] is not None:
            return
        # Made apart and then attached: CREATE TABLE … PARTITION OF would lock every reader out.
        for text in (
            f"CREATE TABLE {name} (LIKE observation INCLUDING CONSTRAINTS)",
            f"ALTER TABLE observation ATTACH PARTITION {name} FOR VALUES FROM ({since_us}) TO ({until_us})",
        ):
            self._connection.execute(text)

    def _run(self, text: str, values: Sequence[object] = ()) -> int:
        return self._connection.execute(text, values).rowcount  # type: ignore[arg-type]  # made by this program

    def _all(self, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(text, values).fetchall()  # type: ignore[arg-type]

    def _ready_for(self, times_us: Sequence[int]) -> None:
        for month, (name, since_us, until_us) in months_of(times_us).items():
            if month not in self._months and month not in self.made:
                self._make_partition(name, since_us, until_us)
                self.made.add(month)
