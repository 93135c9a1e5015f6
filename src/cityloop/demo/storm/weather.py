"""Rain that moves, air that thickens, a city that sounds: fields in space and time, for many points at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cityloop.demo.storm.contracts import MINUTES_A_DAY, Plume, RainCell

Array = NDArray[np.float64]


def rain_mmh(cells: Sequence[RainCell], minute: int, x_m: Array, y_m: Array) -> Array:
    """Rain intensity, mm/h, at points given in metres.

    A cell is a Gaussian hill that moves in a straight line, swells and fades as a half sine.
    """
    found = np.zeros_like(x_m)
    for cell in cells:
        age = minute - cell.begins
        if not 0 <= age <= cell.lasts:
            continue
        swell = max(0.0, float(np.sin(np.pi * age / cell.lasts))) ** 0.7
        away = (x_m - cell.x_m - cell.east_m * age) ** 2 + (y_m - cell.y_m - cell.south_m * age) ** 2
        found += cell.peak_mmh * swell * np.exp(-away / (2 * cell.radius_m**2))
    found[found < 0.1] = 0.0
    return found


def background_pm25(minute: int) -> float:
    """The city's PM2.5 without plumes, µg/m³: two rush hours on a base."""
    hour = minute % MINUTES_A_DAY / 60
    return float(34 + 20 * np.exp(-(((hour - 8.2) / 1.8) ** 2)) + 12 * np.exp(-(((hour - 19.0) / 2.2) ** 2)))


def plume_ugm3(plumes: Sequence[Plume], minute: int, x_m: Array, y_m: Array, share_left: Array) -> Array:
    """PM2.5 that plumes add, µg/m³.

    Args:
        share_left: For each point 0 to 1: what rain and crews have left of it.
    """
    found = np.zeros_like(x_m)
    for plume in plumes:
        age = minute - plume.begins
        if not 0 <= age <= plume.lasts:
            continue
        # Half an hour to gather, an hour to disperse, steady between.
        strength = min(1.0, age / 30.0, (plume.lasts - age) / 60.0)
        away = (x_m - plume.x_m) ** 2 + (y_m - plume.y_m) ** 2
        found += plume.added_ugm3 * strength * np.exp(-away / (2 * plume.radius_m**2))
    return found * share_left


def street_noise_dba(minute: int, busy: Array) -> Array:
    """Sound level of a street, dB(A): `busy` 0 to 1 lifts it; nights are 10 dB quieter."""
    hour = minute % MINUTES_A_DAY / 60
    day = 1 / (1 + np.exp(-(hour - 6.3) * 2.0)) - 1 / (1 + np.exp(-(hour - 21.8) * 2.0))
    level: Array = 45.0 + 10.0 * day + 8.0 * busy
    return level
