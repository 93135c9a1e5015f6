"""From a point to the polygon that holds it: a uniform grid of candidate polygons, then the crossing-number test.

The pure core of the point → cell → district look-up. Source of the test: W. R. Franklin, PNPOLY; points on a shared
border belong to exactly one side because the comparison of latitudes is half-open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Ring = Sequence[Sequence[float]]
Polygon = Sequence[Ring]

CELLS_A_SIDE = 64


class GeometryError(ValueError):
    """A geometry that is neither Polygon nor MultiPolygon, or has no usable ring."""


def polygons(geometry: Mapping[str, object]) -> list[Polygon]:
    """The polygons of a GeoJSON Polygon or MultiPolygon (RFC 7946).

    Raises:
        GeometryError: Another type, or a ring with fewer than four positions.
    """
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        found = [coordinates]
    elif kind == "MultiPolygon":
        found = list(coordinates) if isinstance(coordinates, list | tuple) else []
    else:
        raise GeometryError(f"geometry type {kind!r}; allowed: Polygon or MultiPolygon. Export the areas as polygons.")
    for polygon in found:
        if not isinstance(polygon, list | tuple) or not polygon or any(len(ring) < 4 for ring in polygon):
            raise GeometryError("a polygon has a ring of fewer than four positions; close each ring as RFC 7946 asks.")
    return found  # type: ignore[return-value]


def holds(polygon: Polygon, longitude: float, latitude: float) -> bool:
    """Whether a point lies in a polygon (holes left out)."""
    inside = False
    for ring in polygon:
        count = len(ring)
        for number in range(count):
            x1, y1 = ring[number][0], ring[number][1]
            x2, y2 = ring[number - 1][0], ring[number - 1][1]
            if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


@dataclass(frozen=True)
class _Area:
    key: str
    polygon: Polygon
    west: float
    south: float
    east: float
    north: float


class PointLookup:
    """Finds the key of the area that holds a point.

    Args:
        areas: Key → GeoJSON geometry. Where areas overlap, the smaller box wins.
    """

    def __init__(self, areas: Mapping[str, Mapping[str, object]]) -> None:
        self._areas = [_area(key, polygon) for key, geometry in areas.items() for polygon in polygons(geometry)]
        self._areas.sort(key=lambda area: (area.east - area.west) * (area.north - area.south))
        self._buckets: dict[tuple[int, int], list[_Area]] = {}
        if not self._areas:
            return
        self._west = min(area.west for area in self._areas)
        self._south = min(area.south for area in self._areas)
        self._step_x = max((max(area.east for area in self._areas) - self._west) / CELLS_A_SIDE, 1e-9)
        self._step_y = max((max(area.north for area in self._areas) - self._south) / CELLS_A_SIDE, 1e-9)
        for area in self._areas:
            left, bottom = self._bucket(area.west, area.south)
            right, top = self._bucket(area.east, area.north)
            for x in range(left, right + 1):
                for y in range(bottom, top + 1):
                    self._buckets.setdefault((x, y), []).append(area)

    def find(self, longitude: float, latitude: float) -> str | None:
        """The key of the area that holds the point (degrees), or None."""
        if not self._areas:
            return None
        for area in self._buckets.get(self._bucket(longitude, latitude), ()):
            boxed = area.west <= longitude <= area.east and area.south <= latitude <= area.north
            if boxed and holds(area.polygon, longitude, latitude):
                return area.key
        return None

    def _bucket(self, longitude: float, latitude: float) -> tuple[int, int]:
        return int((longitude - self._west) // self._step_x), int((latitude - self._south) // self._step_y)


def _area(key: str, polygon: Polygon) -> _Area:
    xs = [position[0] for position in polygon[0]]
    ys = [position[1] for position in polygon[0]]
    return _Area(key, polygon, min(xs), min(ys), max(xs), max(ys))
