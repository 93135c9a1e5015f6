"""The made city's calendar: minutes of the model and times of the city."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = "Asia/Shanghai"
# The day of the mock pages: a Thursday of the rainy season. Minute 0 is its midnight.
FIRST_DAY: Final = datetime(2026, 7, 16, tzinfo=ZoneInfo(ZONE))
# The history begins at six; the visitor comes at 16:56, when the storm has begun and the first underpass fills.
HISTORY_FROM: Final = 360
VISITOR_COMES: Final = 1016
DEFAULT_SPEED: Final = 60.0


def time_of(minute: float) -> datetime:
    """The city's time of a minute, UTC."""
    return FIRST_DAY.astimezone(UTC) + timedelta(minutes=minute)


def minute_of(moment: datetime) -> float:
    """Minutes since midnight of the first day."""
    return (moment - FIRST_DAY).total_seconds() / 60.0


def clock_setting(minute: float, speed: float, anchor: float) -> str:
    """The value of CITYLOOP_CLOCK for a city clock that shows a minute at a real time.

    Args:
        speed: City seconds in a real second; 0 stands still.
        anchor: Unix seconds of the real clock.
    """
    return f"{time_of(minute).isoformat()}@{speed:g}@{anchor:.3f}"
