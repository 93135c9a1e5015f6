"""The description of the made city."""

import subprocess
import sys
from collections import Counter

from cityloop.demo.city.contracts import Site
from cityloop.demo.city.port import build_city, description


def test_the_same_seed_gives_the_same_city_byte_for_byte_in_another_process() -> None:
    program = (
        "import sys; from cityloop.demo.city.port import build_city, description;"
        "sys.stdout.buffer.write(description(build_city(7)).encode())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env={"PYTHONHASHSEED": "5"}
    )
    assert other.stdout.decode() == description(build_city(7))


def test_another_seed_gives_another_city_on_the_same_ground() -> None:
    one, other = build_city(1), build_city(2)
    assert description(one) != description(other)
    assert one.cells == other.cells
    assert one.districts == other.districts
    assert one.devices != other.devices


def test_the_city_has_what_it_is_said_to_have() -> None:
    city = build_city(3)
    assert [district.name for district in city.districts] == ["澜北区", "东泽区", "新港区", "西岭区", "澜南区"]
    assert 55 <= len(city.cells) <= 65
    assert len(city.devices) == 300
    assert Counter(device.site for device in city.devices) == {
        Site.UNDERPASS: 16, Site.ROAD: 60, Site.MANHOLE: 120, Site.RAIN: 24, Site.AIR: 32, Site.NOISE: 48,
    }  # fmt: skip
    kinds = Counter(feature.kind for feature in city.features)
    assert kinds["block"] > 1000
    assert {"road", "park", "water", "label"} <= set(kinds)


def test_keys_and_names_are_nobody_elses() -> None:
    city = build_city(4)
    for values in (
        [device.key for device in city.devices],
        [device.name for device in city.devices],
        [device.place for device in city.devices],
        [member.staff_number for member in city.staff],
        [department.code for department in city.departments],
        [cell.code for cell in city.cells],
    ):
        assert len(values) == len(set(values))
    qingxi = next(device for device in city.devices if device.key == "SW-0417")
    assert qingxi.name == "青溪下穿水位计 SW-0417"
    assert all(device.name_en.isascii() for device in city.devices)


def test_everybody_works_in_a_department_of_the_city_and_every_role_is_filled() -> None:
    city = build_city(5)
    known = {department.code for department in city.departments} | {"city"}
    assert {member.department for member in city.staff} <= known
    assert {department.parent for department in city.departments} <= known
    assert {member.role for member in city.staff} == {
        "administrator", "steward", "duty_officer", "department_head", "clerk", "worker", "grid_worker",
    }  # fmt: skip
    districts = {member.district_code for member in city.staff if member.role == "grid_worker"}
    assert districts == {district.code for district in city.districts}
