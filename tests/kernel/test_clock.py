from datetime import UTC, datetime

import pytest

from cityloop.kernel import clock
from cityloop.kernel.settings import SettingError


def test_the_clock_is_the_real_one_by_default() -> None:
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5
    assert clock.speed() == 1


def test_a_demo_s_clock_starts_elsewhere_and_runs_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLOOP_CLOCK", "2026-07-16T12:00:00+08:00@60@1000000")
    monkeypatch.setattr("cityloop.kernel.clock.time.time", lambda: 1000010.0)
    assert clock.now() == datetime(2026, 7, 16, 4, 10, tzinfo=UTC)
    assert clock.speed() == 60


@pytest.mark.parametrize("spec", ["now", "2026-07-16@60@0", "2026-07-16T12:00:00+08:00@fast@0", "a@b@c"])
def test_a_clock_that_cannot_be_read_says_what_is_allowed(monkeypatch: pytest.MonkeyPatch, spec: str) -> None:
    monkeypatch.setenv("CITYLOOP_CLOCK", spec)
    with pytest.raises(SettingError, match="allowed: START@SPEED@ANCHOR"):
        clock.now()
