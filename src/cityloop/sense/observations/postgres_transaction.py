"""A write in progress on PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from cityloop.sense.observations.postgres_copy import copy_rows, months_of
from cityloop.sense.observations.store import GOOD_WIDTH, GoodRows, StoredRow, Tail, Twin
from cityloop.sense.observations.store_sql import IN_ORDER


class PostgresTransaction:
    """A write in progress on PostgreSQL."""

    def __init__(self, connection: psycopg.Connection[Any], months: set[int]) -> None:
        self._connection = connection
        self._months = months
        self.made: set[int] = set()
        row = connection.execute("SELECT newest_id FROM observation_head FOR UPDATE").fetchone()
        assert row is not None, "migrate() makes this row"
        self.newest_id: int = row[0]

    def streams_after(self, newest_id: int, limit: int) -> list[int] | None:
        """Streams that got rows after this id; None when more than `limit` rows came."""
        if self.newest_id - newest_id > limit:
            return None
        rows = self._connection.execute("SELECT DISTINCT datastream_id FROM observation WHERE id > %s", (newest_id,))
        return [row[0] for row in rows]

    def twins(self, keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], list[Twin]]:
        """What is there already under (datastream_id, time_us)."""
        found: dict[tuple[int, int], list[Twin]] = {key: [] for key in keys}
        rows = self._connection.execute(
            "SELECT o.datastream_id, o.phenomenon_time, o.id, o.result, o.ordinal, o.quality, o.reasons "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS wanted(stream, moment) "
            "CROSS JOIN LATERAL (SELECT * FROM observation "
            "WHERE datastream_id = wanted.stream AND phenomenon_time = wanted.moment ORDER BY ordinal) AS o",
            ([stream for stream, _ in found], [moment for _, moment in found]),
        )
        for stream, moment, *twin in rows:
            found[stream, moment].append(tuple(twin))
        return found

    def tail(self, datastream_id: int, *, since_when: bool) -> Tail:
        """The state of a stream."""
        newest = self._one(
            "SELECT phenomenon_time FROM observation WHERE datastream_id = %s ORDER BY phenomenon_time DESC LIMIT 1",
            datastream_id,
        )
        if newest is None:
            return Tail(None, None, None, None)
        of = f"FROM observation WHERE datastream_id = %s AND {IN_ORDER}"
        trusted = self._one(f"SELECT phenomenon_time, result {of} ORDER BY phenomenon_time DESC LIMIT 1", datastream_id)
        if trusted is None:
            return Tail(newest[0], None, None, None)
        since = trusted[0]
        if since_when:
            other = self._one(
                f"SELECT phenomenon_time {of} AND result != %s ORDER BY phenomenon_time DESC LIMIT 1",
                datastream_id,
                trusted[1],
            )
            first = self._one(
                f"SELECT phenomenon_time {of} AND phenomenon_time > %s ORDER BY phenomenon_time LIMIT 1",
                datastream_id,
                other[0] if other else -1,
            )
            since = first[0] if first else since
        return Tail(newest[0], trusted[0], trusted[1], since)

    def insert(self, good: GoodRows, others: Sequence[StoredRow]) -> None:
        """Insert good rows and all others, each in id order."""
        if not good and not others:
            return
        times = [*map(int, good[2::GOOD_WIDTH]), *(row[2] for row in others)]
        for month, (name, since_us, until_us) in months_of(times).items():
            if month not in self._months and month not in self.made:
                self._make_partition(name, since_us, until_us)
                self.made.add(month)
        copy_rows(self._connection, good, others)
        self.newest_id = max(int(good[-GOOD_WIDTH]) if good else 0, others[-1][0] if others else 0)
        text = "UPDATE observation_head SET newest_id = %s, newest_time = greatest(newest_time, %s)"
        self._connection.execute(text, (self.newest_id, max(times)))

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

    def _one(self, text: str, *values: object) -> tuple[Any, ...] | None:
        return self._connection.execute(text, values).fetchone()
