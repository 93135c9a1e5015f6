"""What crews do on the spot."""

import re

import pytest

from cityloop.demo.city.contracts import Device, Site
from cityloop.demo.staff import work
from cityloop.demo.staff.work import Job


def device(site: Site) -> Device:
    return Device("SW-1", "水位计", "gauge", "青溪下穿", "Qingxi", site, "water_depth", 112.8, 30.6, 1, "housing")


def job(action: str, department: str = "housing", came_upon: float | None = 30.0) -> Job:
    return Job("GD-1", "4111", "SW-1", department, action, 100.0, came_upon)


def test_pumps_take_more_than_cleared_drains_and_a_guard_takes_nothing() -> None:
    pumps = work.strength(device(Site.UNDERPASS), "housing", "2 台泵车到场抽排")
    cleared = work.strength(device(Site.ROAD), "housing", "放警示牌，清掏雨水口")
    guard = work.strength(device(Site.UNDERPASS), "traffic_police", "现场警戒，引导绕行")
    assert pumps > cleared > guard == 0.0


def test_a_crew_stays_until_the_water_has_gone_and_at_least_a_while() -> None:
    pumping = job("2 台泵车到场抽排")
    assert not work.is_done(pumping, device(Site.UNDERPASS), 1.0, 103.0)
    assert not work.is_done(pumping, device(Site.UNDERPASS), 12.0, 130.0)
    assert work.is_done(pumping, device(Site.UNDERPASS), 3.0, 130.0)
    assert work.is_done(pumping, device(Site.UNDERPASS), 40.0, 251.0)


def test_pumps_stay_in_heavy_rain_but_not_for_ever() -> None:
    pumping = job("2 台泵车到场抽排")
    assert not work.is_done(pumping, device(Site.UNDERPASS), 1.0, 130.0, rain_mmh=30.0)
    assert work.is_done(pumping, device(Site.UNDERPASS), 1.0, 130.0, rain_mmh=5.0)
    assert work.is_done(pumping, device(Site.UNDERPASS), 1.0, 150.0, rain_mmh=30.0)


def test_a_guard_goes_when_cars_can_pass() -> None:
    assert work.is_done(job("现场警戒", "traffic_police"), device(Site.UNDERPASS), 9.0, 130.0)


def test_a_report_says_what_was_found_and_names_the_device_that_cried_wolf() -> None:
    told = work.note(job("2 台泵车到场抽排"), device(Site.UNDERPASS), 3.0, 135.0, real=True)
    assert told == (
        "到场处置 35 分钟，水深由 30 厘米降至 3 厘米，已恢复。",
        "Worked on the spot for 35 min; water depth down from 30 to 3 cm, all clear.",
    )
    false, false_en = work.note(job("2 台泵车到场抽排"), device(Site.UNDERPASS), 0.0, 109.0, real=False)
    assert "未见异常" in false
    assert "SW-1" in false
    assert "SW-1 should be inspected" in false_en


@pytest.mark.parametrize("site", list(work.WORD))
@pytest.mark.parametrize("real", [True, False])
def test_a_report_is_written_in_both_languages(site: Site, real: bool) -> None:
    for action in ("2 台泵车到场抽排", "现场警戒"):
        own, english = work.note(job(action), device(site), 3.0, 135.0, real=real)
        assert re.search(r"[\u4e00-\u9fff]", own)
        assert not re.search(r"[\u4e00-\u9fff]", english)
