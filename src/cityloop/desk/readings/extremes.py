"""Key numbers from whatever the city measures: each property's highest fresh value, and the share of streams online.

No Django. A city without water gauges shows what it has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

BAD: Final = 2
# Streams report each at their own pace, hourly or every minute: one counts as silent after three times the usual age of
# its kind's newest values, at least a quarter of an hour, at most three hours.
SILENT_LEAST: Final = timedelta(minutes=15)
SILENT_MOST: Final = timedelta(hours=3)
SILENT_TIMES: Final = 3
# What a duty officer asks for first; other properties follow by name.
ORDER: Final = ("water_depth", "rain_rate", "pm25", "manhole_level", "noise")


@dataclass(frozen=True)
class Reading:
    """The newest value of a Datastream; `at`, `value` are None before the first. Quality 0 good, 1 suspect, 2 bad."""

    datastream_id: int
    property: str
    label: str
    label_en: str
    unit: str
    thing: str
    thing_en: str
    thing_kind: str
    longitude: float | None
    latitude: float | None
    valid_most: float | None
    value: float | None = None
    at: datetime | None = None
    quality: int = 0


@dataclass(frozen=True)
class Highest:
    """The highest value of a property; when all its streams are silent, the newest value and `fresh` is False."""

    reading: Reading
    fresh: bool
    streams: int


@dataclass(frozen=True)
class Online:
    """How many streams speak, of how many; `newest_at` is the time of the newest value of all."""

    online: int
    streams: int
    newest_at: datetime | None


def silent_after(readings: Sequence[Reading], now: datetime) -> timedelta:
    """The age from which a stream of this kind counts as silent."""
    ages = [(now - one.at).total_seconds() for one in readings if one.at is not None]
    if not ages:
        return SILENT_LEAST
    return min(SILENT_MOST, max(SILENT_LEAST, timedelta(seconds=SILENT_TIMES * max(0.0, median(ages)))))


def speaks(reading: Reading, limit: timedelta, now: datetime) -> bool:
    """Whether a stream's newest value is younger than the limit."""
    return reading.at is not None and now - reading.at <= limit


def by_property(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    """Readings of each property, the ones asked for first in front."""
    found: dict[str, list[Reading]] = {}
    for one in readings:
        found.setdefault(one.property, []).append(one)
    return dict(sorted(found.items(), key=lambda item: (_rank(item[0]), item[0])))


def highest(readings: Iterable[Reading], now: datetime, *, most: int = 3) -> tuple[Highest, ...]:
    """The highest good or suspect value of each property that has any, at most so many properties."""
    found = []
    for group in by_property(readings).values():
        known = [one for one in group if one.value is not None and one.at is not None and one.quality != BAD]
        if not known:
            continue
        limit = silent_after(known, now)
        fresh = [one for one in known if speaks(one, limit, now)]
        best = max(fresh, key=_value_then_time) if fresh else max(known, key=_time)
        found.append(Highest(best, bool(fresh), len(group)))
    return tuple(found[:most])


def online(readings: Iterable[Reading], now: datetime) -> Online:
    """How many streams speak."""
    count = total = 0
    newest: datetime | None = None
    for group in by_property(readings).values():
        limit = silent_after(group, now)
        total += len(group)
        for one in group:
            count += speaks(one, limit, now)
            if one.at is not None and (newest is None or one.at > newest):
                newest = one.at
    return Online(count, total, newest)


def _rank(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _value_then_time(one: Reading) -> tuple[float, float]:
    return one.value or 0.0, one.at.timestamp() if one.at else 0.0


def _time(one: Reading) -> float:
    return one.at.timestamp() if one.at else 0.0
