"""A picture of the city with a few marks and nothing to click: for readers who only want to see. No Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cityloop.kernel.ui.basemap import Basemap
from cityloop.kernel.ui.markup import Markup, coordinate, escape
from cityloop.kernel.ui.shapes import level_mark

# The picture is shown at about half the size of the drawing.
MARK_RADIUS: Final = 19.0


@dataclass(frozen=True)
class Spot:
    """A mark: degrees, and the level 1 to 4 whose shape it has."""

    longitude: float
    latitude: float
    level: int


def picture(base: Basemap, spots: Sequence[Spot], *, label: str, language: str) -> Markup:
    """The whole city as one image.

    Args:
        spots: The gravest are drawn last, so that they lie on top.
        label: What it shows, for people who can't see it.
        language: `zh-hans` or `en`, for the names on the map.
    """
    marks = []
    for spot in sorted(spots, key=lambda one: -one.level):
        x, y = base.frame.place(spot.longitude, spot.latitude)
        marks.append(level_mark(spot.level, x, y, MARK_RADIUS))
    wide, high = coordinate(base.frame.width), coordinate(base.frame.height)
    return Markup(
        f'<svg class="map" viewBox="0 0 {wide} {high}" preserveAspectRatio="xMidYMid slice" role="img" '
        f'aria-label="{escape(label)}">{base.layer(language)}<g aria-hidden="true">{"".join(marks)}</g></svg>'
    )


def middle_of_cell(base: Basemap, code: str) -> tuple[float, float] | None:
    """Longitude and latitude of a grid cell's middle: where a mark may stand that must not tell the exact place."""
    shape = base.cells.get(code)
    if shape is None:
        return None
    west, north, east, south = shape.box
    frame = base.frame
    longitude = frame.west + (west + east) / 2 / (frame.per_degree * frame.squeeze)
    return longitude, frame.north - (north + south) / 2 / frame.per_degree
