"""The ground of the made city: areas that fit together, and codes nobody has."""

import csv
import random
from pathlib import Path

from cityloop.demo.city.drawing import degrees, drawing
from cityloop.demo.city.ground import ROW_HEIGHT, cells, districts
from cityloop.demo.city.polygons import area, contains, middle
from cityloop.demo.city.port import build_city, metres, sheet_m
from cityloop.kernel.geography.lookup import PointLookup

POINTS = 6000


def polygon(ring: tuple[tuple[float, float], ...]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [ring]}


def test_no_point_lies_in_two_cells_and_land_lies_in_one() -> None:
    drawn = drawing()
    dice = random.Random(1)
    nowhere = 0
    for _ in range(POINTS):
        at = dice.uniform(0, drawn.width), dice.uniform(0, drawn.height)
        holding = sum(contains(ring, *at) for _, ring in drawn.cells)
        assert holding <= 1, at
        in_river = contains(drawn.water[0], *at)
        nowhere += holding == 0 and not in_river
    assert nowhere < POINTS * 0.005


def test_the_districts_cover_the_sheet_once() -> None:
    drawn = drawing()
    dice = random.Random(2)
    counts = [
        sum(contains(ring, *at) for _, ring in drawn.districts)
        for at in ((dice.uniform(0, drawn.width), dice.uniform(0, drawn.height)) for _ in range(POINTS))
    ]
    assert max(counts) == 1
    assert counts.count(0) < POINTS * 0.002


def test_rings_are_closed_and_have_an_area() -> None:
    for ring in [place.ring for place in cells()] + [place.ring for place in districts()]:
        assert ring[0] == ring[-1]
        assert abs(area(ring[:-1])) > 1e-6


def test_every_device_lies_in_a_cell_that_the_lookup_finds_in_its_district() -> None:
    for seed in (1, 2, 3):
        city = build_city(seed)
        in_cells = PointLookup({cell.code: polygon(cell.ring) for cell in city.cells})
        in_districts = PointLookup({district.code: polygon(district.ring) for district in city.districts})
        for device in city.devices:
            code = in_cells.find(device.longitude, device.latitude)
            assert code is not None, device
            assert in_districts.find(device.longitude, device.latitude) == code[:6]


def test_cell_codes_run_from_west_to_east_and_north_to_south() -> None:
    rings = {cell.code: [metres(*at) for at in cell.ring[:-1]] for cell in cells()}
    assert all(len(code) == 15 and code.isdigit() for code in rings)
    for district in districts():
        codes = sorted(code for code in rings if code.startswith(district.code))
        middles = [middle(rings[code]) for code in codes]
        rows = [(int(y / 17.5 // ROW_HEIGHT), x) for x, y in middles]
        assert rows == sorted(rows)


def test_no_real_place_has_the_divisions_code(shared_data: Path) -> None:
    with (shared_data / "divisions" / "provinces.csv").open(encoding="utf-8-sig") as file:
        provinces = {row[0].strip('"') for row in csv.reader(file)}
    assert not any(code.startswith("47") for code in provinces)
    assert all(district.code.startswith("47") for district in districts())


def test_metres_undo_degrees() -> None:
    width, height = sheet_m()
    for share in (0.0, 0.3, 1.0):
        x, y = metres(*degrees((share * width / 17.5, share * height / 17.5)))
        assert abs(x - share * width) < 0.2
        assert abs(y - share * height) < 0.2
