"""Where the city's 300 devices stand and what they are called."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Final

from cityloop.demo.city.contracts import Device, Site
from cityloop.demo.city.drawing import Road, degrees, drawing
from cityloop.demo.city.ground import DISTRICTS
from cityloop.demo.city.polygons import Point, along_line, contains, crossing, length, middle

UNDERPASSES, ROAD_GAUGES, MANHOLES, RAIN_GAUGES, AIR_STATIONS, NOISE_POINTS = 16, 60, 120, 24, 32, 48
# Two spots of one kind stand at least so far apart (units of 17.5 m), so that an incident's place is unmistakable.
APART: Final = {
    Site.UNDERPASS: 14.0,
    Site.ROAD: 14.0,
    Site.MANHOLE: 12.0,
    Site.RAIN: 60.0,
    Site.AIR: 50.0,
    Site.NOISE: 30.0,
}
EVERY_MIN: Final = {Site.UNDERPASS: 1, Site.ROAD: 1, Site.MANHOLE: 2, Site.RAIN: 1, Site.AIR: 10, Site.NOISE: 5}
PROPERTY: Final = {
    Site.UNDERPASS: "water_depth",
    Site.ROAD: "water_depth",
    Site.MANHOLE: "manhole_level",
    Site.RAIN: "rain_rate",
    Site.AIR: "pm25",
    Site.NOISE: "noise",
}
OWNER: Final = {
    Site.UNDERPASS: "housing",
    Site.ROAD: "housing",
    Site.MANHOLE: "housing",
    Site.RAIN: "met",
    Site.AIR: "eco",
    Site.NOISE: "eco",
}
QINGXI: Final[Point] = (523.0, 185.0)
TRIES_MAX = 20_000


@dataclass(frozen=True)
class _Spot:
    at: Point
    road: Road
    other: Road | None = None


class GroundTooSmallError(RuntimeError):
    """The dice found no free spot for a device; the spacing asks for more ground than there is."""


def devices(rng: random.Random) -> tuple[Device, ...]:
    """All devices of the city, in the order of their keys within a kind."""
    found: list[Device] = [_device(Site.UNDERPASS, "SW-0417", "青溪下穿", "Qingxi underpass", QINGXI)]
    water = [QINGXI]
    found += _underpasses(rng, water)
    found += _along_roads(rng, Site.ROAD, ROAD_GAUGES, "SW-{:04d}", 101, water)
    found += _along_roads(rng, Site.MANHOLE, MANHOLES, "MH-{:04d}", 1, [])
    found += _along_roads(rng, Site.NOISE, NOISE_POINTS, "NS-{:02d}", 1, [])
    found += _over_ground(rng, Site.RAIN, RAIN_GAUGES, "RG-{:02d}")
    found += _over_ground(rng, Site.AIR, AIR_STATIONS, "AQ-{:02d}")
    return tuple(found)


def _underpasses(rng: random.Random, taken: list[Point]) -> Iterator[Device]:
    roads = drawing().roads
    spots = []
    for number, road in enumerate(roads):
        for other in roads[number + 1 :]:
            at = crossing(road.line, other.line) if min(road.rank, other.rank) < 3 and road.name != other.name else None
            if at is not None:
                spots.append(_Spot(at, road, other))
    rng.shuffle(spots)
    number, names = 1, {"青溪下穿"}
    for spot in spots:
        assert spot.other is not None
        lower, upper = sorted((spot.road, spot.other), key=lambda one: (-one.rank, one.name))
        at = _into_cell(spot.at, rng)
        place = f"{lower.name}下穿"
        if at is None or place in names or not _free(at, taken, APART[Site.UNDERPASS]):
            continue
        names.add(place)
        taken.append(at)
        yield _device(
            Site.UNDERPASS, f"SW-{400 + number:04d}", place, f"{lower.name_en} underpass at {upper.name_en}", at
        )
        number += 1
        if number > UNDERPASSES - 1:
            return
    raise GroundTooSmallError(f"only {number - 1} crossings for {UNDERPASSES - 1} underpasses")


def _along_roads(
    rng: random.Random, site: Site, count: int, key: str, first: int, taken: list[Point]
) -> Iterator[Device]:
    roads = drawing().roads
    # Long roads and trunk roads get more.
    weights = [length(road.line) * (4 - road.rank) for road in roads]
    numbers: dict[str, int] = {}
    made = 0
    for _ in range(TRIES_MAX):
        road = rng.choices(roads, weights)[0]
        at = _into_cell(along_line(road.line, rng.random()), rng)
        if at is None or not _free(at, taken, APART[site]):
            continue
        taken.append(at)
        numbers[road.name] = numbers.get(road.name, 0) + 1
        place, place_en = _road_place(site, road, numbers[road.name])
        yield _device(site, key.format(first + made), place, place_en, at)
        made += 1
        if made == count:
            return
    raise GroundTooSmallError(f"{made} of {count} devices of kind {site} found a spot")


def _road_place(site: Site, road: Road, number: int) -> tuple[str, str]:
    if site is Site.ROAD:
        return f"{road.name} {number} 号低洼点", f"{road.name_en} low point {number}"
    if site is Site.MANHOLE:
        return f"{road.name} {number} 号井", f"{road.name_en} manhole {number}"
    return f"{road.name} {number} 号噪声点", f"{road.name_en} noise point {number}"


def _over_ground(rng: random.Random, site: Site, count: int, key: str) -> Iterator[Device]:
    cells = drawing().cells
    taken: list[Point] = []
    numbers: dict[str, int] = {}
    for _ in range(TRIES_MAX):
        district, ring = rng.choice(cells)
        spread = rng.uniform(-25, 25), rng.uniform(-25, 25)
        centre = middle(ring)
        at = (centre[0] + spread[0], centre[1] + spread[1])
        if not contains(ring, *at) or not _free(at, taken, APART[site]):
            continue
        taken.append(at)
        numbers[district] = numbers.get(district, 0) + 1
        english = next(row[2].removesuffix(" District") for row in DISTRICTS if row[0] == district)
        word, word_en = ("雨量站", "rain station") if site is Site.RAIN else ("空气站", "air station")
        number = numbers[district]
        yield _device(
            site, key.format(len(taken)), f"{district} {number} 号{word}", f"{english} {word_en} {number}", at
        )
        if len(taken) == count:
            return
    raise GroundTooSmallError(f"{len(taken)} of {count} devices of kind {site} found a spot")


_WORDS: Final = {
    Site.UNDERPASS: ("水位计", "water gauge"),
    Site.ROAD: ("水位计", "water gauge"),
    Site.MANHOLE: ("液位计", "level gauge"),
    Site.RAIN: ("雨量计", "rain gauge"),
    Site.AIR: ("颗粒物仪", "particle monitor"),
    Site.NOISE: ("声级计", "sound meter"),
}


def _device(site: Site, key: str, place: str, place_en: str, at: Point) -> Device:
    word, word_en = _WORDS[site]
    longitude, latitude = degrees(at)
    return Device(
        key=key,
        name=f"{place}{word} {key}",
        name_en=f"{place_en} {word_en} {key}",
        place=place,
        place_en=place_en,
        site=site,
        property=PROPERTY[site],
        longitude=longitude,
        latitude=latitude,
        every_min=EVERY_MIN[site],
        department=OWNER[site],
    )


def _into_cell(at: Point, rng: random.Random) -> Point | None:
    """A spot in a grid cell at the kerb, 35 to 50 m from a point of the road; None on bridges and at the edge."""
    width, height = drawing().width, drawing().height
    if not (8 < at[0] < width - 8 and 8 < at[1] < height - 8):
        return None
    shifts = [(sx * rng.uniform(1.4, 2.0), sy * rng.uniform(1.4, 2.0)) for sx in (-1, 1) for sy in (-1, 1)]
    rng.shuffle(shifts)
    for dx, dy in shifts:
        spot = (round(at[0] + dx, 1), round(at[1] + dy, 1))
        if any(contains(ring, *spot) for _, ring in drawing().cells):
            return spot
    return None


def _free(at: Point, taken: Sequence[Point], apart: float) -> bool:
    return all(hypot(at[0] - x, at[1] - y) >= apart for x, y in taken)
