"""The pure core: how many minutes a choice is expected to take, from history or from the table."""

import math
from collections.abc import Sequence
from statistics import median, stdev
from typing import Final

from cityloop.decide.ledger.contracts import Prediction

# Fewer outcomes say less than the table does.
OUTCOMES_LEAST: Final = 3
# The 10 % and 90 % points of a sample can be read off it from nine values on (Weibull positions p(n + 1)).
QUANTILES_LEAST: Final = 9
LOW_P: Final = 0.1
HIGH_P: Final = 0.9
# A table's figure is somebody's experience: half as long to half as long again, stated as such on the page.
TABLE_SPREAD: Final = 0.5
# Student's t, 90 % point, for 2 to 7 degrees of freedom.
STUDENT_90: Final = {2: 1.886, 3: 1.638, 4: 1.533, 5: 1.476, 6: 1.440, 7: 1.415}
# A minute is the finest step of the city's clocks; it keeps logarithms away from zero.
MINUTES_LEAST: Final = 1.0


def predict(outcomes: Sequence[float], table_minutes: float) -> Prediction:
    """Predict the minutes from decision to the end of the fact.

    Args:
        outcomes: Measured minutes of earlier decisions of the same class, level and option, recorded before this one.
        table_minutes: What the response table expects.
    """
    known = [value for value in outcomes if value > 0]
    if len(known) < OUTCOMES_LEAST:
        return Prediction(
            minutes=table_minutes,
            low=round(table_minutes * (1 - TABLE_SPREAD), 1),
            high=round(table_minutes * (1 + TABLE_SPREAD), 1),
            source="table",
            n=0,
        )
    middle = float(median(known))
    if len(known) >= QUANTILES_LEAST:
        low, high = quantile(known, LOW_P), quantile(known, HIGH_P)
    else:
        low, high = log_normal_interval(known)
    return Prediction(
        minutes=round(middle, 1),
        low=round(min(low, middle), 1),
        high=round(max(high, middle), 1),
        source="history",
        n=len(known),
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The sample quantile at Weibull's plotting position share · (n + 1), linear between neighbours."""
    ordered = sorted(values)
    position = share * (len(ordered) + 1)
    below = min(max(math.floor(position), 1), len(ordered))
    above = min(below + 1, len(ordered))
    weight = min(max(position - below, 0.0), 1.0)
    return float(ordered[below - 1] + weight * (ordered[above - 1] - ordered[below - 1]))


def log_normal_interval(values: Sequence[float]) -> tuple[float, float]:
    """Where the next of 3 to 8 log-normal values lies with 80 % probability."""
    logs = [math.log(max(value, MINUTES_LEAST)) for value in values]
    centre = sum(logs) / len(logs)
    reach = STUDENT_90[len(logs) - 1] * stdev(logs) * math.sqrt(1 + 1 / len(logs))
    return math.exp(centre - reach), math.exp(min(centre + reach, 50.0))
