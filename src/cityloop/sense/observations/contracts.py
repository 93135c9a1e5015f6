"""What crosses the wall of observations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cityloop.kernel.times import to_datetime, to_us
from cityloop.sense.screening.contracts import Limits, Quality, Reason, reason_names

__all__ = [
    "Batch",
    "DatastreamView",
    "Detail",
    "LatestView",
    "Limits",
    "ObservationView",
    "PropertyView",
    "Quality",
    "Reason",
    "Row",
    "Series",
    "Written",
    "reason_names",
    "to_datetime",
    "to_us",
]

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]


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
class Detail:
    """What few observations have.

    Args:
        end_us: End of the phenomenon time when it is an interval.
        result: The result when it is no number: any JSON value, as text. Whole numbers too large for a float too.
        valid_us: Valid time, from and until.
        result_quality, parameters: JSON as text.
    """

    end_us: int | None = None
    result: str | None = None
    valid_us: tuple[int, int] | None = None
    result_quality: str | None = None
    parameters: str | None = None


@dataclass(frozen=True)
class ObservationView:
    """One observation.

    Args:
        result: A number; or None, when the result is something else (`detail.result`).
        ordinal: 0 for the first result of its stream and time, then 1, 2 … for differing ones.
        feature_id: What it is about (a FeatureOfInterest).
        detail: What few observations have, or None.
    """

    id: int
    datastream_id: int
    time_us: int
    result: float | None
    quality: Quality
    reasons: Reason
    ordinal: int
    result_time_us: int | None
    feature_id: int | None = None
    detail: "Detail | None" = None

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
        more: Whether as many came as were asked for, so that others may follow at once.
    """

    ids: Integers
    datastream_ids: Integers
    time_us: Integers
    result: Numbers
    quality: Integers
    cursor: int
    more: bool = False

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
    """A series from rows (id, time_us, result, quality, reasons); those whose result is no number are left out."""
    if not rows:
        none = np.empty(0, dtype=np.int64)
        return Series(none, none, np.empty(0), none, none)
    rows = [row for row in rows if row[2] is not None]
    if not rows:
        return series_of([])
    ids, times, results, qualities, reasons = zip(*rows, strict=True)
    return Series(_whole(ids), _whole(times), np.array(results, dtype=np.float64), _whole(qualities), _whole(reasons))


def batch_of(rows: list[tuple[Any, ...]], cursor: int, limit: int) -> Batch:
    """A batch from rows (id, datastream_id, time_us, result, quality) in id order; numbers only."""
    cursor = int(rows[-1][0]) if rows else cursor
    more = len(rows) >= limit
    rows = [row for row in rows if row[3] is not None]
    if not rows:
        none = np.empty(0, dtype=np.int64)
        return Batch(none, none, none, np.empty(0), none, cursor, more)
    ids, streams, times, results, qualities = zip(*rows, strict=True)
    return Batch(
        _whole(ids),
        _whole(streams),
        _whole(times),
        np.array(results, dtype=np.float64),
        _whole(qualities),
        cursor,
        more,
    )


def _whole(values: tuple[Any, ...]) -> Integers:
    return np.array(values, dtype=np.int64)


@dataclass(frozen=True)
class Row:
    """An observation to be written.

    Args:
        result: Finite and in the unit of the Datastream; None when `detail.result` says it.
        feature_id: None: the feature made from where the Thing stands.
    """

    datastream_id: int
    time_us: int
    result: float | None
    result_time_us: int | None = None
    feature_id: int | None = None
    detail: Detail | None = None


@dataclass(frozen=True)
class Written:
    """What became of a row: its id, whether it is new (else the same row was there before), and its flags."""

    id: int
    new: bool
    quality: Quality
    reasons: Reason
