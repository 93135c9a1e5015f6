"""Stored map features become what the drawing takes."""

import pytest

from cityloop.desk.city_map.features import drawable
from cityloop.desk.city_map.picture import Spot, middle_of_cell, picture
from cityloop.kernel.ui.basemap import Basemap


def feature(kind: str, form: str, at: object, **about: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"kind": kind, **about}, "geometry": {"type": form, "coordinates": at}}


SQUARE = [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]]
ROAD = [[0.0, 0.5], [1.0, 0.5]]


def labels(*features: dict[str, object]) -> dict[str, dict[str, object]]:
    found = [one["properties"] for one in drawable(features) if one["properties"]["kind"] == "label"]
    return {str(one["text"]): one for one in found}


def test_a_road_has_its_class_and_its_name() -> None:
    made = list(drawable([feature("road", "LineString", ROAD, name="澜江大道", name_en="Lanjiang Avenue", rank=1)]))
    assert made[0]["properties"]["class"] == 1
    assert made[1]["properties"]["text_en"] == "Lanjiang Avenue"
    assert made[1]["geometry"]["coordinates"] == [0.5, 0.5]
    assert made[1]["properties"]["angle"] == pytest.approx(0)


def test_a_label_that_was_entered_takes_the_place_of_our_own() -> None:
    entered = feature("label", "LineString", [[0.2, 0.2], [0.2, 0.3]], name="澜江大道", rank=3)
    found = labels(feature("road", "LineString", ROAD, name="澜江大道", rank=1), entered)
    assert list(found) == ["澜江大道"]
    assert found["澜江大道"]["angle"] == pytest.approx(-90)
    assert found["澜江大道"]["style"] == "road"


def test_a_small_street_has_no_label_and_a_lake_has_one() -> None:
    found = labels(
        feature("road", "LineString", ROAD, name="小巷", rank=3), feature("water", "Polygon", SQUARE, name="镜湖")
    )
    assert list(found) == ["镜湖"]


def test_marks_stand_in_the_middle_of_their_cell() -> None:
    base = Basemap.from_features(drawable([feature("cell", "Polygon", SQUARE, code="310102001001001")]), version="1")
    middle = middle_of_cell(base, "310102001001001")
    assert middle is not None
    assert middle == pytest.approx((0.5, 0.5), abs=0.01)
    assert middle_of_cell(base, "nowhere") is None
    drawn = picture(base, [Spot(*middle, 2), Spot(*middle, 1)], label='"<地图>', language="en")
    assert "&quot;&lt;地图&gt;" in drawn
    assert drawn.index("m2") < drawn.index("m1")
    assert "<a " not in drawn
