"""Faults of sensors, one kind at a time."""

import numpy as np

from cityloop.demo.city.contracts import City, Site
from cityloop.demo.city.port import build_city
from cityloop.demo.storm.contracts import DayPlan, Fault, FaultKind
from cityloop.demo.storm.port import Sensors


def sent(city: City, fault: Fault | None, minutes: range, level: float = 20.0) -> list[float | None]:
    """What the Qingxi gauge sends while the true depth rises by 1 cm a minute."""
    plan = DayPlan(0, (), (), (), (fault,) if fault else ())
    sensors = Sensors(city)
    found = []
    for minute in minutes:
        truth = np.full(len(city.devices), level + minute - minutes.start)
        readings = {one.device_key: one.result for one in sensors.readings(minute, truth, [plan])}
        found.append(readings.get("SW-0417"))
    return found


def fault(kind: FaultKind, size: float = 0.0) -> Fault:
    return Fault("SW-0417", kind, 103, 4, size)


MINUTES = range(100, 110)


def test_a_sound_gauge_sends_the_truth_with_a_small_error() -> None:
    values = sent(build_city(1), None, MINUTES)
    assert all(value is not None and abs(value - (20 + k)) < 1.5 for k, value in enumerate(values))


def test_a_stuck_gauge_repeats_its_value_and_recovers() -> None:
    values = sent(build_city(1), fault(FaultKind.STICK), MINUTES)
    assert len(set(values[3:7])) == 1
    assert abs((values[7] or 0.0) - 27) < 1.5


def test_a_silent_gauge_sends_nothing() -> None:
    values = sent(build_city(1), fault(FaultKind.DROP), MINUTES)
    assert values[3:7] == [None] * 4
    assert None not in values[:3] + values[7:]


def test_a_drift_grows_by_the_hour_and_a_spike_is_added() -> None:
    sound = sent(build_city(1), None, MINUTES)
    drift = sent(build_city(1), fault(FaultKind.DRIFT, 60.0), MINUTES)
    spike = sent(build_city(1), fault(FaultKind.SPIKE, 40.0), MINUTES)
    assert [round(b - a, 1) for a, b in zip(sound, drift, strict=True)] == [0, 0, 0, 0, 1, 2, 3, 0, 0, 0]  # type: ignore[operator]
    assert [round(b - a, 1) for a, b in zip(sound, spike, strict=True)] == [0, 0, 0, 40, 40, 40, 40, 0, 0, 0]  # type: ignore[operator]


def test_devices_send_as_often_as_they_should_and_within_their_range() -> None:
    city = build_city(2)
    sensors = Sensors(city)
    counts = {device.key: 0 for device in city.devices}
    for minute in range(600, 660):
        for one in sensors.readings(minute, np.full(len(city.devices), -5.0), []):
            counts[one.device_key] += 1
            assert one.result >= 0
    for device in city.devices:
        assert counts[device.key] == 60 // device.every_min
    assert {device.every_min for device in city.devices if device.site is Site.AIR} == {10}
