"""Districts, grid cells with their codes, and the base map of Lanchuan."""

import random
from collections.abc import Sequence
from math import cos, radians, sin
from typing import Final

from cityloop.demo.city.blocks import blocks
from cityloop.demo.city.contracts import Cell, District, MapFeature
from cityloop.demo.city.drawing import closed, degrees, drawing, land_blocks_lie_on
from cityloop.demo.city.polygons import Point, middle

# 47 stands in the block of the middle south (41–46 are taken) and is no province's, so 4701xx is nobody's code.
CITY_CODE: Final = "470100"
DISTRICTS: Final = (
    ("澜北", "澜北区", "Lanbei District", "470102", "lanbei"),
    ("东泽", "东泽区", "Dongze District", "470103", "dongze"),
    ("新港", "新港区", "Xingang District", "470104", "xingang"),
    ("西岭", "西岭区", "Xiling District", "470105", "xiling"),
    ("澜南", "澜南区", "Lannan District", "470106", "lannan"),
)
ROW_HEIGHT = 75.0
CELLS_A_SUBDISTRICT = 6
CELLS_A_COMMUNITY = 3
# Styles of labels by their rank: what the map's drawing calls place, river, road, water.
LABEL_RIVER, LABEL_ROAD, LABEL_WATER = 2, 3, 4
# Name, English, style, where, angle: as on the mock's map (units of the drawing; degrees clockwise).
LABELS: Final[tuple[tuple[str, str, int, Point, float], ...]] = (
    ("澜江", "Lan River", LABEL_RIVER, (405, 333), -12.0),
    ("青溪", "Qing Stream", LABEL_WATER, (484, 92), 68.0),
    ("镜湖", "Mirror Lake", LABEL_WATER, (150, 476), 0.0),
    ("澜江大道", "Lanjiang Avenue", LABEL_ROAD, (392, 210), 3.0),
    ("滨江南路", "Binjiang South Road", LABEL_ROAD, (180, 392), 24.0),
    ("学府路", "Xuefu Road", LABEL_ROAD, (660, 538), 14.0),
    ("中轴路", "Central Axis Road", LABEL_ROAD, (378, 494), 79.0),
    ("东泽路", "Dongze Road", LABEL_ROAD, (614, 214), 89.0),
    ("西岭路", "Xiling Road", LABEL_ROAD, (234, 186), 81.0),
    ("北环路", "North Ring Road", LABEL_ROAD, (318, 83), 3.0),
)


def districts() -> tuple[District, ...]:
    """The five districts with their borders in degrees."""
    rings = dict(drawing().districts)
    return tuple(District(code, name, english, closed(rings[short])) for short, name, english, code, _ in DISTRICTS)


def street_office(district_code: str) -> str:
    """Code of the subdistrict office that looks after a district's ground."""
    return next(f"street_{latin}" for _, _, _, code, latin in DISTRICTS if code == district_code)


def cells() -> tuple[Cell, ...]:
    """Grid cells with 15-digit codes, numbered within a district from west to east, then from north to south."""
    found: list[Cell] = []
    for short, _, english, district, _ in DISTRICTS:
        rings = [ring for owner, ring in drawing().cells if owner == short]
        for order, ring in enumerate(sorted(rings, key=_reading_order)):
            subdistrict, within = divmod(order, CELLS_A_SUBDISTRICT)
            community, sequence = divmod(within, CELLS_A_COMMUNITY)
            code = f"{district}{subdistrict + 1:03d}{community + 1:03d}{sequence + 1:03d}"
            number = f"{subdistrict + 1:02d}{within + 1:02d}"
            names = f"{short} {number}", f"{english.removesuffix(' District')} {number}"
            found.append(Cell(code, *names, district, street_office(district), closed(ring)))
    return tuple(found)


def base_map(rng: random.Random) -> tuple[MapFeature, ...]:
    """Parks, water, blocks, roads and names; the drawing order is the reader's business."""
    drawn = drawing()
    water = tuple(closed(ring) for ring in drawn.water)
    found = [MapFeature("park", "", "", 0, "Polygon", (closed(ring),)) for ring in drawn.parks]
    found += [
        MapFeature("block", "", "", 0, "Polygon", (closed(ring),))
        for ring in blocks(land_blocks_lie_on(), drawn.parks, rng)
    ]
    found.append(MapFeature("water", "澜江", "Lan River", 0, "Polygon", water))
    found += [
        MapFeature("road", road.name, road.name_en, road.rank, "LineString", tuple(degrees(at) for at in road.line))
        for road in drawn.roads
    ]
    found += [_label(*label) for label in LABELS]
    return tuple(found)


def _label(name: str, name_en: str, style: int, at: Point, angle: float) -> MapFeature:
    """A name with its direction: a short line that starts where the name stands and runs as the name runs."""
    turn = radians(angle)
    end = (at[0] + 10 * cos(turn), at[1] + 10 * sin(turn))
    return MapFeature("label", name, name_en, style, "LineString", (degrees(at), degrees(end)))


def _reading_order(ring: Sequence[Point]) -> tuple[int, float]:
    x, y = middle(ring)
    return int(y // ROW_HEIGHT), x
