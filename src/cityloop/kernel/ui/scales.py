"""Axes: round ticks for values, wall-clock ticks for times, and thinning that keeps every peak. No Django."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import ceil, floor, isfinite, log10
from statistics import median
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from cityloop.kernel.ui.markup import number_text

_MINUTES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAYS: Final = (1, 2, 7, 14)
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120)

Tick: TypeAlias = tuple[datetime, str]
"""A time on the axis with its label."""


@dataclass(frozen=True)
class Sample:
    """A value at a time, with the segment of the line it belongs to."""

    at: datetime
    value: float
    segment: int


def value_ticks(low: float, high: float, most: int = 6, *, zero: bool | None = None) -> list[float]:
    """Round ticks that cover a range.

    Args:
        low, high: Range of the values, finite.
        most: At most so many ticks, 3 or more.
        zero: Begin at zero; None: when the values come near it, as a share of their height.

    Returns:
        Equally spaced ticks; the first ≤ low, the last ≥ high.
    """
    if not (isfinite(low) and isfinite(high)):
        raise ValueError(f"Range is {low} to {high}; allowed: finite numbers. Leave out values that are not numbers.")
    low, high = min(low, high), max(low, high)
    if zero or (zero is None and 0 <= low <= 0.6 * high):
        low = min(low, 0.0)
    if high - low < 1e-9 * max(1.0, abs(high)):
        spare = max(1.0, abs(high) * 0.1)
        low, high = (0.0 if 0 <= low < spare else low - spare), high + spare
    rough = (high - low) / max(1, most - 1)
    power = 10.0 ** floor(log10(rough))
    for factor in (1, 2, 2.5, 5, 10, 20):
        step = factor * power
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
        if last - first + 1 <= max(3, most):
            break
    return [round(index * step, 12) for index in range(first, last + 1)]


def tick_digits(ticks: Sequence[float]) -> int:
    """Decimal places that tell neighbouring ticks apart, at most 6."""
    return next(
        (n for n in range(7) if all(abs(round(tick, n) - tick) < 1e-9 * max(1, abs(tick)) for tick in ticks)), 6
    )


def time_ticks(
    since: datetime, until: datetime, zone: ZoneInfo, language: str, most: int = 7
) -> list[tuple[datetime, str]]:
    """Ticks at round wall-clock times with their labels, in order.

    Args:
        since, until: Aware times, since < until.
        zone: The city's.
        language: `zh-hans`, or English.
        most: At most so many ticks, 2 or more.
    """
    span = until - since
    for minutes in _MINUTES:
        if span / timedelta(minutes=minutes) <= most - 1:
            return _within_days(since, until, zone, minutes, language)
    most = max(3, most * 2 // 3)  # names of days are wider
    for days in _DAYS:
        if span / timedelta(days=days) <= most - 1:
            return _days(since, until, zone, days, language)
    for months in _MONTHS:
        if span / timedelta(days=30.5 * months) <= most - 1:
            return _months(since, until, zone, months, language)
    return []


def _within_days(
    since: datetime, until: datetime, zone: ZoneInfo, minutes: int, language: str
) -> list[tuple[datetime, str]]:
    found: dict[datetime, str] = {}
    day = since.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        for minute in range(0, 24 * 60, minutes):
            wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
            moment = wall.astimezone(UTC)
            if since <= moment <= until and moment.astimezone(zone).time() == wall.time():
                found[moment] = wall.strftime("%H:%M") if minute or minutes < 60 else day_text(day, language)
        day += timedelta(days=1)
    return sorted(found.items())


def _days(since: datetime, until: datetime, zone: ZoneInfo, days: int, language: str) -> list[Tick]:
    found: list[Tick] = []
    ordinal = ceil(since.astimezone(zone).date().toordinal() / days) * days
    while True:
        day = date.fromordinal(ordinal)
        moment = datetime.combine(day, time(), zone).astimezone(UTC)
        if moment > until:
            return found
        if moment >= since:
            found.append((moment, day_text(day, language)))
        ordinal += days


def _months(since: datetime, until: datetime, zone: ZoneInfo, months: int, language: str) -> list[Tick]:
    found: list[Tick] = []
    start = since.astimezone(zone)
    index = ceil((start.year * 12 + start.month - 1) / months) * months
    while True:
        day = date(index // 12, index % 12 + 1, 1)
        moment = datetime.combine(day, time(), zone).astimezone(UTC)
        if moment > until:
            return found
        if moment >= since:
            found.append((moment, str(day.year) if months >= 12 or day.month == 1 else _month_text(day, language)))
        index += months


def day_text(day: date, language: str) -> str:
    """A day without its year: `7 月 16 日` or `16 Jul`."""
    return f"{day.month} 月 {day.day} 日" if language.startswith("zh") else f"{day.day} {day:%b}"


def _month_text(day: date, language: str) -> str:
    return f"{day.month} 月" if language.startswith("zh") else f"{day:%b}"


def moment_text(moment: datetime, zone: ZoneInfo, language: str, *, with_day: bool) -> str:
    """A time for people, `18:24` or `7 月 16 日 18:24`."""
    local = moment.astimezone(zone)
    clock = f"{local:%H:%M}"
    return f"{day_text(local.date(), language)} {clock}" if with_day else clock


def tick_label(value: float, digits: int) -> str:
    """A tick's number."""
    return number_text(value, digits)


def usual_gap(times: Sequence[datetime]) -> timedelta | None:
    """The pause that counts as a gap when nobody says: four times the usual distance of neighbours."""
    if len(times) < 3:
        return None
    usual = median((later - earlier).total_seconds() for earlier, later in pairwise(times))
    return timedelta(seconds=4 * usual) if usual > 0 else None


def segments(points: Sequence[tuple[datetime, float]], gap: timedelta | None) -> list[Sample]:
    """Points with the number of the unbroken line they lie on; a pause longer than `gap` begins a new one."""
    found: list[Sample] = []
    for at, value in points:
        line = 0 if not found else found[-1].segment + (gap is not None and at - found[-1].at > gap)
        found.append(Sample(at, value, line))
    return found


def thin(samples: Sequence[Sample], most: int) -> list[Sample]:
    """At most `most` samples that look the same: the lowest and the highest of every slice of time, and both ends.

    Args:
        samples: In order of time.
        most: 4 or more.
    """
    if len(samples) <= most:
        return list(samples)
    start, end = samples[0].at, samples[-1].at
    slices = (most - 2) // 2
    width = (end - start) / slices
    times = [sample.at for sample in samples]
    kept: list[Sample] = []
    left = 0
    for index in range(slices):
        right = len(samples) if index == slices - 1 else bisect_left(times, start + width * (index + 1))
        if right > left:
            part = samples[left:right]
            ends = {id(s): s for s in (min(part, key=_value), max(part, key=_value))}
            kept.extend(sorted(ends.values(), key=lambda sample: sample.at))
        left = max(left, right)
    if kept[0] is not samples[0]:
        kept.insert(0, samples[0])
    if kept[-1] is not samples[-1]:
        kept.append(samples[-1])
    return kept


def _value(sample: Sample) -> float:
    return sample.value
