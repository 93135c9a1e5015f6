"""Highest values and streams online, from whatever there is."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cityloop.desk.readings.extremes import SILENT_LEAST, SILENT_MOST, Reading, highest, online, silent_after

NOW = datetime(2026, 7, 16, 10, tzinfo=UTC)


def reading(number: int, name: str, value: float | None, age_min: float = 1, quality: int = 0) -> Reading:
    at = None if value is None else NOW - timedelta(minutes=age_min)
    return Reading(number, name, name, name, "cm", f"t{number}", "", "sensor", None, None, None, value, at, quality)


def test_the_properties_asked_for_first_stand_first() -> None:
    found = highest(
        [reading(1, "aaa", 5), reading(2, "pm25", 40), reading(3, "water_depth", 1), reading(4, "zzz", 9)], NOW
    )
    assert [one.reading.property for one in found] == ["water_depth", "pm25", "aaa"]


def test_a_city_without_gauges_shows_what_it_has() -> None:
    assert highest([], NOW) == ()
    assert [one.reading.property for one in highest([reading(1, "pm25", 12)], NOW)] == ["pm25"]
    assert online([], NOW).streams == 0


def test_bad_and_silent_values_do_not_count_but_the_last_word_stays() -> None:
    found = highest(
        [reading(1, "noise", 99, quality=2), reading(2, "noise", 60), reading(3, "noise", 90, age_min=600)], NOW
    )
    assert (found[0].reading.value, found[0].fresh) == (60, True)
    found = highest([reading(1, "noise", 50, age_min=900), reading(2, "noise", 90, age_min=1000)], NOW)
    assert (found[0].reading.value, found[0].fresh) == (50, False)


def test_each_kind_has_its_own_pace() -> None:
    hourly = [reading(n, "pm25", 10, age_min=50) for n in range(5)]
    quick = [reading(10 + n, "water_depth", 1, age_min=0.5) for n in range(5)]
    lost = [reading(20, "pm25", 10, age_min=200), reading(21, "water_depth", 1, age_min=50), reading(22, "pm25", None)]
    counts = online([*hourly, *quick, *lost], NOW)
    assert (counts.online, counts.streams) == (10, 13)
    assert counts.newest_at == NOW - timedelta(minutes=0.5)


@given(st.lists(st.floats(0, 5000), max_size=30))
def test_silence_begins_within_bounds(ages: list[float]) -> None:
    assert SILENT_LEAST <= silent_after([reading(n, "x", 1, age) for n, age in enumerate(ages)], NOW) <= SILENT_MOST
