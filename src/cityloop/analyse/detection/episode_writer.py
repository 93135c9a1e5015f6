"""Writing episodes: rows, events and loop links that follow from the runs found, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from cityloop.analyse.detection.contracts import RuleView
from cityloop.analyse.detection.episodes import Run
from cityloop.analyse.detection.models import Episode
from cityloop.kernel.events.port import publish
from cityloop.kernel.loop.contracts import FactChanged, IncidentDetected, Ref
from cityloop.kernel.loop.port import link
from cityloop.sense.observations import port as observations
from cityloop.sense.observations.contracts import DatastreamView, to_datetime, to_us

# Growth alone (a higher peak, a later end) is told at most this often, in city time. A level, an end: at once.
TELL_AGAIN_AFTER: Final = timedelta(minutes=5)

_WRITTEN: Final = (
    "rule_version", "start_at", "end_at", "count", "peak", "peak_at", "level", "ended", "ended_at", "withdrawn",
    "merged_into_id", "told_at",
)  # fmt: skip


class EpisodeWriter:
    """Brings rows in line with runs. Changed rows are written together by `flush`.

    Args:
        now: City time of this round.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._changed: dict[int, Episode] = {}
        self._streams: dict[int, DatastreamView | None] = {}

    def settle(
        self, rule: RuleView, datastream_id: int, first_us: int, last_us: int, runs: Sequence[Run]
    ) -> list[Episode]:
        """Make the rows of a window equal to the runs in it.

        A run keeps the row it overlaps. Where it overlaps several, the one reported first stays and the others are
        merged into it. Where a row overlaps several runs, the first of them keeps it. A row that overlaps none is
        withdrawn.

        Args:
            first_us, last_us: A window that no run crosses.
            runs: The runs in it that count, by time.

        Returns:
            The row of each run.
        """
        rows = list(
            Episode.objects.filter(
                rule_id=rule.id,
                datastream_id=datastream_id,
                withdrawn=False,
                start_at__gte=to_datetime(first_us),
                start_at__lte=to_datetime(last_us),
            ).order_by("id")
        )
        kept: dict[int, Episode] = {}
        free = list(rows)
        for place, run in enumerate(runs):
            touching = [row for row in rows if _overlap(row, run)]
            own = next((row for row in touching if row in free), None)
            if own is None:
                continue
            kept[place] = own
            free.remove(own)
        for row in free:
            into = next((kept[place] for place, run in enumerate(runs) if place in kept and _overlap(row, run)), None)
            self._withdraw(row, into)
        if free:
            self.flush()
        for place, row in kept.items():
            self.renew(rule, row, runs[place])
        self.flush()
        return [
            kept[place] if place in kept else self._open(rule, datastream_id, run) for place, run in enumerate(runs)
        ]

    def renew(self, rule: RuleView, row: Episode, run: Run) -> None:
        """Bring a row in line with its run, and tell others what changed."""
        end_at = to_datetime(run.end_us)
        ended_us = run.ended_us(rule.definition.gap_us)
        # The clock may have ended it before any observation could.
        silent = row.ended and self.now - end_at > timedelta(seconds=rule.definition.gap_s)
        ended_at = to_datetime(ended_us) if ended_us is not None else end_at if silent else None
        level = rule.definition.level_of(run.peak)
        loud = level != row.level or (ended_at is not None) != row.ended or ended_at != row.ended_at
        grown = row.end_at != end_at or row.peak != run.peak
        if not loud and not grown and row.count == run.count and to_us(row.start_at) == run.start_us:
            return
        row.rule_version = rule.version
        row.start_at, row.end_at, row.count = to_datetime(run.start_us), end_at, run.count
        row.peak, row.peak_at, row.level = run.peak, to_datetime(run.peak_us), level
        row.ended, row.ended_at = ended_at is not None, ended_at
        self._changed[row.id] = row
        if loud or (grown and not timedelta(0) <= self.now - row.told_at < TELL_AGAIN_AFTER):
            self._tell(row)

    def end(self, row: Episode) -> None:
        """Mark an episode as ended with its last observation: nothing came for longer than the gap."""
        row.ended, row.ended_at = True, row.end_at
        self._changed[row.id] = row
        self._tell(row)

    def flush(self) -> None:
        """Write the changed rows."""
        if not self._changed:
            return
        columns = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in _WRITTEN)
        table = connection.ops.quote_name(Episode._meta.db_table)
        text = f"UPDATE {table} SET {columns} WHERE id = %s"  # noqa: S608 names of our own only
        moment = connection.ops.adapt_datetimefield_value
        values = [
            [
                *(moment(value) if isinstance(value := getattr(row, name), datetime) else value for name in _WRITTEN),
                row.id,
            ]
            for row in self._changed.values()
        ]
        # Many times the speed of bulk_update: open episodes are written with every observation.
        with connection.cursor() as cursor:
            cursor.executemany(text, values)
        self._changed.clear()

    def _open(self, rule: RuleView, datastream_id: int, run: Run) -> Episode:
        if datastream_id not in self._streams:
            self._streams[datastream_id] = observations.datastream(datastream_id)
        stream = self._streams[datastream_id]
        level = rule.definition.level_of(run.peak)
        ended_us = run.ended_us(rule.definition.gap_us)
        row = Episode.objects.create(
            rule_id=rule.id,
            rule_version=rule.version,
            datastream_id=datastream_id,
            start_at=to_datetime(run.start_us),
            end_at=to_datetime(run.end_us),
            count=run.count,
            peak=run.peak,
            peak_at=to_datetime(run.peak_us),
            level=level,
            ended=ended_us is not None,
            ended_at=to_datetime(ended_us) if ended_us is not None else None,
            detected_at=self.now,
            told_at=self.now,
        )
        source, cause = Ref("episode", str(row.id)), Ref("rule", str(rule.id))
        link(Ref("observation", str(run.first_id)), source, "began", row.start_at)
        link(cause, source, "matched", self.now)
        place = stream.thing_name if stream else f"Datastream {datastream_id}"
        place_en = (stream.thing_name_en or stream.thing_name) if stream else place
        publish(
            IncidentDetected(
                fact_key=row.fact_key,
                source=source,
                rule=cause,
                class_kind=rule.definition.class_kind,
                class_code=rule.definition.class_code,
                level=level,
                title=rule.definition.title.replace("{place}", place),
                title_en=(rule.definition.title_en or rule.definition.title).replace("{place}", place_en),
                longitude=stream.longitude if stream else None,
                latitude=stream.latitude if stream else None,
                datastream_id=datastream_id,
                property=rule.definition.property,
                unit=stream.unit if stream else "",
                at_least=rule.definition.at_least,
                value=run.peak,
                began_at=row.start_at,
                last_at=row.end_at,
            )
        )
        if row.ended:
            self._tell(row)
        return row

    def _withdraw(self, row: Episode, into: Episode | None) -> None:
        row.withdrawn, row.ended, row.ended_at = True, True, row.ended_at or row.end_at
        row.merged_into = into
        self._changed[row.id] = row
        if into is not None:
            link(Ref("episode", str(row.id)), Ref("episode", str(into.id)), "merged", self.now)
        self._tell(row)

    def _tell(self, row: Episode) -> None:
        row.told_at = self.now
        publish(
            FactChanged(
                fact_key=row.fact_key,
                level=row.level,
                peak=row.peak,
                peak_at=row.peak_at,
                last_at=row.end_at,
                ended=row.ended,
                ended_at=row.ended_at,
                withdrawn=row.withdrawn,
            )
        )


def _overlap(row: Episode, run: Run) -> bool:
    return to_us(row.start_at) <= run.end_us and to_us(row.end_at) >= run.start_us
