"""Times as text: ISO 8601 in, microseconds since 1970 out, and back. Pure."""

import re
from datetime import datetime

from cityloop.sense.observations.contracts import to_datetime, to_us

DAY_US = 86_400_000_000

# datetime.fromisoformat takes more (any separator, week dates, no zone), but a time without its zone is ambiguous.
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,12})?)?(Z|[+-]\d\d(:?\d\d)?)", re.ASCII | re.IGNORECASE
)


def parse_instant(text: str) -> int:
    """Microseconds since 1970 UTC of an ISO 8601 time with its zone, such as 2026-07-16T18:24:36.5+08:00.

    Fractions finer than a microsecond are cut off. An interval (`a/b`) is refused: whether its start or its end is the
    time of the result only the sender knows.

    Raises:
        ValueError: The message says what is allowed.
    """
    if _INSTANT.fullmatch(text) is None:
        if "/" in text:
            raise ValueError("an interval; allowed: one instant, its start or its end")
        raise ValueError("allowed: ISO 8601 with a time zone, such as 2026-07-16T10:24:36Z")
    try:
        return to_us(datetime.fromisoformat(text.upper()))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no such time ({error})") from None


def format_instant(time_us: int) -> str:
    """ISO 8601 in UTC, with as much of the fraction as there is: 2026-07-16T10:24:36Z."""
    moment = to_datetime(time_us)
    whole = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}Z" if not moment.microsecond else f"{whole}.{moment.microsecond:06d}".rstrip("0") + "Z"
