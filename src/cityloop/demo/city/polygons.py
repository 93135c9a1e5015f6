"""Small plane geometry for drawing a city: areas, clipping by a line, splitting, insetting. Units are the caller's."""

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

Point = tuple[float, float]
Ring = list[Point]


def area(ring: Sequence[Point]) -> float:
    """Signed area of a ring given without its closing point (positive when the corners run from x to y)."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def middle(ring: Sequence[Point]) -> Point:
    """Centre of mass of a ring."""
    whole = area(ring)
    x = y = 0.0
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = a[0] * b[1] - b[0] * a[1]
        x, y = x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
    return x / (6 * whole), y / (6 * whole)


def contains(ring: Sequence[Point], x: float, y: float) -> bool:
    """Whether a ring holds a point (W. R. Franklin, PNPOLY: a shared border belongs to one side)."""
    inside = False
    for number, (x1, y1) in enumerate(ring):
        x2, y2 = ring[number - 1]
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def keep_side(ring: Sequence[Point], at: Point, normal: Point) -> Ring:
    """The part of a ring on the side of a line that its normal points to (Sutherland and Hodgman 1974)."""
    found: Ring = []
    for number, end in enumerate(ring):
        start = ring[number - 1]
        side_a = (start[0] - at[0]) * normal[0] + (start[1] - at[1]) * normal[1]
        side_b = (end[0] - at[0]) * normal[0] + (end[1] - at[1]) * normal[1]
        if (side_a > 0) != (side_b > 0):
            share = side_a / (side_a - side_b)
            found.append((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])))
        if side_b > 0:
            found.append(end)
    return found


def inset(ring: Sequence[Point], by: float) -> Ring:
    """A ring drawn in from its border, exact for convex rings; empty when nothing is left."""
    turn = 1.0 if area(ring) > 0 else -1.0
    found = list(ring)
    for number, end in enumerate(ring):
        start = ring[number - 1]
        side = hypot(end[0] - start[0], end[1] - start[1])
        if side < 1e-9 or not found:
            continue
        normal = (-(end[1] - start[1]) / side * turn, (end[0] - start[0]) / side * turn)
        found = keep_side(found, (start[0] + normal[0] * by, start[1] + normal[1] * by), normal)
    return found if len(found) > 2 else []


def long_axis(ring: Sequence[Point]) -> tuple[Point, float]:
    """Unit vector of a ring's longer direction and how many times longer it is than wide.

    The direction is the longest side's or the one across it: streets run with the sides of the block they divide.
    """
    start, end = max(
        ((ring[number - 1], ring[number]) for number in range(len(ring))),
        key=lambda side: hypot(side[1][0] - side[0][0], side[1][1] - side[0][1]),
    )
    longest = hypot(end[0] - start[0], end[1] - start[1])
    along = ((end[0] - start[0]) / longest, (end[1] - start[1]) / longest)
    across = (-along[1], along[0])
    spans = [_span(ring, direction) for direction in (along, across)]
    if spans[0] >= spans[1]:
        return along, spans[0] / max(spans[1], 1e-9)
    return across, spans[1] / max(spans[0], 1e-9)


def crossing(a: Sequence[Point], b: Sequence[Point]) -> Point | None:
    """The first point where two lines cross."""
    for (x1, y1), (x2, y2) in pairwise(a):
        for (x3, y3), (x4, y4) in pairwise(b):
            below = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3)
            if abs(below) < 1e-12:
                continue
            s = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / below
            t = ((x3 - x1) * (y2 - y1) - (y3 - y1) * (x2 - x1)) / below
            if 0 <= s <= 1 and 0 <= t <= 1:
                return x1 + s * (x2 - x1), y1 + s * (y2 - y1)
    return None


def length(line: Sequence[Point]) -> float:
    """How long a line is."""
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line))


def along_line(line: Sequence[Point], share: float) -> Point:
    """The point at a share (0 to 1) of a line's length."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line)]
    left = share * sum(lengths)
    for number, piece in enumerate(lengths):
        if left <= piece or number == len(lengths) - 1:
            a, b = line[number], line[number + 1]
            part = min(1.0, left / piece) if piece else 0.0
            return a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])
        left -= piece
    raise ValueError("a line needs at least two points")


def _span(ring: Sequence[Point], direction: Point) -> float:
    reach = [x * direction[0] + y * direction[1] for x, y in ring]
    return max(reach) - min(reach)
