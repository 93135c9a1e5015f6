"""Which part of a Datastream a page shows. Pure but for the store it reads."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from cityloop.kernel.problems import BadRequest
from cityloop.kernel.ui.words import choice_words
from cityloop.sense.observations.contracts import ObservationView, Series
from cityloop.sense.observations.store import ObservationStore

PERIODS = {"1d": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30), "1y": timedelta(days=366)}
ALL = "all"
DEFAULT = "1d"
ROWS_MAX = 200_000


@dataclass(frozen=True)
class Period:
    """A stretch of time: since inclusive, until exclusive; None is open."""

    key: str
    since_us: int | None
    until_us: int


def period_of(key: str, newest_us: int, around: ObservationView | None) -> Period:
    """The stretch of time a page asks for: it ends with the newest observation, or lies around a given one.

    Raises:
        BadRequest: There is no such period.
    """
    key = key or DEFAULT
    if key != ALL and key not in PERIODS:
        raise BadRequest(choice_words("period", key, (*PERIODS, ALL)))
    if key == ALL:
        return Period(key, None, newest_us + 1)
    length = PERIODS[key] // timedelta(microseconds=1)
    until = newest_us + 1 if around is None else min(newest_us + 1, around.time_us + length // 2)
    return Period(key, until - length, until)


def read_period(target: ObservationStore, datastream_id: int, period: Period) -> tuple[Series, bool]:
    """The newest rows of a period (at most 200,000), and whether older ones were left out."""
    series = target.before(datastream_id, period.until_us, ROWS_MAX)
    start = 0 if period.since_us is None else int(np.searchsorted(series.time_us, period.since_us))
    shown = Series(
        series.ids[start:],
        series.time_us[start:],
        series.result[start:],
        series.quality[start:],
        series.reasons[start:],
    )
    return shown, start == 0 and len(series) == ROWS_MAX
