"""From the city's stored map features to those the drawing takes. No Django.

The stored features carry `name`, `name_en` and `rank`. A road's rank is its class, 1 trunk to 3 street. A label's rank
is its style: 1 place, 2 river, 3 road, 4 water; drawn as a line it runs as the line does. Roads and waters that have a
name and no label get one in the middle of their longest line.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians
from typing import Any, Final

_ROAD_RANKS: Final = (1, 2, 3)
_LABELLED_ROADS: Final = (1, 2)
_LABEL_STYLES: Final = {1: "place", 2: "river", 3: "road", 4: "water"}
_UPRIGHT: Final = 75.0

Point = tuple[float, float]


def drawable(features: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Features as `kernel.ui.basemap` takes them.

    Args:
        features: GeoJSON with `kind`, `name`, `name_en`, `rank`, and `code` for cells and districts; degrees CGCS2000.
    """
    features = list(features)
    named = {
        str(about.get("name")) for one in features if (about := one.get("properties") or {}).get("kind") == "label"
    }
    labels: list[dict[str, Any]] = []
    for feature in features:
        about = dict(feature.get("properties") or {})
        geometry = feature.get("geometry")
        kind, name, rank = about.get("kind"), str(about.get("name") or ""), about.get("rank") or 0
        if kind == "label":
            labels.append(_stored_label(about, geometry))
            continue
        if kind == "stream":
            about["kind"] = "water"
        if kind == "road":
            about["class"] = rank if rank in _ROAD_RANKS else 3
        yield _feature(about, geometry)
        if name and name not in named and (kind in ("water", "stream") or (kind == "road" and rank in _LABELLED_ROADS)):
            label = _label(about, geometry, "road" if kind == "road" else "water")
            if label:
                named.add(name)
                labels.append(label)
    yield from labels


def _stored_label(about: Mapping[str, Any], geometry: Any) -> dict[str, Any]:
    """A label as it was entered: at a point, or where a short line begins and as that line runs."""
    line = _longest_line(geometry)
    if len(line) > 1:
        geometry = {"type": "Point", "coordinates": list(line[0])}
    text = {
        "text": about.get("name") or "",
        "text_en": about.get("name_en") or "",
        "style": about.get("style") or _LABEL_STYLES.get(int(about.get("rank") or 1), "road"),
        "angle": _direction(line[0], line[1]) if len(line) > 1 else about.get("angle") or 0,
    }
    return _feature({"kind": "label", **text}, geometry)


def _label(about: Mapping[str, Any], geometry: Any, style: str) -> dict[str, Any] | None:
    """A name in the middle of a line, turned along it; in the middle of the outline of an area."""
    line = _longest_line(geometry)
    if len(line) < 2:
        return None
    is_line = str((geometry or {}).get("type", "")).endswith("LineString")
    at, angle = _middle(line) if is_line else (_centre(line), 0.0)
    # A name that would stand on its head or climb a wall is harder to read than one that lies flat.
    angle = (angle + 90) % 180 - 90
    text = {"text": about.get("name"), "text_en": about.get("name_en") or "", "style": style}
    turned = angle if abs(angle) <= _UPRIGHT else 0
    return _feature({"kind": "label", **text, "angle": turned}, {"type": "Point", "coordinates": list(at)})


def _longest_line(geometry: Any) -> list[Point]:
    form, at = (geometry or {}).get("type"), (geometry or {}).get("coordinates") or []
    lines: list[Any] = []
    if form == "LineString":
        lines = [at]
    elif form == "MultiLineString":
        lines = at
    elif form == "Polygon":
        lines = at[:1]
    elif form == "MultiPolygon":
        lines = [polygon[0] for polygon in at]
    found = [[(float(p[0]), float(p[1])) for p in line] for line in lines]
    return max(found, key=_length, default=[])


def _length(line: list[Point]) -> float:
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line))


def _middle(line: list[Point]) -> tuple[Point, float]:
    """The point half way along, and the direction there in degrees of the drawing (its y goes down)."""
    left = _length(line) / 2
    for a, b in pairwise(line):
        piece = hypot(b[0] - a[0], b[1] - a[1])
        if piece and left <= piece:
            share = left / piece
            at = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
            return at, _direction(a, b)
        left -= piece
    return line[0], 0.0


def _direction(a: Point, b: Point) -> float:
    """Degrees clockwise from the east, as the drawing turns."""
    return -degrees(atan2(b[1] - a[1], (b[0] - a[0]) * cos(radians(a[1]))))


def _centre(ring: list[Point]) -> Point:
    west, east = min(p[0] for p in ring), max(p[0] for p in ring)
    south, north = min(p[1] for p in ring), max(p[1] for p in ring)
    return (west + east) / 2, (south + north) / 2


def _feature(properties: dict[str, Any], geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}
