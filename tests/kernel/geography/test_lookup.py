import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.kernel.geography.lookup import GeometryError, PointLookup, holds, polygons


def square(west: float, south: float, side: float) -> dict[str, object]:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


STEP = 1 / 64  # exact in binary, so that neighbours really share their borders


def checkerboard(count: int) -> dict[str, dict[str, object]]:
    return {f"{x}-{y}": square(112 + x * STEP, 30 + y * STEP, STEP) for x in range(count) for y in range(count)}


BOARD = PointLookup(checkerboard(12))


@given(st.floats(0.0001, 11.9999), st.floats(0.0001, 11.9999))
def test_a_point_is_in_the_square_that_its_coordinates_name(x: float, y: float) -> None:
    if abs(x - round(x)) < 1e-6 or abs(y - round(y)) < 1e-6:
        return
    assert BOARD.find(112 + x * STEP, 30 + y * STEP) == f"{int(x)}-{int(y)}"


@given(st.integers(0, 11), st.integers(0, 11))
def test_a_corner_belongs_to_exactly_one_square(x: int, y: int) -> None:
    owners = [key for key, area in checkerboard(12).items() if holds(polygons(area)[0], 112 + x * STEP, 30 + y * STEP)]
    assert len(owners) == 1


def test_outside_is_nowhere() -> None:
    assert BOARD.find(0, 0) is None
    assert PointLookup({}).find(112, 30) is None


def test_a_hole_is_outside() -> None:
    outer = square(0, 0, 10)["coordinates"][0]  # type: ignore[index]
    inner = square(4, 4, 2)["coordinates"][0]  # type: ignore[index]
    ring = PointLookup({"ring": {"type": "Polygon", "coordinates": [outer, inner]}})
    assert ring.find(1, 1) == "ring"
    assert ring.find(5, 5) is None


def test_the_smaller_area_wins_where_two_overlap() -> None:
    both = PointLookup({"large": square(0, 0, 10), "small": square(4, 4, 1)})
    assert both.find(4.5, 4.5) == "small"
    assert both.find(1, 1) == "large"


def test_a_multipolygon_has_one_key() -> None:
    parts = [square(0, 0, 1)["coordinates"], square(5, 5, 1)["coordinates"]]
    islands = PointLookup({"islands": {"type": "MultiPolygon", "coordinates": parts}})
    assert islands.find(0.5, 0.5) == islands.find(5.5, 5.5) == "islands"


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, "allowed: Polygon or MultiPolygon"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "fewer than four positions"),
        ({"type": "Polygon"}, "fewer than four positions"),
    ],
)
def test_what_is_no_area_is_refused(geometry: dict[str, object], message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        polygons(geometry)
