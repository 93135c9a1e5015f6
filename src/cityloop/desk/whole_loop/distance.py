"""How far a person stood from the place of the fact. No Django."""

from math import cos, hypot, radians

METRES_A_DEGREE = 111_320.0


def distance_m(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Distance of two points in metres.

    Args:
        here, there: Longitude and latitude in degrees, at most some kilometres apart: the ground is taken as flat.
    """
    middle = radians((here[1] + there[1]) / 2)
    east = (here[0] - there[0]) * cos(middle)
    return hypot(east, here[1] - there[1]) * METRES_A_DEGREE
