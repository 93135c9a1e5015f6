"""The city map as SVG: a cached base layer, and marks drawn for each request. No Django.

Basemap ── render(base, markers=…, things=…) ──→ the city with its incidents
        ── locator(base, lon, lat) ──→ a small map around one point
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite
from typing import Final, Literal

from cityloop.kernel.ui import svg
from cityloop.kernel.ui.basemap import BadBasemapError, Basemap, Frame, Point, cached, draw
from cityloop.kernel.ui.markup import Markup, coordinate, escape, text_width_px
from cityloop.kernel.ui.shapes import checked_level, level_mark

__all__ = [
    "BadBasemapError", "Basemap", "MapWords", "Marker", "Route", "Thing", "cached", "locator", "render",
]  # fmt: skip

_CLUSTER_PX: Final = 30.0
_TABBED_MAX: Final = 40
_RADIUS: Final = {1: 11.5, 2: 11.0, 3: 9.5, 4: 9.5}
_LOCATOR: Final = (250.0, 150.0)


@dataclass(frozen=True)
class Marker:
    """An incident on the map.

    Args:
        id: Also that of its item in the list (`data-id`).
        longitude, latitude: Degrees.
        level: 1 to 4.
        title: Level and what it is, in words.
        href: Where it leads.
    """

    id: str
    longitude: float
    latitude: float
    level: int
    title: str
    href: str


@dataclass(frozen=True)
class Thing:
    """A device. `fill` is the share of a gauge that is full, 0 to 1."""

    longitude: float
    latitude: float
    kind: Literal["sensor", "gauge", "rain"] = "sensor"
    fill: float = 0.0


@dataclass(frozen=True)
class Route:
    """A stretch of road in a level's colour: (longitude, latitude) along it."""

    points: tuple[Point, ...]
    level: int


@dataclass(frozen=True)
class MapWords:
    """The words the map says by itself (`cityloop.kernel.ui.words` has them translated)."""

    cluster: str = "{count} incidents here, gravest level {level}"


@dataclass(frozen=True)
class _Placed:
    marker: Marker
    x: float
    y: float


def render(
    base: Basemap,
    *,
    label: str,
    language: str,
    markers: Sequence[Marker] = (),
    things: Sequence[Thing] = (),
    routes: Sequence[Route] = (),
    selected: str | None = None,
    callout: tuple[str, str] | None = None,
    cell: str | None = None,
    words: MapWords | None = None,
) -> Markup:
    """The whole city with its incidents.

    Args:
        label: What the map shows, with the number of incidents, for people who can't see it.
        language: `zh-hans` or `en`, for the names on the map.
        selected: Id of the chosen marker. `callout`: two short lines beside it.
        cell: Code of a grid cell to point out.
    """
    words = words or MapWords()
    placed = [
        _Placed(m, *base.frame.place(m.longitude, m.latitude)) for m in markers if isfinite(m.longitude + m.latitude)
    ]
    chosen = next((p for p in placed if p.marker.id == selected), None)
    tabbed = len(placed) <= _TABBED_MAX
    body = [
        base.layer(language),
        f'<g aria-hidden="true">{_cell(base, cell)}{_routes(base.frame, routes)}{_things(base.frame, things)}</g>',
    ]
    for group in sorted(_groups([p for p in placed if p is not chosen]), key=lambda g: -min(p.marker.level for p in g)):
        body.append(_marker(group[0], tabbed=tabbed) if len(group) == 1 else _cluster(group, words))
    if chosen is not None:
        body += [_callout(chosen, callout, base.frame), _marker(chosen, tabbed=True, current=True)]
    width, height = coordinate(base.frame.width), coordinate(base.frame.height)
    kind = "map only-districts" if base.only_districts else "map"
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" data-home="0 0 {width} {height}" '
        f'preserveAspectRatio="xMidYMid meet" role="group" aria-label="{escape(label)}">{"".join(body)}</svg>'
    )


def locator(
    base: Basemap, longitude: float, latitude: float, *, level: int | None, label: str, cell: str | None = None
) -> Markup:
    """A small map around one point, to be put in a box of class `locator`.

    Args:
        level: Of the mark at the point; None draws a plain dot.
        label: The place in words.
        cell: Code of the grid cell to point out.
    """
    x, y = base.frame.place(longitude, latitude)
    wide, high = _LOCATOR
    if cell in base.cells:
        west, north, east, south = base.cells[cell or ""].box
        grow = min(3.0, max(1.0, (east - west) * 1.6 / wide, (south - north) * 1.6 / high))
        wide, high = wide * grow, high * grow
    box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    margin = (box[0] - wide, box[1] - high, box[2] + wide, box[3] + high)
    scale = wide / _LOCATOR[0]
    mark = svg.dot("own-place", 0, 0, 6) if level is None else level_mark(level, 0, 0, 8)
    shapes = [shape for shape in base.within(margin) if shape.kind != "cell"]
    body = "".join(draw(shapes, only_districts=base.only_districts)) + _cell(base, cell)
    body += f'<g transform="translate({svg.at(x, y)}) scale({coordinate(scale)})">{mark}</g>'
    view = " ".join(coordinate(v) for v in (box[0], box[1], wide, high))
    return Markup(
        f'<svg class="map" viewBox="{view}" preserveAspectRatio="xMidYMid slice" role="img" '
        f'aria-label="{escape(label)}"><g aria-hidden="true">{body}</g></svg>'
    )


# ── Marks ────────────────────────────────────────────────────────────────────


def _groups(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    """Markers that would lie on each other at city zoom, together; the gravest of a group first."""
    groups: list[list[_Placed]] = []
    near: dict[tuple[int, int], list[list[_Placed]]] = defaultdict(list)
    for mark in sorted(placed, key=lambda p: (p.marker.level, p.marker.id)):
        column, row = int(mark.x // _CLUSTER_PX), int(mark.y // _CLUSTER_PX)
        around = (g for i in (-1, 0, 1) for j in (-1, 0, 1) for g in near[column + i, row + j])
        home = next((g for g in around if hypot(g[0].x - mark.x, g[0].y - mark.y) < _CLUSTER_PX), None)
        if home is None:
            home = []
            groups.append(home)
            near[column, row].append(home)
        home.append(mark)
    return groups


def _marker(placed: _Placed, *, tabbed: bool, current: bool = False) -> str:
    mark, x, y = placed.marker, coordinate(placed.x), coordinate(placed.y)
    radius = _RADIUS[checked_level(mark.level)] * (1.15 if current else 1)
    state = (' aria-current="true"' if current else "") + ("" if tabbed else ' tabindex="-1"')
    return (
        f'<a class="marker" href="{escape(mark.href)}" data-id="{escape(mark.id)}" data-x="{x}" data-y="{y}" '
        f'transform="translate({x} {y})"{state}><title>{escape(mark.title)}</title>'
        f'<circle class="pick" r="17"/>{level_mark(mark.level, 0, 0, radius)}</a>'
    )


def _cluster(group: Sequence[_Placed], words: MapWords) -> str:
    """One mark for several, the gravest, with their number; the markers themselves appear when the map is enlarged."""
    first, x, y = group[0], coordinate(group[0].x), coordinate(group[0].y)
    reach = max(hypot(p.x - first.x, p.y - first.y) for p in group)
    split = min(6.0, max(1.6, 3.0 * _CLUSTER_PX / max(reach, 1.0)))
    title = words.cluster.format(count=len(group), level=first.marker.level)
    count, wide = str(len(group)), 12 + 6 * len(str(len(group)))
    inside = "".join(_marker(p, tabbed=False) for p in reversed(group))
    return (
        f'<g class="cluster" data-split="{coordinate(split)}"><g class="kids" display="none">{inside}</g>'
        f'<a class="sum" href="{escape(first.marker.href)}" data-first="{escape(first.marker.id)}" data-x="{x}" '
        f'data-y="{y}" transform="translate({x} {y})" tabindex="-1"><title>{escape(title)}</title>'
        f"{level_mark(first.marker.level, 0, 0, 12)}"
        f'<rect class="many" x="6" y="-18" width="{wide}" height="14" rx="7"/>'
        f'<text x="{coordinate(6 + wide / 2)}" y="-7.5">{count}</text></a></g>'
    )


def _callout(placed: _Placed, lines: tuple[str, str] | None, frame: Frame) -> str:
    """Two lines beside the chosen mark, on the side with more room."""
    if lines is None:
        return ""
    wide = max(text_width_px(line) for line in lines) + 22
    left = -wide - 22 if placed.x > frame.width / 2 else 22
    top = -62 if placed.y > 80 else 18
    edge = left + wide if left < 0 else left
    return (
        f'<g class="call" aria-hidden="true" data-x="{coordinate(placed.x)}" data-y="{coordinate(placed.y)}" '
        f'transform="translate({svg.at(placed.x, placed.y)})">'
        f"{svg.path('lead', f'M0 0L{svg.at(edge, top + 22)}')}"
        f'<rect class="callout" x="{coordinate(left)}" y="{top}" width="{coordinate(wide)}" height="44" rx="3"/>'
        f"{svg.words(left + 11, top + 18, lines[0], 'strong plain')}"
        f"{svg.words(left + 11, top + 36, lines[1], 'plain')}</g>"
    )


def _cell(base: Basemap, code: str | None) -> str:
    shape = base.cells.get(code) if code else None
    return svg.path("cell", shape.d) if shape else ""


def _routes(frame: Frame, routes: Sequence[Route]) -> str:
    lines = [
        (svg.line([frame.place(*point) for point in route.points]), checked_level(route.level)) for route in routes
    ]
    under = "".join(d for d, _ in lines)
    return (svg.path("case", under) if under else "") + "".join(svg.path(f"slow{level}", d) for d, level in lines)


def _things(frame: Frame, things: Sequence[Thing]) -> str:
    """Devices: all sensors are dots of two paths, which stay as small when the map is enlarged."""
    dots, marks = "", []
    for thing in things:
        x, y = frame.place(thing.longitude, thing.latitude)
        if thing.kind == "gauge":
            full = 16 * max(0.0, min(1.0, thing.fill if isfinite(thing.fill) else 0.0))
            level = svg.path("level", f"M-3 {coordinate(8 - full)}h6v{coordinate(full)}h-6z") if full else ""
            marks.append(_device(x, y, svg.path("gauge", "M-3-8h6v16h-6z") + level))
        elif thing.kind == "rain":
            marks.append(_device(x, y, svg.path("rain-thing", "M0-6l3.2 5a3.6 3.6 0 1 1-6.4 0z")))
        else:
            dots += f"M{svg.at(x, y)}h0"
    sensors = svg.path("thing-edge", dots) + svg.path("thing-dot", dots) if dots else ""
    return sensors + "".join(marks)


def _device(x: float, y: float, drawn: str) -> str:
    place = f'data-x="{coordinate(x)}" data-y="{coordinate(y)}" transform="translate({svg.at(x, y)})"'
    return f"<g {place}>{drawn}</g>"
