"""The pure core: how many minutes a choice is expected to take, from the response table and from history.

Minutes are taken as log-normal. The table's figure counts as a little evidence; every measured outcome adds to it, so
the first prediction is the table's with a wide interval, and a long history speaks for itself. The interval is that of
the next outcome: Student's t in logarithms.

Source: the normal–inverse-gamma posterior predictive, A. Gelman et al., Bayesian Data Analysis, 3rd ed., section 3.3.
"""

import math
from collections.abc import Sequence
from typing import Final

from cityloop.decide.ledger.contracts import Prediction

# A table's figure is somebody's experience. It counts as much as two measured outcomes, and alone it is good to a
# factor of two and a half either way in eight cases of ten.
TABLE_WEIGHT: Final = 2.0
TABLE_FREEDOM: Final = 2.0
TABLE_FACTOR: Final = 2.5
# A minute is the finest step of the city's clocks; it keeps logarithms away from zero.
MINUTES_LEAST: Final = 1.0
NORMAL_90: Final = 1.2815515655446004


def predict(outcomes: Sequence[float], table_minutes: float) -> Prediction:
    """Predict the minutes from decision to the end of the fact, with an interval for eight cases of ten.

    Args:
        outcomes: Measured minutes of earlier decisions of the same class, level and option, recorded before this one.
        table_minutes: What the response table expects.
    """
    known = [math.log(max(value, MINUTES_LEAST)) for value in outcomes if value > 0]
    n = len(known)
    prior = math.log(max(table_minutes, MINUTES_LEAST))
    scale = math.log(TABLE_FACTOR) / (student_90(TABLE_FREEDOM) * math.sqrt(1 + 1 / TABLE_WEIGHT))
    mean = sum(known) / n if n else prior
    weight, freedom = TABLE_WEIGHT + n, TABLE_FREEDOM + n
    centre = (TABLE_WEIGHT * prior + n * mean) / weight
    squares = (
        TABLE_FREEDOM * scale**2
        + sum((value - mean) ** 2 for value in known)
        + TABLE_WEIGHT * n / weight * (mean - prior) ** 2
    )
    reach = student_90(freedom) * math.sqrt(squares / freedom * (1 + 1 / weight))
    return Prediction(
        minutes=round(math.exp(centre), 1),
        low=round(math.exp(centre - reach), 1),
        high=round(math.exp(min(centre + reach, 50.0)), 1),
        source="history" if n else "table",
        n=n,
    )


def student_90(freedom: float) -> float:
    """The 90 % point of Student's t: Fisher's expansion, within 0.4 % from two degrees of freedom on.

    Source: R. A. Fisher and E. A. Cornish (1960), doi:10.1080/00401706.1960.10489895.
    """
    z = NORMAL_90
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
