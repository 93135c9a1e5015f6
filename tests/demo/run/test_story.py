"""The city's calendar."""

import os

from cityloop.demo.run.story import FIRST_DAY, clock_setting, minute_of, time_of
from cityloop.kernel import clock


def test_minutes_and_times_undo_each_other() -> None:
    assert minute_of(time_of(1016)) == 1016
    assert time_of(0) == FIRST_DAY
    assert time_of(1016).isoformat() == "2026-07-16T08:56:00+00:00"


def test_the_clock_stands_where_it_is_put(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setitem(os.environ, "CITYLOOP_CLOCK", clock_setting(1016.5, 0.0, 1000.0))
    assert minute_of(clock.now()) == 1016.5
    assert clock.speed() == 0.0
