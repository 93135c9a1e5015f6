"""The city's clock: the real one, or a demo city's that starts at another hour and runs faster.

Due times, ages and "now" of a page all ask here, so that a demo city sped up sixty times keeps its clocks straight.
Time-outs of sockets, sessions and polling stay on the real clock.
"""

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cityloop.kernel import settings


@lru_cache(maxsize=8)
def _scale(spec: str) -> tuple[datetime, float, float]:
    try:
        start, speed, anchor = spec.split("@")
        begins = datetime.fromisoformat(start)
        if begins.tzinfo is None:
            raise ValueError("the start has no time zone")
        return begins.astimezone(UTC), float(speed), float(anchor)
    except ValueError as error:
        raise settings.SettingError(
            f"CITYLOOP_CLOCK is {spec!r} ({error}); allowed: START@SPEED@ANCHOR, "
            "for example 2026-07-16T12:00:00+08:00@60@1752638400. Unset it for the real clock."
        ) from None


def now() -> datetime:
    """The city's time now, aware, in UTC."""
    spec = settings.text("CITYLOOP_CLOCK")
    if not spec:
        return datetime.now(UTC)
    start, speed, anchor = _scale(spec)
    return start + timedelta(seconds=(time.time() - anchor) * speed)


def speed() -> float:
    """City seconds that pass in a real second: 1 but in a demo city."""
    spec = settings.text("CITYLOOP_CLOCK")
    return _scale(spec)[1] if spec else 1.0


def local(moment: datetime, zone: str) -> datetime:
    """The same moment on the wall clock of the city.

    Args:
        moment: Aware time.
        zone: IANA name, such as Asia/Shanghai.
    """
    return moment.astimezone(ZoneInfo(zone))
