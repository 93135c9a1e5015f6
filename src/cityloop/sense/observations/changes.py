"""Changes of observations that are there: rewritten, or erased. Shared by both stores.

A change takes an id of its own, so that every writer which remembers the tail of a stream reads it again, and so that
those who follow the ids can see what was touched.
"""

# ruff: noqa: S608 - the texts are made of this module's own column names; values always travel apart

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cityloop.sense.observations.contracts import ObservationView
from cityloop.sense.observations.head import HEAD_COLUMNS, Head
from cityloop.sense.observations.store import DetailRow, StoreError, Tail
from cityloop.sense.observations.store_sql import COLUMNS, DETAIL_COLUMNS, tail_of

ERASED_AT_ONCE = 20_000


class Changing(ABC):
    """What a write in progress can do on either database, given a way to run a statement (placeholders %s)."""

    _head: Head

    @abstractmethod
    def _run(self, text: str, values: Sequence[object] = ()) -> int:
        """Run a statement; how many rows it touched."""

    @abstractmethod
    def _all(self, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a SELECT."""

    @abstractmethod
    def _ready_for(self, times_us: Sequence[int]) -> None:
        """Make sure that there is a place for rows of these times."""

    @property
    def newest_id(self) -> int:
        """The newest id of all, whoever wrote it."""
        return self._head.newest_id

    def streams_after(self, newest_id: int, limit: int) -> list[int] | None:
        """Streams that got rows, or whose rows were changed, after this id; None when more than `limit` ids came."""
        if self.newest_id - newest_id > limit:
            return None
        text = (
            "SELECT DISTINCT datastream_id FROM observation WHERE id > %s "
            "UNION SELECT datastream_id FROM observation_change WHERE id > %s"
        )
        return [row[0] for row in self._all(text, (newest_id, newest_id))]

    def tail(self, datastream_id: int, *, since_when: bool) -> Tail:
        """The state of a stream."""
        return tail_of(self._one, datastream_id, since_when)

    def rewrite(self, before: ObservationView, after: ObservationView, detail: DetailRow | None) -> None:
        """Put an observation in the place of the one with its id."""
        self._ready_for([after.time_us])
        ordinal = before.ordinal
        if (before.datastream_id, before.time_us) != (after.datastream_id, after.time_us):
            row = self._one(
                "SELECT max(ordinal) FROM observation WHERE datastream_id = %s AND phenomenon_time = %s",
                after.datastream_id,
                after.time_us,
            )
            ordinal = 0 if row is None or row[0] is None else row[0] + 1
        names = COLUMNS.split(", ")
        values = (
            before.id,
            after.datastream_id,
            after.time_us,
            after.result_time_us,
            after.result,
            int(after.quality),
            int(after.reasons),
            ordinal,
            after.feature_id,
        )
        touched = self._run(
            f"UPDATE observation SET {', '.join(f'{name} = %s' for name in names)} "
            "WHERE datastream_id = %s AND phenomenon_time = %s AND ordinal = %s AND id = %s",
            (*values, before.datastream_id, before.time_us, before.ordinal, before.id),
        )
        if touched != 1:
            raise StoreError(f"observation {before.id} was changed by somebody else meanwhile")
        self._run("DELETE FROM observation_detail WHERE id = %s", (before.id,))
        if detail is not None:
            marks = ", ".join(["%s"] * len(detail))
            self._run(f"INSERT INTO observation_detail ({DETAIL_COLUMNS}) VALUES ({marks})", detail)
        self._widen(before.id, after.time_us)
        streams = {(before.datastream_id, before.time_us), (after.datastream_id, after.time_us)}
        self._note([(stream, time_us, time_us) for stream, time_us in sorted(streams)])

    def erase(self, one: ObservationView) -> None:
        """Erase an observation."""
        touched = self._run(
            "DELETE FROM observation WHERE datastream_id = %s AND phenomenon_time = %s AND ordinal = %s AND id = %s",
            (one.datastream_id, one.time_us, one.ordinal, one.id),
        )
        self._run("DELETE FROM observation_detail WHERE id = %s", (one.id,))
        self._head = replace(self._head, total=self._head.total - touched)
        self._note([(one.datastream_id, one.time_us, one.time_us)])

    def erase_some(self, datastream_id: int, *, feature_id: int | None = None, until_us: int | None = None) -> int:
        """Erase up to 20,000 observations of a stream, oldest first: all, of one feature, or before a time.

        Returns:
            How many were erased; fewer than 20,000 when none are left.
        """
        condition, values = "datastream_id = %s", [datastream_id]
        if feature_id is not None:
            condition, values = f"{condition} AND feature_id = %s", [*values, feature_id]
        if until_us is not None:
            condition, values = f"{condition} AND phenomenon_time < %s", [*values, until_us]
        chosen = self._all(
            f"SELECT id, phenomenon_time FROM observation WHERE {condition} "
            f"ORDER BY phenomenon_time, ordinal LIMIT {ERASED_AT_ONCE}",
            values,
        )
        if not chosen:
            return 0
        last_us = chosen[-1][1]
        whole = len(chosen) < ERASED_AT_ONCE or chosen[0][1] == last_us
        bound = "phenomenon_time <= %s" if whole else "phenomenon_time < %s"
        of = f"FROM observation WHERE {condition} AND {bound}"
        self._run(f"DELETE FROM observation_detail WHERE id IN (SELECT id {of})", (*values, last_us))
        touched = self._run(f"DELETE {of}", (*values, last_us))
        self._head = replace(self._head, total=self._head.total - touched)
        self._note([(datastream_id, chosen[0][1], last_us)])
        return touched

    def forget_feature(self, *, datastream_id: int | None = None, feature_id: int | None = None) -> None:
        """Forget what a stream's observations, or those of a feature, were about."""
        if datastream_id is not None:
            self._run("DELETE FROM observation_feature WHERE datastream_id = %s", (datastream_id,))
        if feature_id is not None:
            self._run("DELETE FROM observation_feature WHERE feature_id = %s", (feature_id,))

    def _widen(self, number: int, time_us: int) -> None:
        """Let the span that holds an id cover a time."""
        head = self._head
        if number >= head.span_first:
            least = time_us if head.span_least is None else min(head.span_least, time_us)
            most = time_us if head.span_most is None else max(head.span_most, time_us)
            self._head = replace(head, span_least=least, span_most=most)
            return
        for column, sign in (("least_time", ">"), ("most_time", "<")):
            self._run(
                f"UPDATE observation_span SET {column} = %s "
                f"WHERE first_id <= %s AND last_id >= %s AND {column} {sign} %s",
                (time_us, number, number, time_us),
            )

    def _note(self, touched: Sequence[tuple[int, int, int]]) -> None:
        """Give each change (stream, first and last time) an id, and write the head."""
        for stream, since_us, until_us in touched:
            self._head = replace(self._head, newest_id=self._head.newest_id + 1)
            self._run(
                "INSERT INTO observation_change VALUES (%s, %s, %s, %s)",
                (self._head.newest_id, stream, since_us, until_us),
            )
        marks = ", ".join(["%s"] * len(self._head.values()))
        self._run(f"UPDATE observation_head SET ({HEAD_COLUMNS}) = ({marks})", self._head.values())

    def _one(self, text: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._all(text, values)
        return rows[0] if rows else None
