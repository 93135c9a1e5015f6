"""Numbers and thinned lines of a series, for pages. Pure.

Out-of-range values count in the flags and in nothing else.
"""

from dataclasses import dataclass

import numpy as np

from cityloop.sense.observations.contracts import Integers, Quality, Reason, Series

DRAWN_MAX = 1500


@dataclass(frozen=True)
class Summary:
    """A series in numbers; None where nothing in range was measured.

    Args:
        flagged: How many are suspect or bad. `reasons`: how often each reason holds, without those that never do.
        median_step_s: Usual distance of two observations.
    """

    count: int
    good: int
    suspect: int
    bad: int
    lowest: float | None
    highest: float | None
    mean: float | None
    highest_us: int | None
    reasons: tuple[tuple[Reason, int], ...]

    @property
    def flagged(self) -> int:
        """How many are suspect or bad."""
        return self.suspect + self.bad

    @property
    def flagged_share(self) -> float:
        """Share of suspect and bad ones, 0 to 1; 0 for an empty series."""
        return self.flagged / self.count if self.count else 0.0


def summarise(series: Series) -> Summary:
    """A series in numbers."""
    usable = series.quality != Quality.BAD
    values = series.result[usable]
    highest = int(np.argmax(values)) if len(values) else None
    return Summary(
        count=len(series),
        good=int(np.count_nonzero(series.quality == Quality.GOOD)),
        suspect=int(np.count_nonzero(series.quality == Quality.SUSPECT)),
        bad=int(np.count_nonzero(series.quality == Quality.BAD)),
        lowest=float(values.min()) if len(values) else None,
        highest=float(values.max()) if len(values) else None,
        mean=float(values.mean()) if len(values) else None,
        highest_us=None if highest is None else int(series.time_us[usable][highest]),
        reasons=tuple((one, found) for one in Reason if (found := int(np.count_nonzero(series.reasons & int(one))))),
    )


def drawn(series: Series, most: int = DRAWN_MAX) -> Integers:
    """Places of the rows a chart should draw: the lowest and highest of each stretch of time, and the ends.

    Args:
        most: About how many places; a series that is not longer is drawn whole.
    """
    count = len(series)
    if count <= most:
        return np.arange(count)
    first, last = int(series.time_us[0]), int(series.time_us[-1])
    stretch = (series.time_us - first) * (most // 2) // max(1, last - first + 1)
    order = np.lexsort((series.result, stretch))
    edges = np.flatnonzero(np.diff(stretch[order])) + 1
    lowest, highest = order[np.r_[0, edges]], order[np.r_[edges - 1, count - 1]]
    return np.unique(np.r_[0, lowest, highest, count - 1])
