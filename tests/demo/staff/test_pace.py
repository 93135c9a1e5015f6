"""Believable speed."""

from hypothesis import given
from hypothesis import strategies as st

from cityloop.demo.staff import pace


@given(st.floats(0, 14_000), st.floats(0, 120))
def test_rain_slows_and_nobody_is_there_at_once(distance_m: float, rain_mmh: float) -> None:
    dry, wet = pace.travel_min(distance_m, 0.0), pace.travel_min(distance_m, rain_mmh)
    assert 1.5 <= dry <= wet
    assert dry <= 45


def test_at_forty_millimetres_the_drive_takes_twice_as_long() -> None:
    # 2.6 km straight, 3.3 km by road at 26 km/h: 7.6 minutes.
    dry, wet = (pace.travel_min(2600.0, rain) - 1.5 for rain in (0.0, 40.0))
    assert abs(dry - 7.62) < 0.01
    assert abs(wet - 2 * dry) < 1e-9


def test_the_same_order_is_taken_after_the_same_time_and_a_few_are_late() -> None:
    waits = [pace.acceptance_wait_min(3, f"GD-{number}", 1, 10.0) for number in range(400)]
    assert waits == [pace.acceptance_wait_min(3, f"GD-{number}", 1, 10.0) for number in range(400)]
    late = [wait for wait in waits if wait > 10.0]
    assert 0.02 < len(late) / 400 < 0.14
    assert all(0.5 < wait <= 7.0 for wait in waits if wait <= 10.0)


def test_some_are_sent_back_and_some_reworked() -> None:
    assert 0.04 < sum(pace.sends_back(5, f"GD-{number}") for number in range(400)) / 400 < 0.18
    assert 0.03 < sum(pace.wants_rework(5, f"AJ-{number}") for number in range(400)) / 400 < 0.15
