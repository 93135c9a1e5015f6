"""The map: projection, every incident shown or counted, one base layer, clear errors for map data."""

import random
import re
import time
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.kernel.ui import map as city_map
from cityloop.kernel.ui.basemap import BadBasemapError, Basemap


def area(kind: str, west: float, south: float, size: float, **more: object) -> dict[str, Any]:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {
        "type": "Feature",
        "properties": {"kind": kind, **more},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


DISTRICTS = [
    area("district", 113.0, 29.0, 0.1, name="澜北区", name_en="Lanbei"),
    area("district", 113.1, 29.0, 0.1, name="东泽区"),
]
CELL = area("cell", 113.02, 29.02, 0.02, code="310101001001001")
ROAD = {
    "properties": {"kind": "road", "class": 1},
    "geometry": {"type": "LineString", "coordinates": [[113, 29.05], [113.2, 29.05]]},
}


@pytest.fixture
def base() -> Basemap:
    return Basemap.from_features([*DISTRICTS, CELL, ROAD], version="1")


def marker(number: int, longitude: float, latitude: float, level: int = 3) -> city_map.Marker:
    return city_map.Marker(f"AJ-{number}", longitude, latitude, level, f"incident {number}", f"/incidents/AJ-{number}")


def drawn(base: Basemap, **more: Any) -> str:
    return city_map.render(base, label="city", language="zh-hans", **more)


@given(st.floats(113.0, 113.2), st.floats(29.0, 29.1))
def test_every_point_of_the_city_lies_in_the_picture(longitude: float, latitude: float) -> None:
    frame = Basemap.from_features(DISTRICTS, version="1").frame
    x, y = frame.place(longitude, latitude)
    assert 0 <= x <= frame.width
    assert 0 <= y <= frame.height


def test_a_square_on_the_ground_is_a_square_in_the_picture() -> None:
    """A degree of longitude is cos(latitude) as long as one of latitude: at 60° half as long."""
    frame = Basemap.from_features([area("district", 10, 59.9, 0.2)], version="1").frame
    (x0, y0), (x1, y1) = frame.place(10.0, 60.0), frame.place(10.1, 60.05)
    assert x1 - x0 == pytest.approx(y0 - y1, rel=0.01)


def test_north_is_up(base: Basemap) -> None:
    assert base.frame.place(113.1, 29.08)[1] < base.frame.place(113.1, 29.02)[1]


def test_base_layer_is_drawn_once(base: Basemap) -> None:
    assert base.layer("en") is base.layer("en")
    assert "Lanbei" in base.layer("en")
    assert "东泽区" in base.layer("en"), "a name that has no English stays"
    assert "澜北区" in base.layer("zh-hans")


def test_districts_alone_make_a_map() -> None:
    svg = drawn(Basemap.from_features(DISTRICTS, version="1"))
    assert "only-districts" in svg
    assert "district-fill" in svg


def test_polygons_without_a_kind_are_districts() -> None:
    feature = area("district", 113, 29, 0.1)
    feature["properties"] = {"name": "X"}
    assert ">X<" in Basemap.from_features([feature], version="1").layer("en")


def test_kinds_we_do_not_know_are_left_out(base: Basemap) -> None:
    more = Basemap.from_features([*DISTRICTS, CELL, ROAD, area("volcano", 0, 0, 1)], version="2")
    assert more.layer("en") == base.layer("en")


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ([], "The map data have no area or line; allowed: GeoJSON"),
        (
            [{"properties": {"kind": "water"}, "geometry": {"type": "Circle", "coordinates": []}}],
            "geometry of type 'Circle'",
        ),
        (
            [{"properties": {"kind": "road"}, "geometry": {"type": "LineString", "coordinates": [["a", "b"]]}}],
            "can't be read",
        ),
        ([area("district", 512000, 3200000, 100)], "Convert projected coordinates to degrees"),
    ],
)
def test_map_data_that_cannot_be_drawn(features: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(BadBasemapError, match=message):
        Basemap.from_features(features, version="1")


def test_marker_has_shape_title_and_link(base: Basemap) -> None:
    svg = drawn(base, markers=[marker(1, 113.05, 29.05, 2)])
    assert 'class="mark m2"' in svg
    assert "<title>incident 1</title>" in svg
    assert 'href="/incidents/AJ-1"' in svg
    assert 'data-id="AJ-1"' in svg


def test_gravest_marker_lies_on_top(base: Basemap) -> None:
    svg = drawn(base, markers=[marker(1, 113.02, 29.05, 1), marker(2, 113.18, 29.05, 4)])
    assert svg.index('data-id="AJ-2"') < svg.index('data-id="AJ-1"')


def test_markers_on_each_other_become_one_with_their_number(base: Basemap) -> None:
    svg = drawn(base, markers=[marker(n, 113.05 + n * 1e-5, 29.05, 4 if n else 2) for n in range(12)])
    assert svg.count('class="cluster"') == 1
    assert "12 incidents here, gravest level 2" in svg
    assert ">12</text>" in svg
    assert svg.count('class="marker"') == 12, "they appear when the map is enlarged"


def test_the_chosen_marker_stands_alone_and_last(base: Basemap) -> None:
    near = [marker(n, 113.05, 29.05) for n in range(3)]
    svg = drawn(base, markers=near, selected="AJ-1", callout=("Underpass 31.0 cm", "4 s ago"))
    assert svg.count('aria-current="true"') == 1
    assert "2 incidents here" in svg
    assert svg.rindex("<a ") == svg.rindex('<a class="marker" href="/incidents/AJ-1"')
    assert "Underpass 31.0 cm" in svg


def test_cell_is_pointed_out_when_it_is_known(base: Basemap) -> None:
    assert 'class="cell"' in drawn(base, cell="310101001001001")
    assert 'class="cell"' not in drawn(base, cell="999")


def test_text_from_outside_is_escaped(base: Basemap) -> None:
    evil = city_map.Marker('"><script>', 113.05, 29.05, 3, "<script>", 'javascript:"')
    svg = drawn(base, markers=[evil], selected='"><script>', callout=("<b>", "&"))
    assert "<script>" not in svg
    assert "<b>" not in svg
    ElementTree.fromstring(svg)


def test_things_and_routes(base: Basemap) -> None:
    things = [
        city_map.Thing(113.05, 29.05, "gauge", 7.0),
        city_map.Thing(113.06, 29.05),
        city_map.Thing(113.07, 29.05, "rain"),
    ]
    svg = drawn(base, things=things, routes=[city_map.Route(((113.05, 29.05), (113.06, 29.06)), 2)])
    assert "h6v16h-6z" in svg, "a gauge that says more than full is full"
    assert 'class="slow2"' in svg
    assert "style=" not in svg


@given(st.lists(st.tuples(st.floats(113.0, 113.2), st.floats(29.0, 29.1), st.integers(1, 4)), max_size=80))
def test_no_incident_is_lost(places: list[tuple[float, float, int]]) -> None:
    base = Basemap.from_features(DISTRICTS, version="1")
    svg = drawn(base, markers=[marker(n, *place) for n, place in enumerate(places)])
    assert len(set(re.findall(r'data-id="(AJ-\d+)"', svg))) == len(places)


def test_a_thousand_markers_are_quick(base: Basemap) -> None:
    chance = random.Random(1)
    markers = [
        marker(n, 113 + chance.random() * 0.2, 29 + chance.random() * 0.1, chance.randint(1, 4)) for n in range(1000)
    ]
    drawn(base)
    begun = time.process_time()
    svg = drawn(base, markers=markers)
    assert time.process_time() - begun < 0.1
    assert svg.count('class="marker"') == 1000


def test_locator_shows_the_point_and_its_cell(base: Basemap) -> None:
    svg = city_map.locator(base, 113.03, 29.03, level=2, label="Underpass", cell="310101001001001")
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == "Underpass"
    assert 'class="cell"' in svg
    assert 'class="mark m2"' in svg
    west, north, wide, high = (float(v) for v in root.get("viewBox", "").split())
    x, y = base.frame.place(113.03, 29.03)
    assert west + wide / 2 == pytest.approx(x, abs=0.2)
    assert north + high / 2 == pytest.approx(y, abs=0.2)


def test_a_version_is_projected_once() -> None:
    asked = []

    def load() -> list[dict[str, Any]]:
        asked.append(1)
        return DISTRICTS

    first = city_map.cached("test-1", load)
    assert city_map.cached("test-1", load) is first
    assert asked == [1]
    assert city_map.cached("test-2", load) is not first
