"""What crews do when a visitor at the desk moves their work to somebody else."""

from types import SimpleNamespace
from typing import Any

import pytest

from cityloop.demo.city.contracts import Device, Site
from cityloop.demo.staff import crews
from cityloop.demo.staff.crews import Crews

SPOT = Device("SW-1", "水位计", "gauge", "青溪下穿", "Qingxi", Site.UNDERPASS, "water_depth", 112.8, 30.6, 1, "housing")


def order(assignee: str) -> Any:
    return SimpleNamespace(
        number="GD-1", incident_number="AJ-1", assignee_number=assignee, department_code="housing", action="抽排"
    )


@pytest.fixture
def at_work() -> Crews:
    roster: Any = SimpleNamespace(
        city=SimpleNamespace(seed=1),
        members={name: SimpleNamespace(staff_number=name, role="worker") for name in ("4111", "4112")},
        devices={"SW-1": SPOT},
        where={},
        device_of=lambda number: SPOT,
        distance_m=lambda number, device: 500.0,
        person=lambda number: number,
    )
    world: Any = SimpleNamespace(
        minute=100.0, rain_at=lambda *at: 0.0, value=lambda key: 1.0, relieve=lambda key, strength: None
    )
    return Crews(roster, world, lambda key, minute: True)


def test_whom_the_desk_gives_an_order_drives_and_reports_it(at_work: Crews, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[str] = []

    def attempt(act: object, number: str, *, by: str, **named: object) -> int:
        reported.append(by)
        return 1

    monkeypatch.setattr(crews, "attempt", attempt)
    at_work.handle([order("4111")])
    assert [job["worker"] for job in at_work.state()] == ["4111"]
    at_work.handle([order("4112")])
    assert [job["worker"] for job in at_work.state()] == ["4112"]
    at_work._world.minute = 200.0
    at_work.handle([order("4112")])
    assert reported == ["4112"]
    assert at_work.state() == []


def test_an_order_given_to_nobody_in_particular_stays_with_its_crew(at_work: Crews) -> None:
    at_work.handle([order("4111")])
    at_work.handle([order("")])
    assert [job["worker"] for job in at_work.state()] == ["4111"]
