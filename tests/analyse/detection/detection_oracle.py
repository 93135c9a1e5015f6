"""An independent reading of the definition of an episode: plain loops over plain lists, for tests to compare with."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import numpy as np
from hypothesis import strategies as st

from cityloop.analyse.detection.episodes import Rows

MINUTE_US = 60_000_000
BEGIN_US = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000

# time (microseconds, or minutes from 2026-01-01 UTC in tests on the database), result, quality
Sample = tuple[int, float, int]
# puts samples of a Datastream into the store
Put = Callable[[int, list[Sample]], None]
# start, end, count, peak, peak time
Found = tuple[int, int, int, float, int]


def arrivals(results: list[float], size: int = 60) -> st.SearchStrategy[list[Sample]]:
    """Samples as they arrive: time mostly goes on, some are late, a few bad, doubled or far apart; or all at random."""
    result, quality = st.sampled_from(results), st.sampled_from([0, 0, 0, 0, 0, 1, 2])
    step, late = st.sampled_from([0, 1, 1, 1, 1, 2, 2, 4]), st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3, 7])

    def in_time(drawn: list[tuple[int, int, float, int]]) -> list[Sample]:
        now, found = 0, []
        for step, late, result, quality in drawn:
            now += step
            found.append((max(0, now - late), result, quality))
        return found

    follows = st.lists(st.tuples(step, late, result, quality), max_size=size).map(in_time)
    anyhow = st.lists(st.tuples(st.integers(0, 40), result, quality), max_size=size)
    return st.one_of(follows, follows, anyhow)


def naive_episodes(samples: Iterable[Sample], at_least: float, minimum: int, gap: int) -> list[Found]:
    """Every maximal run, by the words of the definition, without any cleverness."""
    moments: dict[int, list[float]] = {}
    for time, result, quality in samples:
        if quality != 2:
            moments.setdefault(time, []).append(result)
    found: list[Found] = []
    run: list[int] = []

    def finish() -> None:
        if run and run[-1] - run[0] >= minimum:
            values = [(value, time) for time in run for value in moments[time]]
            peak = max(value for value, _ in values)
            found.append((run[0], run[-1], len(values), peak, min(time for value, time in values if value == peak)))
        run.clear()

    for time in sorted(moments):
        if any(value < at_least for value in moments[time]):
            finish()
            continue
        if run and time - run[-1] > gap:
            finish()
        run.append(time)
    finish()
    return found


class ListedStream:
    """A stream over a list of samples; the id of a sample is its place in the list, beginning with 1."""

    def __init__(self, samples: list[Sample]) -> None:
        numbered = sorted((time, number, result, quality) for number, (time, result, quality) in enumerate(samples, 1))
        self.rows = Rows(
            np.array([row[0] for row in numbered], dtype=np.int64),
            np.array([row[2] for row in numbered], dtype=np.float64),
            np.array([row[3] for row in numbered], dtype=np.int64),
            np.array([row[1] for row in numbered], dtype=np.int64),
        )
        self.reads = 0

    def between(self, first_us: int, last_us: int) -> Rows:
        self.reads += 1
        return self.rows.where((self.rows.time_us >= first_us) & (self.rows.time_us <= last_us))

    def before(self, time_us: int, limit: int) -> Rows:
        self.reads += 1
        found = self.rows.where(self.rows.time_us < time_us)
        return Rows(found.time_us[-limit:], found.result[-limit:], found.quality[-limit:], found.ids[-limit:])

    def after(self, time_us: int, limit: int) -> Rows:
        self.reads += 1
        found = self.rows.where(self.rows.time_us > time_us)
        return Rows(found.time_us[:limit], found.result[:limit], found.quality[:limit], found.ids[:limit])
