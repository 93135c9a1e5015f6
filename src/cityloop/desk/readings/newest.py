"""The newest value of every Datastream, read at most once a second for all open pages."""

import threading
import time
from datetime import datetime, timedelta
from typing import Final

from cityloop.desk.readings.extremes import Reading
from cityloop.sense.observations.contracts import DatastreamView, Quality, to_datetime, to_us
from cityloop.sense.observations.port import datastreams, store

KEPT_S: Final = 1.0
STREAMS_MAX: Final = 5000
RAIN: Final = "rain_rate"
RAIN_GAUGES_MAX: Final = 40
BUCKET: Final = timedelta(minutes=10)
ROWS_A_GAUGE_MAX: Final = 2000

_lock = threading.Lock()
_kept: dict[str, tuple[float, tuple[Reading, ...]]] = {}
_kept_rain: dict[str, tuple[float, tuple[tuple[datetime, float], ...]]] = {}


def readings() -> tuple[Reading, ...]:
    """Every Datastream with its newest value."""
    with _lock:
        known = _kept.get("all")
    if known and time.monotonic() - known[0] < KEPT_S:
        return known[1]
    streams = datastreams()[:STREAMS_MAX]
    latest = store().latest([stream.id for stream in streams])
    found = []
    for stream in streams:
        newest = latest.get(stream.id)
        if newest is None:
            found.append(_reading(stream))
        else:
            found.append(_reading(stream, newest.result, newest.at, int(newest.quality)))
    with _lock:
        _kept["all"] = (time.monotonic(), tuple(found))
    return tuple(found)


def rain(since: datetime, until: datetime) -> tuple[tuple[datetime, float], ...]:
    """Rain in ten minutes, millimetres, at the wettest gauge of each ten minutes; nothing in a city without gauges."""
    with _lock:
        known = _kept_rain.get("all")
    if known and time.monotonic() - known[0] < KEPT_S * 3:
        return known[1]
    most: dict[int, float] = {}
    bucket_us = BUCKET // timedelta(microseconds=1)
    for stream in datastreams(RAIN)[:RAIN_GAUGES_MAX]:
        series = store().series(stream.id, to_us(since), to_us(until), ROWS_A_GAUGE_MAX)
        sums: dict[int, list[float]] = {}
        for at, rate, quality in zip(
            series.time_us.tolist(), series.result.tolist(), series.quality.tolist(), strict=True
        ):
            if quality != Quality.BAD:
                sums.setdefault(at // bucket_us, []).append(rate)
        for bucket, rates in sums.items():
            # A rate in millimetres an hour, held for ten minutes.
            most[bucket] = max(most.get(bucket, 0.0), sum(rates) / len(rates) / 6)
    found = tuple((to_datetime(bucket * bucket_us), value) for bucket, value in sorted(most.items()))
    with _lock:
        _kept_rain["all"] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Read everything again at the next call."""
    with _lock:
        _kept.clear()
        _kept_rain.clear()


def _reading(
    stream: DatastreamView, value: float | None = None, at: datetime | None = None, quality: int = 0
) -> Reading:
    return Reading(
        datastream_id=stream.id,
        property=stream.property,
        label=stream.property_label,
        label_en=stream.property_label_en,
        unit=stream.unit,
        thing=stream.thing_name,
        thing_en=stream.thing_name_en,
        thing_kind=stream.thing_kind,
        longitude=stream.longitude,
        latitude=stream.latitude,
        valid_most=stream.valid_most,
        value=value,
        at=at,
        quality=quality,
    )
