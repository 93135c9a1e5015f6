"""Why screening is plain Python: the same judgement by NumPy, for runs of 1 to 1000 rows of one Datastream.

python -m benchmarks.screening
"""

import json
import sys
import timeit

import numpy as np
from numpy.typing import NDArray

from cityloop.sense.screening.port import Limits, StreamState

LIMITS = Limits(0, 1000, rate_max=500, stuck_after_s=21_600, stuck_above=0)
MINUTE = 60_000_000


def plain(times: list[int], results: list[float]) -> list[int]:
    """One stream's state, row by row."""
    judge = StreamState(LIMITS).next
    return [judge(time_us, result) for time_us, result in zip(times, results, strict=True)]


def by_numpy(times: NDArray[np.int64], results: NDArray[np.float64]) -> NDArray[np.int64]:
    """The same with arrays; rows out of range are assumed to be rare and are not left out of the comparison here."""
    assert LIMITS.valid_least is not None
    assert LIMITS.valid_most is not None
    assert LIMITS.rate_max is not None
    assert LIMITS.stuck_after_s is not None
    assert LIMITS.stuck_above is not None
    reasons = ((results < LIMITS.valid_least) | (results > LIMITS.valid_most)).astype(np.int64)
    step = np.abs(np.diff(results))
    reasons[1:] |= 2 * (step > LIMITS.rate_max / 3_600_000_000 * np.diff(times))
    moved = np.concatenate(([0], np.flatnonzero(step) + 1))
    since = np.repeat(times[moved], np.diff(np.append(moved, len(times))))
    stuck = (times - since > LIMITS.stuck_after_s * 1_000_000) & (results > LIMITS.stuck_above)
    reasons |= 4 * stuck
    return reasons


def main() -> int:
    """Microseconds a row, for runs of several lengths; arrays have to be made of the lists that JSON gives."""
    found = []
    for rows in (1, 10, 100, 1000):
        times = [1_700_000_000_000_000 + place * MINUTE for place in range(rows)]
        results = [20 + place % 7 + 0.5 for place in range(rows)]
        assert plain(times, results) == by_numpy(np.array(times), np.array(results)).tolist()
        count = 20_000 // rows + 20
        row = {"rows": rows}
        for name, work in (
            ("plain_us_a_row", lambda t=times, r=results: plain(t, r)),
            ("numpy_us_a_row", lambda t=times, r=results: by_numpy(np.array(t), np.array(r)).tolist()),
        ):
            row[name] = round(min(timeit.repeat(work, number=count, repeat=3)) / count / rows * 1e6, 3)
        found.append(row)
    print(json.dumps({"benchmark": "screening", "runs": found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
