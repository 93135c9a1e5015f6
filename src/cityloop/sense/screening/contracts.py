"""What crosses the wall of screening: flags, reasons and the limits they are judged by."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag


class Quality(IntEnum):
    """How far an observation can be trusted."""

    GOOD = 0
    SUSPECT = 1
    BAD = 2


class Reason(IntFlag):
    """Why an observation is not good; several may hold at once.

    RANGE: outside the valid range of the property (the only reason for BAD).
    RATE: changed faster than the property can.
    STUCK: the same value for too long.
    LATE: its time lies before the newest of its stream.
    DOUBLED: another result of the same stream and time was there before.
    """

    RANGE = 1
    RATE = 2
    STUCK = 4
    LATE = 8
    DOUBLED = 16


def reason_names(reasons: int) -> list[str]:
    """Reasons as their names in lower case, as programs read them."""
    return [one.name.lower() for one in Reason if one & reasons and one.name]


@dataclass(frozen=True)
class Limits:
    """What a stream's values are judged by; None switches a test off.

    Args:
        valid_least, valid_most: Valid range in the unit of the property, inclusive.
        rate_max: Fastest possible change, unit per hour.
        stuck_after_s: A value unchanged for longer than this many seconds is stuck.
        stuck_above: Values at or below this never count as stuck: no rain may last for weeks.
    """

    valid_least: float | None = None
    valid_most: float | None = None
    rate_max: float | None = None
    stuck_after_s: float | None = None
    stuck_above: float | None = None


NO_LIMITS = Limits()
