"""What happens on a made day: thrown with the dice of the seed and the day."""

import random
from functools import lru_cache
from math import hypot
from typing import Final

from cityloop.demo.city.contracts import City, Device, Site
from cityloop.demo.city.port import metres, sheet_m
from cityloop.demo.storm.basins import ALWAYS_WEAK, basins, capacity_mmh
from cityloop.demo.storm.contracts import MINUTES_A_DAY, DayPlan, Fault, FaultKind, Plume, RainCell, WorkSite

# The first day's story (minutes after midnight): dirty morning, shower at noon, and the storm the visitor sees begin.
FIRST_MORNING: Final = 360
FIRST_SHOWER: Final = 690
FIRST_STORM: Final = 1002
FIRST_AFTERNOON: Final = 966
CANDIDATES: Final = 8
NEAR_M: Final = 1900.0
WEAK_MMH: Final = 40.0


def plan_day(city: City, day: int) -> DayPlan:
    """The plan of a day (0 is the first). The same city and day give the same plan."""
    rng = random.Random(f"lanchuan:{city.seed}:day:{day}")  # noqa: S311
    begins = day * MINUTES_A_DAY
    shower = FIRST_SHOWER if day == 0 else rng.randrange(540, 720)
    storm = FIRST_STORM if day == 0 else rng.randrange(900, 1080)
    rain = [*_shower(city, rng, begins + shower), *_storm(city, rng, begins + storm)]
    return DayPlan(
        day=day,
        rain=tuple(rain),
        plumes=_plumes(city, rng, begins + FIRST_MORNING),
        work_sites=_work_sites(city, rng, begins, early=day == 0),
        faults=_faults(city, rng, begins),
    )


def _shower(city: City, rng: random.Random, begins: int) -> list[RainCell]:
    """A short, local one: two cells over one half of the city."""
    found = []
    for number in range(2):
        x, y = _over(city, rng)
        lasts = rng.randrange(65, 85)
        east, south = rng.uniform(60, 110), rng.uniform(-30, 30)
        found.append(
            RainCell(begins + number * rng.randrange(18, 30), lasts, x - east * lasts / 2, y - south * lasts / 2,
                     east, south, rng.uniform(1500, 1900), rng.uniform(62, 78))
        )  # fmt: skip
    return found


def _storm(city: City, rng: random.Random, begins: int) -> list[RainCell]:
    """The day's storm: cells that follow each other from the west, the first one straight over the Qingxi underpass."""
    qingxi = next(device for device in city.devices if device.key == ALWAYS_WEAK)
    found = []
    at = begins
    for number in range(5):
        x, y = metres(qingxi.longitude, qingxi.latitude) if number == 0 else _over(city, rng)
        lasts = rng.randrange(70, 100)
        east, south = rng.uniform(70, 130), rng.uniform(-25, 45)
        peak = rng.uniform(70, 92)
        found.append(
            RainCell(
                at, lasts, x - east * lasts * 0.4, y - south * lasts * 0.4, east, south, rng.uniform(1500, 2100), peak
            )
        )
        at += rng.randrange(28, 50)
    # Drizzle all over the city while it lasts.
    width, height = sheet_m()
    found.append(RainCell(begins, at + 60 - begins, width / 2, height / 2, 0.0, 0.0, 9000.0, 5.0))
    return found


def _over(city: City, rng: random.Random) -> tuple[float, float]:
    """A spot for a shower: of a few thrown, the one with most weak drains around, for the day is to have a story."""
    spots = [metres(*place) for place in rng.sample(_water_places(city), CANDIDATES)]
    weak = _weak_places(city)
    return max(spots, key=lambda spot: sum(hypot(spot[0] - x, spot[1] - y) < NEAR_M for x, y in weak))


def _weak_places(city: City) -> list[tuple[float, float]]:
    weak = _weak_keys(city)
    return [metres(device.longitude, device.latitude) for device in city.devices if device.key in weak]


@lru_cache(maxsize=4)
def _weak_keys(city: City) -> frozenset[str]:
    """Roads and underpasses whose drains do not suffice for a heavy shower."""
    ground = basins(city)
    return frozenset(
        device.key
        for device in city.devices
        if device.site in (Site.ROAD, Site.UNDERPASS) and capacity_mmh(ground[device.key]) < WEAK_MMH
    )


def _water_places(city: City) -> list[tuple[float, float]]:
    return [(one.longitude, one.latitude) for one in city.devices if one.site in (Site.ROAD, Site.UNDERPASS)]


def _plumes(city: City, rng: random.Random, begins: int) -> tuple[Plume, ...]:
    stations = [device for device in city.devices if device.site is Site.AIR]
    found = []
    for station in rng.sample(stations, rng.randrange(2, 4)):
        x, y = metres(station.longitude, station.latitude)
        found.append(
            Plume(begins - rng.randrange(0, 25), rng.randrange(380, 460), x + rng.uniform(-120, 120),
                  y + rng.uniform(-120, 120), rng.uniform(650, 900), rng.uniform(155, 215))
        )  # fmt: skip
    return tuple(found)


def _work_sites(city: City, rng: random.Random, begins: int, *, early: bool) -> tuple[WorkSite, ...]:
    meters = rng.sample([device for device in city.devices if device.site is Site.NOISE], 6)
    late = [
        WorkSite(meter.key, begins + rng.randrange(1310, 1380), rng.randrange(60, 150), rng.uniform(73.5, 80))
        for meter in meters[: rng.randrange(2, 4)]
    ]
    # On the first day two begin at six, and one so that its case is half way round when the visitor comes.
    first = [WorkSite(meter.key, begins + FIRST_MORNING + 5, rng.randrange(70, 110), 75.5) for meter in meters[3:5]]
    first.append(WorkSite(meters[5].key, begins + FIRST_AFTERNOON, 90, 76.5))
    return tuple(late + (first if early else []))


def _faults(city: City, rng: random.Random, begins: int) -> tuple[Fault, ...]:
    water = [device for device in city.devices if device.site in (Site.ROAD, Site.UNDERPASS)]
    manholes = [device for device in city.devices if device.site is Site.MANHOLE]
    drifting, *rest = rng.sample(water, 11)

    def at(device: Device, kind: FaultKind, earliest: int, latest: int, lasts: tuple[int, int], size: float) -> Fault:
        return Fault(device.key, kind, begins + rng.randrange(earliest, latest), rng.randrange(*lasts), size)

    found = [
        at(drifting, FaultKind.DRIFT, 420, 560, (200, 260), rng.uniform(5.0, 7.0)),
        at(rest[0], FaultKind.DRIFT, 880, 1060, (200, 260), rng.uniform(5.0, 8.0)),
        at(rng.choice(manholes), FaultKind.DRIFT, 800, 1000, (200, 260), rng.uniform(45.0, 60.0)),
    ]
    found += [at(device, FaultKind.STICK, 1000, 1200, (90, 240), 0.0) for device in rest[1:3]]
    # One sticks, dry, before the storm, where water is likely: an incident nobody will be told of.
    blind = rng.choice([device for device in water if device.key in _weak_keys(city) and device.key != ALWAYS_WEAK])
    found.append(at(blind, FaultKind.STICK, 950, 990, (150, 300), 0.0))
    found += [at(device, FaultKind.DROP, 600, 1150, (30, 150), 0.0) for device in rest[4:6]]
    found += [at(rng.choice(city.devices), FaultKind.DROP, 360, 1300, (30, 180), 0.0) for _ in range(5)]
    found += [at(device, FaultKind.SPIKE, 360, 1300, (1, 3), rng.uniform(25, 80)) for device in rest[6:]]
    found += [at(rng.choice(manholes), FaultKind.SPIKE, 360, 1300, (1, 3), rng.uniform(120, 220)) for _ in range(3)]
    return tuple(sorted(found, key=lambda one: (one.begins, one.device_key)))
