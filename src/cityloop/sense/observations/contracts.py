"""What crosses the wall of observations."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cityloop.sense.screening.contracts import Limits, Quality, Reason

__all__ = [
    "Batch",
    "DatastreamView",
    "LatestView",
    "Limits",
    "ObservationView",
    "PropertyView",
    "Quality",
    "Reason",
    "Row",
    "Series",
    "Written",
    "to_datetime",
    "to_us",
]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware time."""
    return (moment - EPOCH) // MICROSECOND


def to_datetime(time_us: int) -> datetime:
    """The aware UTC time of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=int(time_us))


@dataclass(frozen=True)
class PropertyView:
    """An ObservedProperty: what is measured, its unit, and what values are judged by.

    Args:
        rate_max: Fastest possible change, unit per hour.
        stuck_after_s: Seconds without change after which a value is stuck; only values above `stuck_above` count.
    """

    id: int
    name: str
    label: str
    label_en: str
    unit: str
    definition: str
    description: str
    description_en: str
    valid_least: float | None
    valid_most: float | None
    rate_max: float | None
    stuck_after_s: int | None
    stuck_above: float | None


@dataclass(frozen=True)
class DatastreamView:
    """A Datastream: one property measured by one sensor at one Thing, which stands at (longitude, latitude)."""

    id: int
    key: str
    name: str
    name_en: str
    property: str
    property_label: str
    property_label_en: str
    unit: str
    valid_least: float | None
    valid_most: float | None
    thing_id: int
    thing_key: str
    thing_name: str
    thing_name_en: str
    thing_kind: str
    longitude: float | None
    latitude: float | None
    department_id: int | None


@dataclass(frozen=True)
class ObservationView:
    """One observation. `ordinal`: 0 for the first result of its stream and time, then 1, 2 … for differing ones."""

    id: int
    datastream_id: int
    time_us: int
    result: float
    quality: Quality
    reasons: Reason
    ordinal: int
    result_time_us: int | None

    @property
    def at(self) -> datetime:
        """The phenomenon time, aware, UTC."""
        return to_datetime(self.time_us)


LatestView = ObservationView


@dataclass(frozen=True, eq=False)
class Batch:
    """Observations in the order they were committed, as arrays of one length.

    Args:
        cursor: Ask with it for what comes next: the last id, or the cursor asked with when nothing came.
    """

    ids: Integers
    datastream_ids: Integers
    time_us: Integers
    result: Numbers
    quality: Integers
    cursor: int

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Series:
    """Observations of one Datastream by phenomenon time, then ordinal, as arrays of one length."""

    ids: Integers
    time_us: Integers
    result: Numbers
    quality: Integers
    reasons: Integers

    def __len__(self) -> int:
        return len(self.ids)


def series_of(rows: list[tuple[Any, ...]]) -> Series:
    """A series from rows (id, time_us, result, quality, reasons)."""
    if not rows:
        none = np.empty(0, dtype=np.int64)
        return Series(none, none, np.empty(0), none, none)
    ids, times, results, qualities, reasons = zip(*rows, strict=True)
    return Series(_whole(ids), _whole(times), np.array(results, dtype=np.float64), _whole(qualities), _whole(reasons))


def batch_of(rows: list[tuple[Any, ...]], cursor: int) -> Batch:
    """A batch from rows (id, datastream_id, time_us, result, quality) in id order."""
    if not rows:
        none = np.empty(0, dtype=np.int64)
        return Batch(none, none, none, np.empty(0), none, cursor)
    ids, streams, times, results, qualities = zip(*rows, strict=True)
    return Batch(
        _whole(ids),
        _whole(streams),
        _whole(times),
        np.array(results, dtype=np.float64),
        _whole(qualities),
        int(ids[-1]),
    )


def _whole(values: tuple[Any, ...]) -> Integers:
    return np.array(values, dtype=np.int64)


@dataclass(frozen=True)
class Row:
    """An observation to be written. `result` is finite and in the unit of the Datastream."""

    datastream_id: int
    time_us: int
    result: float
    result_time_us: int | None = None


@dataclass(frozen=True)
class Written:
    """What became of a row: its id, whether it is new (else the same row was there before), and its flags."""

    id: int
    new: bool
    quality: Quality
    reasons: Reason
