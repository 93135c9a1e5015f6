"""Times as text: ISO 8601 in, microseconds since 1970 out, and back. Pure."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
DAY_US: Final = 86_400_000_000
# 0001-01-01 and 9999-12-31, microseconds since 1970 UTC.
TIME_LEAST_US: Final = -62_135_596_800_000_000
TIME_MOST_US: Final = 253_402_300_799_999_999

# datetime.fromisoformat takes more (any separator, week dates, no zone), but a time without its zone is ambiguous.
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,12})?)?(Z|[+-]\d\d(:?\d\d)?)", re.ASCII | re.IGNORECASE
)
# Seconds (up to thousandths: finer ones are too many to remember) and zone.
_TAIL = re.compile(r"(\d\d(?:[.,]\d{1,3})?)(Z|[+-]\d\d:?\d\d)", re.ASCII | re.IGNORECASE)


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware time."""
    return (moment - EPOCH) // MICROSECOND


def to_datetime(time_us: int) -> datetime:
    """The aware UTC time of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=int(time_us))


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


class TimeReader:
    """Reads times; remembers minutes and what follows them, so that most times cost two look-ups.

    Attributes:
        tails: What follows the 17 characters up to the minute, such as `36.5Z` → the minutes known of its zone (17
            characters → microseconds since 1970), and the microseconds it adds.
    """

    MINUTES_KEPT = 20_000
    TAILS_KEPT = 70_000
    TAIL_CHARACTERS = 12

    def __init__(self) -> None:
        self.tails: dict[str, tuple[dict[str, int], int]] = {}
        self._minutes: dict[str, dict[str, int]] = {}
        self._newest_us = 0

    def allow(self, newest_us: int) -> None:
        """Times up to this one are allowed from now on; it only moves on, so what was read before needs no check."""
        self._newest_us = newest_us

    def read(self, text: str) -> int:
        """Microseconds since 1970 UTC of a time as `parse_instant` takes it.

        Raises:
            ValueError: It is no time, or before 1970, or later than allowed.
        """
        found = parse_instant(text)
        if not 0 <= found <= self._newest_us:
            raise ValueError("allowed: 1970-01-01 to one day from now")
        minute, tail = text[:17], text[17:]
        known = _TAIL.fullmatch(tail)
        # A minute is remembered when all of it is allowed.
        if (
            known is not None
            and len(tail) <= self.TAIL_CHARACTERS
            and DAY_US < found < self._newest_us - DAY_US // 1440
        ):
            offset = int(float(known[1].replace(",", ".")) * 1_000_000 + 0.5)
            if len(self._minutes) > 100 or sum(map(len, self._minutes.values())) > self.MINUTES_KEPT:
                self._minutes.clear()
                self.tails.clear()
            if len(self.tails) > self.TAILS_KEPT:
                self.tails.clear()
            minutes = self._minutes.setdefault(known[2], {})
            minutes[minute] = found - offset
            self.tails[tail] = minutes, offset
        return found


def format_instant(time_us: int) -> str:
    """ISO 8601 in UTC, with as much of the fraction as there is: 2026-07-16T10:24:36Z."""
    moment = to_datetime(time_us)
    # Not strftime: it writes the year 99 with two digits.
    whole = moment.isoformat()[:19]
    return f"{whole}Z" if not moment.microsecond else f"{whole}.{moment.microsecond:06d}".rstrip("0") + "Z"
