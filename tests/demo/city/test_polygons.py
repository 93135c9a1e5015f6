"""Clipping and insetting."""

from math import cos, pi, sin

from hypothesis import given
from hypothesis import strategies as st

from cityloop.demo.city.polygons import along_line, area, contains, crossing, inset, keep_side, middle

corners = st.integers(3, 9)
sizes = st.floats(2.0, 100.0)
angles = st.floats(0.0, 2 * pi)


def regular(count: int, radius: float, turn: float = 0.0) -> list[tuple[float, float]]:
    return [(radius * cos(turn + 2 * pi * k / count), radius * sin(turn + 2 * pi * k / count)) for k in range(count)]


@given(corners, sizes, angles, angles, st.floats(-0.9, 0.9))
def test_a_cut_divides_the_area(count: int, radius: float, turn: float, direction: float, shift: float) -> None:
    ring = regular(count, radius, turn)
    normal = (cos(direction), sin(direction))
    at = (normal[0] * shift * radius, normal[1] * shift * radius)
    parts = [keep_side(ring, at, side) for side in (normal, (-normal[0], -normal[1]))]
    total = sum(abs(area(part)) for part in parts if len(part) > 2)
    assert abs(total - abs(area(ring))) <= 1e-6 * radius**2


@given(corners, sizes, st.floats(0.01, 0.3))
def test_an_inset_of_a_regular_polygon_is_a_smaller_one(count: int, radius: float, share: float) -> None:
    ring = regular(count, radius)
    inner_radius = radius * cos(pi / count)
    by = share * inner_radius
    found = inset(ring, by)
    # Closed form: the inset of a regular polygon is similar to it, shrunk by (r − d) / r of its inner radius r.
    assert abs(area(found) / area(ring) - ((inner_radius - by) / inner_radius) ** 2) < 1e-6
    assert all(contains(ring, x * 0.999, y * 0.999) for x, y in found)


def test_an_inset_wider_than_the_ring_is_empty() -> None:
    assert inset(regular(4, 5.0), 6.0) == []


def test_lines_cross_where_they_should() -> None:
    assert crossing([(0, 0), (2, 2)], [(0, 2), (2, 0)]) == (1.0, 1.0)
    assert crossing([(0, 0), (1, 0)], [(0, 1), (1, 1)]) is None
    assert along_line([(0, 0), (2, 0), (2, 2)], 0.75) == (2.0, 1.0)
    assert middle([(0, 0), (4, 0), (4, 2), (0, 2)]) == (2.0, 1.0)
