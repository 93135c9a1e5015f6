"""The drawn ground of Lanchuan: read once from the data file, and the way from its units to degrees.

Source of the drawing: the project's own mock map (design/mock/operations.html), converted once; see demo/README.md.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import cos, radians
from typing import Final

from cityloop.demo.city.polygons import Point, Ring

# One unit of the drawing, metres; the sheet is 800 × 620 units = 14 × 10.85 km.
UNIT_M: Final = 17.5
# Upper left corner of the sheet: in the plain of the middle Yangtze, where no city of this shape lies.
WEST_DEG: Final = 112.74
NORTH_DEG: Final = 30.62
METRES_A_DEGREE: Final = 111_320.0
_SQUEEZE: Final = cos(radians(30.57))


@dataclass(frozen=True)
class Road:
    """A named road. `rank`: 1 trunk, 2 main, 3 street."""

    name: str
    name_en: str
    rank: int
    line: tuple[Point, ...]


@dataclass(frozen=True)
class Drawing:
    """The ground in units of the drawing: x to the east, y to the south. Rings come without their closing point."""

    width: float
    height: float
    districts: tuple[tuple[str, tuple[Point, ...]], ...]
    cells: tuple[tuple[str, tuple[Point, ...]], ...]
    roads: tuple[Road, ...]
    water: tuple[tuple[Point, ...], ...]
    parks: tuple[tuple[Point, ...], ...]


@lru_cache(maxsize=1)
def drawing() -> Drawing:
    """The ground as drawn; `water` is the river with stream and lake, then the island as a hole."""
    raw = json.loads((files("cityloop.demo") / "data" / "lanchuan.json").read_text(encoding="utf-8"))
    width, height = raw["size"]
    return Drawing(
        width=float(width),
        height=float(height),
        districts=tuple((row["name"], _points(row["ring"])) for row in raw["districts"]),
        cells=tuple((row["district"], _points(row["ring"])) for row in raw["cells"]),
        roads=tuple(Road(row["name"], row["name_en"], row["rank"], _points(row["line"])) for row in raw["roads"]),
        water=tuple(_points(text) for text in raw["water"]),
        parks=tuple(_points(text) for text in raw["parks"]),
    )


def degrees(point: Point) -> Point:
    """Longitude and latitude of a point of the drawing, to 0.1 m so that equal corners stay equal."""
    return (
        round(WEST_DEG + point[0] * UNIT_M / (METRES_A_DEGREE * _SQUEEZE), 6),
        round(NORTH_DEG - point[1] * UNIT_M / METRES_A_DEGREE, 6),
    )


def metres(longitude: float, latitude: float) -> Point:
    """Metres east and south of the sheet's upper left corner."""
    return (longitude - WEST_DEG) * METRES_A_DEGREE * _SQUEEZE, (NORTH_DEG - latitude) * METRES_A_DEGREE


def sheet_m() -> Point:
    """Width and height of the sheet, metres."""
    return drawing().width * UNIT_M, drawing().height * UNIT_M


def closed(ring: Sequence[Point]) -> tuple[Point, ...]:
    """A ring in degrees with its closing point, as GeoJSON wants it."""
    found = [degrees(point) for point in ring]
    return (*found, found[0])


def land_blocks_lie_on() -> list[Ring]:
    """The pieces of ground that are divided into blocks: the grid cells, which end at roads and banks."""
    return [list(ring) for _, ring in drawing().cells]


def _points(text: str) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in (pair.split(",") for pair in text.split()))
