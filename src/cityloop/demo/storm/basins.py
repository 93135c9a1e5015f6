"""The ground at each water spot of the city, thrown with the city's dice: most drains suffice, some do not."""

import random
from typing import Final

from cityloop.demo.city.contracts import City, Device, Site
from cityloop.demo.storm.contracts import Basin

# Drain capacity as the rain it can take, mm/h, (from, to): sound spots, weak spots, and the share of weak ones.
CAPACITY_MMH: Final = {
    Site.UNDERPASS: ((75.0, 120.0), (20.0, 34.0), 0.3),
    Site.ROAD: ((65.0, 110.0), (17.0, 30.0), 0.11),
    Site.MANHOLE: ((70.0, 120.0), (20.0, 32.0), 0.06),
}
ALWAYS_WEAK: Final = "SW-0417"


def basins(city: City) -> dict[str, Basin]:
    """A basin for every device that measures water, by key."""
    rng = random.Random(f"lanchuan:{city.seed}:basins")  # noqa: S311
    return {device.key: _basin(device, rng) for device in city.devices if device.site in CAPACITY_MMH}


def capacity_mmh(basin: Basin) -> float:
    """The steady rain a spot's drains can take, mm/h."""
    return basin.drains_m3min / (basin.catchment_m2 * basin.runoff) * 1000.0 * 60.0


def _basin(device: Device, rng: random.Random) -> Basin:
    sound, weak, share = CAPACITY_MMH[device.site]
    # Thrown for every spot, so that one spot's luck does not shift the next one's.
    luck, part, size = rng.random(), rng.random(), rng.random()
    least, most = weak if luck < share or device.key == ALWAYS_WEAK else sound
    capacity_mmh = least + (most - least) * part
    catchment, runoff, delay, spread, deepest = {
        Site.UNDERPASS: (6000 + 8000 * size, 0.85, 8.0, 1500.0, 1.6),
        Site.ROAD: (3000 + 4000 * size, 0.80, 6.0, 2600.0, 0.6),
        Site.MANHOLE: (14000 + 10000 * size, 0.70, 12.0, 95.0, 3.2),
    }[device.site]
    return Basin(
        catchment_m2=catchment,
        runoff=runoff,
        drains_m3min=catchment * runoff * capacity_mmh / 1000.0 / 60.0,
        delay_min=delay,
        spread=spread,
        shaft=device.site is Site.MANHOLE,
        depth_max_m=deepest,
    )
