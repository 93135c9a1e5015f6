"""How fast people are, and how often something goes otherwise than planned. Pure; thrown with the city's dice."""

import random
from typing import Final

# Driving in a city, and how rain slows it: at 40 mm/h half as fast.
SPEED_KMH: Final = 26.0
RAIN_HALVES_AT_MMH: Final = 40.0
# Ways in a street grid are longer than the straight line (mean ratio for a square grid: 4/π).
DETOUR: Final = 1.27
LATE_SHARE: Final = 0.07
RETURN_SHARE: Final = 0.10
REWORK_SHARE: Final = 0.08


def dice(seed: int, *what: object) -> random.Random:
    """The dice for one decision of one person: the same seed and things give the same throw."""
    return random.Random(":".join(["lanchuan", str(seed), *map(str, what)]))  # noqa: S311


def decision_wait_min(seed: int, decision: str) -> float:
    """Minutes from a proposal to the duty officer's decision."""
    return dice(seed, "decide", decision).uniform(1.5, 4.5)


def acceptance_wait_min(seed: int, order: str, round_: int, limit_min: float) -> float:
    """Minutes from the dispatch to the acceptance; a few overlook the order until they are called.

    Args:
        limit_min: The limit for accepting.
    """
    throw = dice(seed, "accept", order, round_)
    if throw.random() < LATE_SHARE:
        return limit_min + throw.uniform(2.0, 9.0)
    return throw.uniform(0.8, max(1.0, min(5.0, limit_min * 0.7)))


def verification_wait_min(seed: int, incident: str, round_: int) -> float:
    """Minutes from the last report to the grid worker's look."""
    return dice(seed, "verify", incident, round_).uniform(3.0, 9.0)


def sends_back(seed: int, order: str) -> bool:
    """Whether a clerk finds that the order is another department's."""
    return dice(seed, "return", order).random() < RETURN_SHARE


def wants_rework(seed: int, incident: str) -> bool:
    """Whether the grid worker finds the first work wanting."""
    return dice(seed, "rework", incident).random() < REWORK_SHARE


def travel_min(distance_m: float, rain_mmh: float) -> float:
    """Minutes on the road.

    Args:
        distance_m: Straight line. `rain_mmh`: rain on the way.
    """
    speed = SPEED_KMH / (1.0 + rain_mmh / RAIN_HALVES_AT_MMH)
    return 1.5 + distance_m * DETOUR / 1000.0 / speed * 60.0
