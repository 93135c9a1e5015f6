"""The pure core of screening: one stream's rows in, flags out.

Plain Python, a few numbers of state a stream. Measured against NumPy (benchmarks/screening.py): arrays win from some
hundred rows of one stream on, but a request of 100 rows touches ten to a hundred streams.
"""

from collections.abc import Sequence
from math import inf

from cityloop.sense.screening.contracts import Limits, Reason

US_PER_HOUR = 3_600_000_000

RANGE = int(Reason.RANGE)
RATE = int(Reason.RATE)
STUCK = int(Reason.STUCK)
LATE = int(Reason.LATE)
DOUBLED = int(Reason.DOUBLED)


def quality_of(reasons: int) -> int:
    """The quality that follows from a mask of reasons: out of range is bad, anything else suspect, nothing good."""
    return 0 if not reasons else (2 if reasons & RANGE else 1)


class StreamState:
    """What screening remembers of one stream, and its judgement of the next row.

    Only rows in order of time move the state: a late or doubled row leaves no trace in it, so the flags of the others
    do not depend on when it came.

    Args:
        limits: What values are judged by.
        newest_us: Time of the newest row of any quality, or None for an empty stream.
        trusted_us, trusted: Time and value of the newest row within the valid range, or None.
        same_since_us: Since when `trusted` has not changed.
    """

    __slots__ = (
        "_guards",
        "_least",
        "_most",
        "_rate",
        "_stuck_above",
        "_stuck_us",
        "newest_us",
        "same_since_us",
        "trusted",
        "trusted_us",
    )

    def __init__(
        self,
        limits: Limits,
        *,
        newest_us: int | None = None,
        trusted_us: int | None = None,
        trusted: float | None = None,
        same_since_us: int | None = None,
    ) -> None:
        self.newest_us: float = -inf if newest_us is None else newest_us
        self.trusted_us: int = 0 if trusted_us is None else trusted_us
        self.trusted = trusted
        self.same_since_us: int = self.trusted_us if same_since_us is None else same_since_us
        self.limit(limits)

    def limit(self, limits: Limits) -> None:
        """Judge by these limits from now on."""
        self._least = -inf if limits.valid_least is None else limits.valid_least
        self._most = inf if limits.valid_most is None else limits.valid_most
        self._rate = None if limits.rate_max is None else limits.rate_max / US_PER_HOUR
        self._stuck_us = None if limits.stuck_after_s is None else int(limits.stuck_after_s * 1_000_000)
        self._stuck_above = -inf if limits.stuck_above is None else limits.stuck_above
        self._guards = self._rate is not None or self._stuck_us is not None

    def next(self, time_us: int, result: float) -> int:
        """Judge a row that is newer than all before, and remember it.

        Args:
            time_us: Microseconds since 1970, UTC; greater than `newest_us`.
            result: In the unit of the property, finite.

        Returns:
            Mask of `Reason`; 0 means good.
        """
        self.newest_us = time_us
        if not self._least <= result <= self._most:
            return RANGE
        if not self._guards:
            return 0
        # Rate of change is measured against the last value in range, as QARTOD does: a spike is flagged on its way up
        # and down, and a real step only once.
        found = 0
        before = self.trusted
        if result != before:
            if self._rate is not None and before is not None:
                too_fast = abs(result - before) > self._rate * (time_us - self.trusted_us)
                found = RATE if too_fast else 0
            self.trusted = result
            self.same_since_us = time_us
        elif (
            self._stuck_us is not None and result > self._stuck_above and time_us - self.same_since_us > self._stuck_us
        ):
            found = STUCK
        self.trusted_us = time_us
        return found

    def good_run(self, times_us: Sequence[int], results: Sequence[float | None]) -> bool:
        """Judge many rows at once, where their range alone decides, and remember them.

        Args:
            times_us: Ascending, all greater than `newest_us`.

        Returns:
            Whether all are good. False also where they must be judged one by one: then nothing is remembered.
        """
        if self._guards:
            return False
        try:
            if not (self._least <= min(results) and max(results) <= self._most):  # type: ignore[type-var,operator]
                return False
        except TypeError:  # one of them is no number
            return False
        self.newest_us = times_us[-1]
        return True

    def pass_by(self, time_us: int) -> int:
        """Take note of a row whose result is no number: newer than all before, and good."""
        self.newest_us = time_us
        return 0

    def aside(self, result: float | None, *, doubled: bool) -> int:
        """Judge a row that is not newer than all before; it is not remembered."""
        found = DOUBLED if doubled else LATE
        return found if result is None or self._least <= result <= self._most else found | RANGE
