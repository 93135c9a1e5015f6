"""Water at many spots at once: a storage balance for each, one minute a step.

    water on its way    dW/dt = c · A · i − W / k            (linear reservoir)
    water standing      dV/dt = W / k − outflow − pumps − spill  (outflow and pumps only as far as there is water)
    depth               V = a · h² / 2 in an open basin, V = a · h in a shaft

Every cubic metre is accounted for: rain in = on its way + standing + drained + pumped + spilled (a property test).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cityloop.demo.storm.contracts import Basin

Array = NDArray[np.float64]


@dataclass
class Water:
    """The water of all spots, m³: on its way and standing now; the rest since the beginning."""

    on_its_way: Array
    standing: Array
    rained: Array
    drained: Array
    pumped: Array
    spilled: Array

    @classmethod
    def dry(cls, spots: int) -> "Water":
        """No water anywhere."""
        return cls(*(np.zeros(spots) for _ in range(6)))


class Basins:
    """The constants of all spots as arrays.

    Args:
        basins: One a spot, in the order of every array here.
    """

    def __init__(self, basins: Sequence[Basin]) -> None:
        self.count = len(basins)
        self.catchment = np.array([one.catchment_m2 * one.runoff for one in basins])
        self.drains = np.array([one.drains_m3min for one in basins])
        self.delay = np.array([one.delay_min for one in basins])
        self.spread = np.array([one.spread for one in basins])
        self.shaft = np.array([one.shaft for one in basins])
        self.most = self.volume(np.array([one.depth_max_m for one in basins]))

    def volume(self, depth_m: Array) -> Array:
        """Standing water, m³, for a depth."""
        volume: Array = np.where(self.shaft, self.spread * depth_m, self.spread * depth_m**2 / 2)
        return volume

    def depth(self, water: Water) -> Array:
        """Depth of the standing water, m."""
        depth: Array = np.where(self.shaft, water.standing / self.spread, np.sqrt(2 * water.standing / self.spread))
        return depth

    def advance(self, water: Water, rain_mmh: Array, pumps_m3min: Array) -> None:
        """Let a minute pass.

        Args:
            water: Changed in place.
            rain_mmh: Intensity over each catchment, mm/h.
            pumps_m3min: What crews pump away or the cleared drains take beside the usual.
        """
        fallen = self.catchment * rain_mmh / 1000.0 / 60.0
        arriving = water.on_its_way / self.delay
        water.rained += fallen
        water.on_its_way += fallen - arriving
        standing = water.standing + arriving
        drained = np.minimum(standing, self.drains)
        standing = standing - drained
        pumped = np.minimum(standing, pumps_m3min)
        standing = standing - pumped
        spilled = np.maximum(0.0, standing - self.most)
        water.standing = standing - spilled
        water.drained += drained
        water.pumped += pumped
        water.spilled += spilled
