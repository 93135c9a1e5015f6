from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cityloop.kernel import clock
from cityloop.kernel.jobs import services
from cityloop.kernel.jobs.models import Schedule
from cityloop.kernel.jobs.selectors import failing_schedules, seconds_since_worker

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 7, 16, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bare_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(services, "_tickers", {})
    monkeypatch.setattr(services, "_schedules", {})
    monkeypatch.setattr(clock, "now", lambda: START)
    return


def test_a_ticker_is_called_again_at_once_while_work_waits() -> None:
    waiting = [1, 1, 1, 0]
    services.every(seconds=60)(lambda: waiting.pop(0))
    services.run_due(0.0)
    assert waiting == []


def test_a_ticker_that_fails_does_not_stop_the_others() -> None:
    done: list[str] = []

    def broken() -> None:
        raise ValueError("always")

    services.every(seconds=1)(broken)
    services.every(seconds=1)(lambda: done.append("other"))
    services.run_due(0.0)
    assert done == ["other"]


def test_a_schedule_runs_once_a_period(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[datetime] = []
    services.schedule(period=timedelta(minutes=1))(lambda: runs.append(clock.now()))
    for seconds in (0, 10, 59, 60, 61, 130):
        monkeypatch.setattr(clock, "now", lambda seconds=seconds: START + timedelta(seconds=seconds))
        services.run_due(0.0)
    assert [(one - START).total_seconds() for one in runs] == [0, 60, 130]


def test_a_schedule_taken_by_another_worker_is_left_alone() -> None:
    runs: list[int] = []
    services.schedule(period=timedelta(minutes=1))(lambda: runs.append(1))
    name = next(iter(services._schedules))
    Schedule.objects.create(name=name, due_at=START + timedelta(seconds=30))
    services.run_due(0.0)
    assert runs == []


def test_a_clock_that_went_back_does_not_leave_a_schedule_waiting_for_the_old_future() -> None:
    runs: list[int] = []
    services.schedule(period=timedelta(minutes=1))(lambda: runs.append(1))
    Schedule.objects.create(name=next(iter(services._schedules)), due_at=START + timedelta(days=30))
    services.run_due(0.0)
    assert runs == [1]


def test_a_failed_schedule_is_told_and_due_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("no ink")

    services.schedule(period=timedelta(minutes=1))(broken)
    services.run_due(0.0)
    assert list(failing_schedules().values()) == ["ValueError: no ink"]


def test_a_sign_of_life_has_an_age() -> None:
    assert seconds_since_worker() is None
    services.beat("here:1")
    age = seconds_since_worker()
    assert age is not None
    assert age < 5
