"""Sustained exceedance: the runs of observations at or above a threshold, over a whole series at once.

**Moment**: all observations of one Datastream with one phenomenon time, bad ones left out as if they were not there. A
moment is *high* when every result in it is at or above the threshold; one result below makes it *low*. So the order in
which differing results for one time arrived plays no part.

**Run**: a maximal sequence of high moments, ordered by time, neighbours at most `gap` apart, no low moment between.
A run *counts* as an episode when last time − first time ≥ `minimum`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

# The quality flag of GOOD = 0, SUSPECT = 1, BAD = 2 (sense.screening) that takes an observation out.
BAD: Final = 2


@dataclass(frozen=True)
class Run:
    """A run of observations at or above a threshold.

    Args:
        start_us, end_us: First and last time, microseconds since 1970 UTC.
        count: Number of observations, all results of a moment counted.
        peak: Highest result, in the property's unit. `peak_us`: first time it was reached.
        first_id: Id of the observation it began with.
        after_us: Time of the first moment after the run, low or too far away; None when nothing follows (yet).
    """

    start_us: int
    end_us: int
    count: int
    peak: float
    peak_us: int
    first_id: int = 0
    after_us: int | None = None

    @property
    def lasting_us(self) -> int:
        """Last time − first time."""
        return self.end_us - self.start_us

    def ended_us(self, gap_us: int) -> int | None:
        """When it ended: the first low time, or its last time when a gap followed; None when nothing followed."""
        if self.after_us is None:
            return None
        return self.after_us if self.after_us - self.end_us <= gap_us else self.end_us


@dataclass(frozen=True, eq=False)
class Rows:
    """Observations of one Datastream by time, then ordinal: arrays of one length, results in the property's unit."""

    time_us: Integers
    result: Numbers
    quality: Integers
    ids: Integers

    def __len__(self) -> int:
        return len(self.time_us)

    def where(self, mask: "NDArray[np.bool_]") -> "Rows":
        """The rows a mask picks."""
        return Rows(self.time_us[mask], self.result[mask], self.quality[mask], self.ids[mask])


def join(parts: list[Rows]) -> Rows:
    """Rows one after the other; the parts come in the order of time."""
    return Rows(
        np.concatenate([part.time_us for part in parts]),
        np.concatenate([part.result for part in parts]),
        np.concatenate([part.quality for part in parts]),
        np.concatenate([part.ids for part in parts]),
    )


def find_episodes(
    time_us: Integers, result: Numbers, quality: Integers, *, at_least: float, minimum_us: int, gap_us: int
) -> list[Run]:
    """The episodes of a whole history.

    Args:
        time_us: Phenomenon times, microseconds since 1970 UTC, in any order.
        result: Results, finite, in the unit of `at_least`.
        quality: 0 good, 1 suspect, 2 bad.
        at_least: Threshold, inclusive.
        minimum_us: Least duration of a run that counts, inclusive.
        gap_us: Largest distance of neighbours in a run, inclusive.

    Returns:
        Episodes by time.
    """
    ids = np.zeros(len(time_us), dtype=np.int64)
    rows = Rows(time_us, result, quality, ids)
    if len(rows) > 1 and bool(np.any(time_us[1:] < time_us[:-1])):
        order = np.argsort(time_us, kind="stable")
        rows = Rows(time_us[order], result[order], quality[order], ids)
    return find_runs(rows, at_least=at_least, minimum_us=minimum_us, gap_us=gap_us)


def find_runs(
    rows: Rows, *, at_least: float, gap_us: int, minimum_us: int = 0, after_us: int | None = None
) -> list[Run]:
    """The runs in rows that are ordered by time.

    Args:
        at_least, gap_us, minimum_us: As in `find_episodes`.
        after_us: Time of the first moment known to follow the rows.

    Returns:
        Runs that last `minimum_us` or longer, by time.
    """
    good = rows.quality != BAD
    if not bool(good.all()):
        rows = rows.where(good)
    if not len(rows):
        return []
    time, result = rows.time_us, rows.result
    first = np.flatnonzero(np.concatenate(([True], time[1:] != time[:-1])))
    moment = time[first]
    high = np.flatnonzero(np.minimum.reduceat(result, first) >= at_least)
    if not len(high):
        return []
    begins = np.concatenate(([True], (np.diff(high) > 1) | (np.diff(moment[high]) > gap_us)))
    heads = high[begins]
    lasts = high[np.concatenate((begins[1:], [True]))]
    counts = moment[lasts] - moment[heads] >= minimum_us
    runs = []
    for head, last in zip(heads[counts].tolist(), lasts[counts].tolist(), strict=True):
        is_last = last + 1 == len(moment)
        low, high_end = int(first[head]), len(time) if is_last else int(first[last + 1])
        peak_at = low + int(result[low:high_end].argmax())
        runs.append(
            Run(
                start_us=int(moment[head]),
                end_us=int(moment[last]),
                count=high_end - low,
                peak=float(result[peak_at]),
                peak_us=int(time[peak_at]),
                first_id=int(rows.ids[low]),
                after_us=after_us if is_last else int(moment[last + 1]),
            )
        )
    return runs
