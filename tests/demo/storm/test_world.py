"""The made day: the same for the same seed, gone on from where it stopped, with a believable number of incidents."""

import json

import numpy as np
import pytest

from cityloop.demo.city.port import build_city
from cityloop.demo.storm.contracts import Reading, TrueIncident
from cityloop.demo.storm.plan import FIRST_STORM, plan_day
from cityloop.demo.storm.port import Sensors, TruthBook, World, fold, from_line, to_line


def live(seed: int, begins: int, until: int) -> tuple[list[TrueIncident], list[Reading]]:
    city = build_city(seed)
    world, book, sensors = World(city, begins), TruthBook(city), Sensors(city)
    notes: list[TrueIncident] = []
    sent: list[Reading] = []
    for _ in range(begins, until):
        truth = world.step()
        notes += book.note(world.minute, truth)
        sent += sensors.readings(world.minute, truth, world.plans())
    return fold(notes), sent


def test_the_same_seed_gives_the_same_truth_and_the_same_readings() -> None:
    assert live(8, 990, 1120) == live(8, 990, 1120)
    assert live(8, 990, 1120)[0] != live(9, 990, 1120)[0]
    assert plan_day(build_city(8), 3) == plan_day(build_city(8), 3)


@pytest.mark.parametrize("seed", [31, 32, 33, 34])
def test_a_storm_day_has_some_incidents_and_not_hundreds(seed: int) -> None:
    found, sent = live(seed, 360, 1440)
    assert 12 <= len(found) <= 60
    assert {"water", "air", "noise"} <= {one.rule_key for one in found}
    water = [one for one in found if one.rule_key == "water" and one.began >= FIRST_STORM]
    assert min(one.qualified for one in water) <= FIRST_STORM + 45, "the visitor waits for the first one"
    assert any(one.device_key == "SW-0417" for one in water), "the underpass of the story floods"
    assert all(one.ended is None or one.ended > one.began for one in found)
    assert 150_000 < len(sent) < 250_000


def test_a_world_goes_on_from_its_state_as_if_it_had_not_stopped() -> None:
    city = build_city(10)
    whole, first = World(city, 1000), World(city, 1000)
    book, sensors = TruthBook(city), Sensors(city)
    for _ in range(60):
        whole.step()
        book.note(first.minute, first.step())
        sensors.readings(first.minute, first.truth, first.plans())
    for world in (whole, first):
        world.relieve("SW-0417", 3.0)
    second = World(city, 0)
    second.restore(json.loads(json.dumps(first.state())))
    again, fresh_sensors = TruthBook(city), Sensors(city)
    again.restore(json.loads(json.dumps(book.state())))
    fresh_sensors.restore(json.loads(json.dumps(sensors.state())))
    for _ in range(60):
        one, other = whole.step(), second.step()
        assert np.array_equal(one, other)
        assert book.note(whole.minute, one) == again.note(second.minute, other)
        plans = whole.plans()
        assert sensors.readings(whole.minute, one, plans) == fresh_sensors.readings(whole.minute, one, plans)


def test_a_state_of_another_version_is_refused_with_what_to_do() -> None:
    world = World(build_city(1), 0)
    with pytest.raises(ValueError, match=r"version 99; allowed: 1\. Begin anew with --fresh"):
        world.restore({"version": 99})


def test_crews_change_the_end_of_an_incident_and_not_its_beginning() -> None:
    city = build_city(12)

    def story(pumps: float) -> TrueIncident:
        world, book = World(city, 990), TruthBook(city)
        notes: list[TrueIncident] = []
        for _ in range(400):
            noted = book.note(world.minute, world.step())
            notes += noted
            if any(one.device_key == "SW-0417" and one.ended is None for one in noted):
                world.relieve("SW-0417", pumps)
        return next(one for one in fold(notes) if one.device_key == "SW-0417")

    alone, helped = story(0.0), story(6.0)
    assert helped.began == alone.began
    assert helped.ended is not None
    assert alone.ended is None or helped.ended < alone.ended
    assert helped.peak <= alone.peak


def test_a_work_site_that_was_stopped_stays_quiet_when_the_crew_has_gone() -> None:
    city = build_city(13)
    site = next(one for one in plan_day(city, 0).work_sites if one.begins < 400)
    world = World(city, 360)
    while world.minute < site.begins + 5:
        world.step()
    assert world.value(site.device_key) >= 70
    world.relieve(site.device_key, 1.0)
    world.step()
    world.relieve(site.device_key, 0.0)
    world.step()
    assert world.value(site.device_key) < 70


def test_a_note_of_truth_survives_its_line() -> None:
    note = TrueIncident("SW-0417", "water", "10999", 112.8, 30.6, 1020, 1025, None, 31.5)
    assert from_line(to_line(note)) == note
    assert len(fold([note, note])) == 1
