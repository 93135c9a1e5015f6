"""The base map: a city's own vector data, projected once and drawn once for each version and language. No Django.

Features are GeoJSON with a property `kind`:

    land, park, water, block   areas
    road                       lines with `class` 1 (trunk) to 3 (street)
    district                   areas with `name`, `name_en`
    cell                       areas with `code` (unit grid, 15 digits)
    label                      points with `text`, `text_en`, `style` (place, river, road, water) and `angle` in degrees

A city that has district areas alone gets a plain map of its districts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, isfinite, radians
from typing import Any, Final

from cityloop.kernel.ui import svg
from cityloop.kernel.ui.markup import coordinate

WIDTH: Final = 800.0
ROAD_WIDTHS: Final = {1: 3.6, 2: 2.4, 3: 1.4}
AREAS: Final = ("land", "park", "block", "water")
_MARGIN: Final = 0.02
_CACHED: Final = 4

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class BadBasemapError(ValueError):
    """Map data that can't be drawn. The message names the feature, what is allowed and what to do."""


@dataclass(frozen=True)
class Frame:
    """Longitude and latitude to the drawing's units: equirectangular, true to scale at the middle latitude.

    Args:
        west, north: Degrees of the upper left corner.
        per_degree: Units for a degree of latitude. `squeeze`: share of that for a degree of longitude.
    """

    west: float
    north: float
    per_degree: float
    squeeze: float
    width: float
    height: float

    def place(self, longitude: float, latitude: float) -> Point:
        """A point of the drawing for a point of the city, degrees CGCS2000."""
        return (longitude - self.west) * self.per_degree * self.squeeze, (self.north - latitude) * self.per_degree


@dataclass(frozen=True)
class Shape:
    """One area or line, ready to be drawn, with the box it lies in."""

    kind: str
    d: str
    box: Box
    road_class: int = 3


@dataclass(frozen=True)
class Label:
    """A name on the map in both languages."""

    text: str
    text_en: str
    style: str
    at: Point
    angle: float = 0.0


@dataclass(frozen=True, eq=False)
class Basemap:
    """A city's map, projected. Build it once for a version with `from_features`, or through `cached`."""

    version: str
    frame: Frame
    shapes: tuple[Shape, ...]
    cells: Mapping[str, Shape]
    labels: tuple[Label, ...]
    only_districts: bool

    @classmethod
    def from_features(cls, features: Iterable[Mapping[str, Any]], *, version: str) -> "Basemap":
        """Project and order map data.

        Args:
            features: GeoJSON features, degrees CGCS2000; kinds not named above are left out.
            version: Changes when the data change.

        Raises:
            BadBasemapError: A geometry that is not GeoJSON, or no area, line or cell at all.
        """
        read = [_read(feature, number) for number, feature in enumerate(features)]
        drawn = [item for item in read if item.kind and item.parts]
        frame = _frame([point for item in drawn if item.kind in _FRAMING for part in item.parts for point in part])
        shapes, cells, labels = [], {}, []
        for item in drawn:
            if item.kind == "label":
                labels.append(_label(item, frame))
                continue
            shape = _shape(item, frame)
            shapes.append(shape)
            if item.kind == "cell":
                cells[str(item.properties.get("code", ""))] = shape
            if item.kind == "district" and item.properties.get("name"):
                labels.append(_district_label(item, frame))
        only = not any(shape.kind in (*AREAS, "road") for shape in shapes)
        return cls(version, frame, tuple(shapes), cells, tuple(labels), only)

    def layer(self, language: str) -> str:
        """The map itself as SVG, without marks; the same string every time."""
        return _layer(self, language)

    def within(self, box: Box) -> list[Shape]:
        """Shapes that touch a box of the drawing."""
        west, north, east, south = box
        return [s for s in self.shapes if s.box[0] < east and s.box[2] > west and s.box[1] < south and s.box[3] > north]


_kept: dict[str, Basemap] = {}


def cached(version: str, load: Callable[[], Iterable[Mapping[str, Any]]]) -> Basemap:
    """The map of a version, projected at the first call only.

    Args:
        version: Of the data.
        load: Reads the features; called when the version is not known yet.
    """
    if version not in _kept:
        while len(_kept) >= _CACHED:
            _kept.pop(next(iter(_kept)))
        _kept[version] = Basemap.from_features(load(), version=version)
    return _kept[version]


def draw(shapes: Sequence[Shape], *, only_districts: bool = False) -> list[str]:
    """Shapes as SVG paths, one for each kind, lower ones first."""
    found = []
    if only_districts:
        found += _joined(shapes, "district", "district-fill")
    for kind in AREAS:
        found += _joined(shapes, kind, kind)
    for road_class in (3, 2, 1):
        d = "".join(s.d for s in shapes if s.kind == "road" and s.road_class == road_class)
        if d:
            found.append(svg.path("road", d, stroke_width=ROAD_WIDTHS[road_class]))
    return [*found, *_joined(shapes, "cell", "grid"), *_joined(shapes, "district", "district")]


def _joined(shapes: Sequence[Shape], kind: str, css: str) -> list[str]:
    d = "".join(shape.d for shape in shapes if shape.kind == kind)
    return [svg.path(css, d)] if d else []


@lru_cache(maxsize=2 * _CACHED)
def _layer(base: Basemap, language: str) -> str:
    names = []
    for label in base.labels:
        text = label.text if language.startswith("zh") or not label.text_en else label.text_en
        turn = f"rotate({coordinate(label.angle)} {svg.at(*label.at)})"
        turned: dict[str, Any] = {"transform": turn} if label.angle else {}
        names.append(svg.words(*label.at, text, label.style, "middle", **turned))
    drawn = "".join(draw(base.shapes, only_districts=base.only_districts))
    return f'<g aria-hidden="true">{drawn}<g class="names">{"".join(names)}</g></g>'


# ── Reading GeoJSON ──────────────────────────────────────────────────────────

_KINDS: Final = frozenset({*AREAS, "road", "district", "cell", "label"})
_FRAMING: Final = frozenset({"land", "district", "cell", "block", "road"})
_STYLES: Final = {"place": "place", "river": "river", "road": "street", "water": "water-name"}


_PARTS: Final[Mapping[str, Callable[[Any], list[Any]]]] = {
    "Point": lambda at: [[at]],
    "LineString": lambda at: [at],
    "MultiLineString": list,
    "Polygon": list,
    "MultiPolygon": lambda at: [ring for polygon in at for ring in polygon],
}
"""GeoJSON geometry → its parts, each a list of points."""


@dataclass(frozen=True)
class _Read:
    kind: str
    closed: bool
    parts: list[list[Point]]
    properties: Mapping[str, Any]


def _read(feature: Mapping[str, Any], number: int) -> _Read:
    geometry = feature.get("geometry") or {}
    properties = feature.get("properties") or {}
    form, at = str(geometry.get("type")), geometry.get("coordinates")
    closed = form in ("Polygon", "MultiPolygon")
    kind = properties.get("kind") or ("district" if closed else "")
    if kind not in _KINDS:
        return _Read("", closed, [], properties)
    try:
        parts = _PARTS[form](at)
        points = [[(float(point[0]), float(point[1])) for point in part] for part in parts if part]
    except (KeyError, TypeError, ValueError, IndexError):
        raise BadBasemapError(
            f"Feature {number} ({kind}) has a geometry of type {form!r} that can't be read; allowed: GeoJSON Point, "
            "LineString, MultiLineString, Polygon, MultiPolygon with numbers in degrees. Correct or remove it."
        ) from None
    for longitude, latitude in (point for part in points for point in part):
        if not (isfinite(longitude) and isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
            raise BadBasemapError(
                f"Feature {number} ({kind}) has the point {longitude}, {latitude}; allowed: longitude −180 to 180, "
                "latitude −90 to 90, in that order. Convert projected coordinates to degrees."
            )
    return _Read(kind, closed, points, properties)


def _frame(points: Sequence[Point]) -> Frame:
    if not points:
        raise BadBasemapError(
            "The map data have no area or line; allowed: GeoJSON features of kind district, cell, land, block or road. "
            "Load the city's districts first."
        )
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    wide, high = max(east - west, 1e-4), max(north - south, 1e-4)
    west, east, south, north = (
        west - wide * _MARGIN, east + wide * _MARGIN, south - high * _MARGIN, north + high * _MARGIN,
    )  # fmt: skip
    squeeze = max(0.05, cos(radians((south + north) / 2)))
    per_degree = WIDTH / max((east - west) * squeeze, (north - south) * 0.5)
    width, height = (east - west) * squeeze * per_degree, (north - south) * per_degree
    return Frame(west, north, per_degree, squeeze, width, height)


def _shape(item: _Read, frame: Frame) -> Shape:
    parts = [[frame.place(*point) for point in part] for part in item.parts]
    d = "".join(svg.line(part) + ("z" if item.closed else "") for part in parts)
    xs, ys = [x for part in parts for x, _ in part], [y for part in parts for _, y in part]
    road = item.properties.get("class", 3)
    return Shape(item.kind, d, (min(xs), min(ys), max(xs), max(ys)), road if road in ROAD_WIDTHS else 3)


def _label(item: _Read, frame: Frame) -> Label:
    text = str(item.properties.get("text", ""))
    angle = item.properties.get("angle") or 0
    style = _STYLES.get(str(item.properties.get("style", "road")), "street")
    return Label(text, str(item.properties.get("text_en") or ""), style, frame.place(*item.parts[0][0]), float(angle))


def _district_label(item: _Read, frame: Frame) -> Label:
    """A district's name at the middle of its largest area."""
    rings = [[frame.place(*point) for point in part] for part in item.parts]
    ring = max(rings, key=lambda part: abs(_area(part)))
    at = item.properties.get("label_at")
    place = frame.place(float(at[0]), float(at[1])) if at else _middle(ring)
    return Label(str(item.properties["name"]), str(item.properties.get("name_en") or ""), "place", place)


def _area(ring: Sequence[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def _middle(ring: Sequence[Point]) -> Point:
    """Centre of mass of an area; the mean of its corners when it has none."""
    area = _area(ring)
    if abs(area) < 1e-6:
        return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    x = y = 0.0
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = a[0] * b[1] - b[0] * a[1]
        x, y = x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
    return x / (6 * area), y / (6 * area)
