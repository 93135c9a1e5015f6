"""Detection as observations arrive.

**What is promised.** After `advance`, the episodes are those of the whole history of all observations up to the
cursor's id, whatever the order of arrival. The cursor moves in the transaction that writes episodes, events and links,
so kill -9 at any point loses nothing and doubles nothing: the round is simply done again.

**What it costs.** A worker remembers the tail of each stream it watches (`tail.Tail`). Observations in order are
folded into it without a look at the store: below the threshold with no run open, that is a comparison or two – the
quick skip for the many streams where nothing happens. Only late observations, and the first ones after a start, read
the store (`window`); and of those a low one is skipped where no episode is near, because a low value can change nothing
else. The memory is valid for one place of the cursor only: moved by another worker, or a rule changed, it is dropped.
"""

import logging
import threading
import time
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from cityloop.analyse.detection.contracts import RuleView
from cityloop.analyse.detection.cursor import OvertakenError, Place, move, place
from cityloop.analyse.detection.episode_writer import EpisodeWriter
from cityloop.analyse.detection.episodes import BAD
from cityloop.analyse.detection.models import DetectionRule, Episode
from cityloop.analyse.detection.nearby import EpisodesNear
from cityloop.analyse.detection.selectors import rules
from cityloop.analyse.detection.stored import StoredStream, condition_of
from cityloop.analyse.detection.tail import Row, Tail
from cityloop.analyse.detection.watching import Round, Watch
from cityloop.analyse.detection.window import Condition, window_around
from cityloop.kernel import clock
from cityloop.sense.observations import port as observations
from cityloop.sense.observations.contracts import Batch

log = logging.getLogger(__name__)

CHUNK: Final = 20_000
SLICE: Final = 100_000
WATCHES_MAX: Final = 200_000
CLOSE_MAX: Final = 500
# Seconds (real) a stream must have been quiet before the clock may end its episode: an import in the midst of history
# has long passed the gap by the clock, and its next rows are on their way.
QUIET_S: Final = 2.0


class Detector:
    """Follows the observation store; one for each process is enough."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()

    def advance(self, limit: int = CHUNK) -> int:
        """Judge the next observations, and a part of the history a new rule has not seen yet.

        Args:
            limit: Most observations to take.

        Returns:
            How many pieces of work were done; 0 when there is none.
        """
        with self._lock:
            try:
                return self._advance(limit)
            except OvertakenError:
                self._forget()
                return 1
            except BaseException:
                self._forget()
                raise

    def close_stale(self, now: datetime | None = None, *, quiet_s: float = QUIET_S) -> int:
        """End the episodes whose stream has said nothing for longer than the gap, by the city's clock.

        Call it when `advance` found nothing to do: what waits may still belong to an episode.

        Args:
            now: City time. quiet_s: Real seconds for which the stream must have sent nothing at all.

        Returns:
            How many ended.
        """
        with self._lock:
            try:
                return self._close_stale(now or clock.now(), quiet_s)
            except OvertakenError:
                self._forget()
                return 0
            except BaseException:
                self._forget()
                raise

    def _forget(self) -> None:
        self._place: Place | None = None
        self._rules: list[RuleView] = []
        self._watches: dict[int, list[Watch]] = {}
        self._heard: dict[int, float] = {}
        self._waiting: list[tuple[RuleView, list[int]]] = []
        self._from_start = False

    def _advance(self, limit: int) -> int:
        here = self._at()
        examined = self._examine_next(here)
        batch = observations.store().new_since(here.last_id, limit)
        if batch.cursor == here.last_id:
            return examined
        with transaction.atomic():
            there = move(here, last_id=batch.cursor, generation=here.generation)
            self._take(batch, caught_up=not batch.more)
        self._place = there
        # At least one was read, though it may have been no number.
        return examined + max(1, len(batch))

    def _at(self) -> Place:
        """The place; what is remembered is read anew when it is not where this process left it."""
        here = place()
        if here == self._place:
            return here
        heard = self._heard
        self._forget()
        self._heard = heard
        newest = observations.store().newest_id()
        if here.last_id > newest:
            # The observation store was put back to an earlier state: ids will be given again.
            log.warning("observation store is behind detection", extra={"last_id": here.last_id, "newest_id": newest})
            with transaction.atomic():
                here = move(here, last_id=0, generation=here.generation + 1)
        self._rules = rules(enabled=True)
        self._from_start = here.last_id == 0
        self._waiting = [(rule, self._streams(rule)) for rule in self._rules if not rule.examined]
        self._place = here
        return here

    def _streams(self, rule: RuleView) -> list[int]:
        wanted = set(rule.definition.datastream_ids)
        found = observations.datastreams(property=rule.definition.property)
        return [one.id for one in found if not wanted or one.id in wanted]

    # New observations

    def _take(self, batch: Batch, *, caught_up: bool) -> None:
        by_stream: dict[int, list[Row]] = {}
        watches = self._watches_of(set(batch.datastream_ids.tolist()))
        for stream, at, result, quality, number in zip(
            batch.datastream_ids.tolist(), batch.time_us.tolist(), batch.result.tolist(), batch.quality.tolist(),
            batch.ids.tolist(), strict=True,
        ):  # fmt: skip
            if quality != BAD and stream in watches:
                by_stream.setdefault(stream, []).append((at, result, number))
        if not by_stream:
            return
        near = EpisodesNear(int(batch.time_us.min()), int(batch.time_us.max()), ahead=not caught_up)
        this = Round(EpisodeWriter(clock.now()), near, caught_up)
        heard = time.monotonic()
        for stream, rows in by_stream.items():
            rows.sort()
            self._heard[stream] = heard
            for watch in watches[stream]:
                watch.judge(rows, condition_of(watch.rule, batch.cursor), this)
        this.writer.flush()

    def _watches_of(self, streams: set[int]) -> dict[int, list[Watch]]:
        """The watches of streams, those without any left out."""
        unknown = streams - self._watches.keys()
        if unknown:
            if len(self._watches) + len(unknown) > WATCHES_MAX:
                self._watches.clear()
                self._from_start = False
                unknown = streams
            self._watch(unknown)
        return {stream: found for stream in streams if (found := self._watches[stream])}

    def _watch(self, streams: set[int]) -> None:
        known = {one.id: one for one in observations.datastreams(ids=sorted(streams))}
        for stream in streams:
            self._watches[stream] = [
                # From the very first observation on, a stream not met before has none behind it.
                Watch(rule, stream, Tail() if self._from_start else None)
                for rule in self._rules
                if stream in known
                and rule.definition.property == known[stream].property
                and (not rule.definition.datastream_ids or stream in rule.definition.datastream_ids)
            ]

    # History that a rule has not seen yet

    def _examine_next(self, here: Place) -> int:
        """Let the first rule in waiting judge the whole history of its next stream, up to the cursor."""
        if not self._waiting:
            return 0
        rule, streams = self._waiting[0]
        with transaction.atomic():
            move(here, last_id=here.last_id, generation=here.generation)
            if streams and here.last_id > 0:
                self._examine(rule, streams[0], condition_of(rule, here.last_id))
            else:
                DetectionRule.objects.filter(id=rule.id, version=rule.version).update(examined=True)
        if streams and here.last_id > 0:
            del streams[0]
        else:
            del self._waiting[0]
        return 1

    def _examine(self, rule: RuleView, datastream_id: int, condition: Condition) -> None:
        writer, stream = EpisodeWriter(clock.now()), StoredStream(datastream_id)
        since_us = condition.since_us
        while True:
            part = observations.store().series(datastream_id, since_us=since_us, limit=SLICE)
            if not len(part):
                break
            first_us, last_us = int(part.time_us[0]), int(part.time_us[-1])
            window = window_around(stream, condition, first_us, last_us)
            writer.settle(rule, datastream_id, window.first_us, window.last_us, window.runs)
            since_us = last_us + 1
        for watch in self._watches.get(datastream_id, []):
            if watch.rule.id == rule.id:
                watch.row = None

    # The clock

    def _close_stale(self, now: datetime, quiet_s: float) -> int:
        here = self._at()
        heard = time.monotonic() - quiet_s
        stale = [
            row
            for rule in self._rules
            for row in Episode.objects.filter(
                rule_id=rule.id,
                ended=False,
                withdrawn=False,
                end_at__lt=now - timedelta(seconds=rule.definition.gap_s),
            ).order_by("end_at")[:CLOSE_MAX]
            if self._heard.get(row.datastream_id, float("-inf")) <= heard
        ]
        if not stale:
            return 0
        with transaction.atomic():
            there = move(here, last_id=here.last_id, generation=here.generation + 1)
            writer = EpisodeWriter(now)
            for row in stale:
                writer.end(row)
            writer.flush()
        ended = {row.id for row in stale}
        for row in stale:
            for watch in self._watches.get(row.datastream_id, []):
                if watch.row is not None and watch.row.id in ended:
                    watch.row = None
        self._place = there
        return len(stale)


_detector = Detector()


def advance(limit: int = CHUNK) -> int:
    """Judge the next observations; see `Detector.advance`."""
    return _detector.advance(limit)


def close_stale(now: datetime | None = None, *, quiet_s: float = QUIET_S) -> int:
    """End episodes that nothing came for; see `Detector.close_stale`."""
    return _detector.close_stale(now, quiet_s=quiet_s)


def waits() -> bool:
    """Whether some rule still has history to judge."""
    return bool(_detector._waiting)
