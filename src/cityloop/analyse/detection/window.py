"""What new observations can have changed: the window around them, out to the nearest breaker on each side.

A *breaker* is a low moment, or a distance of more than the gap between neighbours. No run, old or new, crosses a
breaker outside the span of the new observations: what lies beyond was there before and is unchanged, and a distance
that is too large now was at least as large before. So the runs inside the window are all that has to be looked at
again.

Rows with an id beyond `through_id` are not known yet and count as not there: the answer is the one for the store as it
was when that id was its newest, whatever was committed meanwhile.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from cityloop.analyse.detection.episodes import BAD, Rows, Run, find_runs, join

PAGE: Final = 64
PAGE_MAX: Final = 65536
END_OF_TIME_US: Final = 2**62


class Stream(Protocol):
    """The stored observations of one Datastream, bad and unknown ones among them."""

    def between(self, first_us: int, last_us: int) -> Rows:
        """Rows with first_us ≤ time ≤ last_us, by time."""

    def before(self, time_us: int, limit: int) -> Rows:
        """The newest `limit` rows with a smaller time, by time."""

    def after(self, time_us: int, limit: int) -> Rows:
        """The oldest `limit` rows with a larger time, by time."""


@dataclass(frozen=True)
class Condition:
    """What is looked for, and in which rows.

    Args:
        at_least: Threshold in the property's unit. minimum_us, gap_us: microseconds.
        since_us: Earlier rows are not judged; None: all are.
        through_id: Rows with a larger id are not known yet.
    """

    at_least: float
    minimum_us: int
    gap_us: int
    since_us: int | None = None
    through_id: int = 2**62

    def known(self, rows: Rows) -> Rows:
        """The rows that count: not bad, known, not too early."""
        mask = (rows.quality != BAD) & (rows.ids <= self.through_id)
        if self.since_us is not None:
            mask &= rows.time_us >= self.since_us
        return rows if bool(mask.all()) else rows.where(mask)


@dataclass(frozen=True)
class Window:
    """A stretch of time (both ends inclusive) that no run crosses, with the runs in it that last long enough."""

    first_us: int
    last_us: int
    runs: tuple[Run, ...]


def window_around(
    stream: Stream, condition: Condition, first_us: int, last_us: int, *, minimum_us: int | None = None
) -> Window:
    """The window that new observations can have changed, with the runs there.

    Args:
        first_us, last_us: Times of the first and the last new observation that counts.
        minimum_us: Another least duration than the condition's.
    """
    left = _left(stream, condition, first_us)
    right, after_us = _right(stream, condition, last_us)
    rows = join([*left, condition.known(stream.between(first_us, last_us)), *right])
    runs = find_runs(
        rows,
        at_least=condition.at_least,
        gap_us=condition.gap_us,
        minimum_us=condition.minimum_us if minimum_us is None else minimum_us,
        after_us=after_us,
    )
    times = rows.time_us
    return Window(
        first_us=min(first_us, int(times[0])) if len(times) else first_us,
        last_us=max(last_us, int(times[-1])) if len(times) else last_us,
        runs=tuple(runs),
    )


def clusters(times_us: list[int], distance_us: int) -> list[tuple[int, int]]:
    """First and last of each group of times whose neighbours are at most a distance apart."""
    found: list[tuple[int, int]] = []
    for time in sorted(times_us):
        if found and time - found[-1][1] <= distance_us:
            found[-1] = (found[-1][0], time)
        else:
            found.append((time, time))
    return found


def _left(stream: Stream, condition: Condition, first_us: int) -> list[Rows]:
    """The rows before `first_us` that hang together with it, in parts by time."""
    parts: list[Rows] = []
    next_us, cut, limit = first_us, first_us, PAGE
    while True:
        page = stream.before(cut, limit)
        more = len(page) == limit
        if more:
            # The page may begin in the midst of a moment: that moment is left to the next page.
            oldest = int(page.time_us[0])
            page, cut = page.where(page.time_us > oldest), oldest + 1
        rows = condition.known(page)
        if len(rows):
            following = np.append(rows.time_us[1:], next_us)
            broken = np.flatnonzero((rows.result < condition.at_least) | (following - rows.time_us > condition.gap_us))
            if len(broken):
                parts.append(rows.where(rows.time_us > rows.time_us[broken[-1]]))
                break
            parts.append(rows)
            next_us = int(rows.time_us[0])
        if not more or next_us - (cut - 1) > condition.gap_us:
            break
        limit = _larger(limit, page)
    return parts[::-1]


def _right(stream: Stream, condition: Condition, last_us: int) -> tuple[list[Rows], int | None]:
    """The rows after `last_us` that hang together with it, and the time of the first one that does not, when seen."""
    parts: list[Rows] = []
    previous_us, cut, limit = last_us, last_us, PAGE
    while True:
        page = stream.after(cut, limit)
        more = len(page) == limit
        if more:
            newest = int(page.time_us[-1])
            page, cut = page.where(page.time_us < newest), newest - 1
        rows = condition.known(page)
        if len(rows):
            preceding = np.insert(rows.time_us[:-1], 0, previous_us)
            broken = np.flatnonzero((rows.result < condition.at_least) | (rows.time_us - preceding > condition.gap_us))
            if len(broken):
                after_us = int(rows.time_us[broken[0]])
                parts.append(rows.where(rows.time_us < after_us))
                return parts, after_us
            parts.append(rows)
            previous_us = int(rows.time_us[-1])
        if not more or (cut + 1) - previous_us > condition.gap_us:
            return parts, None
        limit = _larger(limit, page)


def _larger(limit: int, page: Rows) -> int:
    """The next page's size: four times this one, up to a bound – unless a whole page was one moment."""
    return min(limit * 4, PAGE_MAX) if len(page) else limit * 4
