"""The pure core of scoring: parts and total of an incident's score, and when a rule cries wolf.

Total = points of the parts that could be judged ÷ their weights × 100:

| part | weight | points |
|---|---|---|
| accept | 15 | share of orders accepted in time |
| handle | 25 | share of orders handled in time |
| verify | 10 | verified in time |
| rework | 20 | all of it, less a half for each rework and a quarter for each return, never below 0 |
| effect | 30 | all of it when the measured minutes lie in the predicted interval, else less the further off they are |

An incident closed as false has no effect to judge; neither has one whose fact goes on, or had ended before the
decision.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from cityloop.supervise.scores.contracts import ScorePart

WEIGHTS: Final[Mapping[str, float]] = {"accept": 15, "handle": 25, "verify": 10, "rework": 20, "effect": 30}
REWORK_COST: Final = 0.5
RETURN_COST: Final = 0.25
# 95 %, two-sided.
Z_95: Final = 1.96
# A rule whose alarms are false more often than this, beyond chance, cries wolf: one in three wastes a crew a day.
WOLF_SHARE: Final = 1 / 3
# Two bad nights make no bad rule.
WOLF_CLOSED_LEAST: Final = 3


def share_true(flags: Sequence[bool]) -> float | None:
    """Share of flags that are true; None of none."""
    return sum(flags) / len(flags) if flags else None


def effect_share(
    predicted: float | None, low: float | None, high: float | None, measured: float | None
) -> float | None:
    """How well the prediction held: 1 inside its interval, falling to 0 where the error reaches the predicted value.

    Args:
        predicted, low, high, measured: Minutes; a measured value of 0 or None can't be judged.
    """
    if predicted is None or low is None or high is None or not measured:
        return None
    if low <= measured <= high:
        return 1.0
    return max(0.0, 1.0 - abs(measured - predicted) / max(predicted, 1.0))


def parts(
    *,
    accepted_on_time: Sequence[bool],
    handled_on_time: Sequence[bool],
    verified_on_time: bool | None,
    reworks: int,
    returns: int,
    effect: float | None,
) -> tuple[ScorePart, ...]:
    """The parts of a score.

    Args:
        accepted_on_time, handled_on_time: A flag for each order.
        effect: As `effect_share` gives it, 0 to 1.
    """
    shares: dict[str, float | None] = {
        "accept": share_true(accepted_on_time),
        "handle": share_true(handled_on_time),
        "verify": None if verified_on_time is None else float(verified_on_time),
        "rework": max(0.0, 1 - REWORK_COST * reworks - RETURN_COST * returns),
        "effect": effect,
    }
    return tuple(
        ScorePart(name, None if shares[name] is None else round(weight * float(shares[name] or 0.0), 1), weight)
        for name, weight in WEIGHTS.items()
    )


def total(given: Sequence[ScorePart]) -> float:
    """The score from its parts, 0 to 100; parts that could not be judged are left out."""
    judged = [part for part in given if part.points is not None]
    weight = sum(part.of for part in judged)
    return round(100 * sum(part.points or 0.0 for part in judged) / weight, 1) if weight else 0.0


def wilson_lower(hits: int, n: int, z: float = Z_95) -> float:
    """Lower end of Wilson's score interval for a share of `hits` in `n`; 0 for n = 0."""
    if n == 0:
        return 0.0
    share = hits / n
    centre = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (centre - reach) / (1 + z * z / n))


def cries_wolf(false: int, closed: int) -> bool:
    """Whether a rule's share of false alarms lies above one third beyond chance, in three incidents at least."""
    return closed >= WOLF_CLOSED_LEAST and wilson_lower(false, closed) > WOLF_SHARE
