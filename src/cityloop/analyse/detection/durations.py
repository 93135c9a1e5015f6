"""Durations as people write them: `90s 15m 3h 2d`, or ISO 8601 (`PT3H`)."""

import re
from typing import Final

DAYS_MAX: Final = 366
_SHORT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d)?")
_ISO: Final = re.compile(r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?")
_SECONDS: Final = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


class DurationError(ValueError):
    """A duration that can't be read. The message says what was received and what is allowed."""


def parse_duration(text: str) -> int:
    """Seconds of a duration.

    Raises:
        DurationError: Not a duration, not whole seconds, or longer than 366 days.
    """
    given = text.strip()
    seconds: float | None = None
    short = _SHORT.fullmatch(given.lower())
    if short is not None and (short[2] or float(short[1]) == 0):
        seconds = float(short[1]) * _SECONDS[short[2] or "s"]
    elif len(given) > 2 and (iso := _ISO.fullmatch(given.upper())) is not None and any(iso.groupdict().values()):
        seconds = sum(int(value) * _SECONDS[unit] for unit, value in iso.groupdict().items() if value)
    if seconds is None or seconds != int(seconds):
        raise DurationError(
            f"duration {text!r}; allowed: a number with s, m, h or d (90s, 15m, 3h, 2d) or ISO 8601 (PT3H)."
        )
    if seconds > DAYS_MAX * 86400:
        raise DurationError(f"duration {text!r}; allowed: at most {DAYS_MAX} days.")
    return int(seconds)


def short_duration(seconds: int) -> str:
    """The shortest way to write a duration: 10800 → `3h`."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"
