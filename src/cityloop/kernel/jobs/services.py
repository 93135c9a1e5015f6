"""Declaring and running tickers and schedules."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import close_old_connections, transaction
from django.db.utils import DatabaseError

from cityloop.kernel import clock
from cityloop.kernel.jobs.models import Schedule, WorkerBeat

log = logging.getLogger(__name__)

Work = Callable[[], object]

ROUNDS_MAX = 50
BEAT_S = 5.0
FORGET_BEAT_S = 3600.0


@dataclass
class _Ticker:
    name: str
    work: Work
    seconds: float
    next_at: float = 0.0
    failing: bool = False


_tickers: dict[str, _Ticker] = {}
_schedules: dict[str, tuple[Work, timedelta]] = {}


def every(*, seconds: float) -> Callable[[Work], Work]:
    """Declare work to look for every so often (real seconds). It returns something true while more work waits."""

    def declare(work: Work) -> Work:
        name = f"{work.__module__}.{work.__qualname__}"
        _tickers[name] = _Ticker(name, work, seconds)
        return work

    return declare


def schedule(*, period: timedelta) -> Callable[[Work], Work]:
    """Declare a durable job that is due once a period of the city's clock, whichever worker gets it."""

    def declare(work: Work) -> Work:
        _schedules[f"{work.__module__}.{work.__qualname__}"] = (work, period)
        return work

    return declare


def run_due(moment: float) -> float:
    """Run what is due.

    Args:
        moment: time.monotonic().

    Returns:
        Seconds until something may be due again.
    """
    for ticker in _tickers.values():
        if ticker.next_at <= moment:
            _tick(ticker)
            ticker.next_at = time.monotonic() + ticker.seconds
    _run_schedules()
    return max(0.01, min((ticker.next_at for ticker in _tickers.values()), default=moment + 1.0) - time.monotonic())


def _tick(ticker: _Ticker) -> None:
    try:
        for _ in range(ROUNDS_MAX):
            if not ticker.work():
                break
    except Exception as error:  # a ticker that fails must not stop the worker; it comes round again
        if not ticker.failing:
            log.exception("ticker failed", extra={"ticker": ticker.name})
        ticker.failing = True
        if isinstance(error, DatabaseError):
            close_old_connections()
        return
    if ticker.failing:
        log.warning("ticker works again", extra={"ticker": ticker.name})
        ticker.failing = False


def _run_schedules() -> None:
    now = clock.now()
    for name, (work, period) in _schedules.items():
        row, _ = Schedule.objects.get_or_create(name=name, defaults={"due_at": now})
        if row.due_at > now + 2 * period:
            # The city's clock went back (a demo begun anew): without this the job would wait for the old future.
            Schedule.objects.filter(name=name, due_at=row.due_at).update(due_at=now)
            row.due_at = now
        if row.due_at > now:
            continue
        # Only one worker's update finds the old due time: that worker has the job.
        taken = Schedule.objects.filter(name=name, due_at=row.due_at).update(due_at=now + period, started_at=now)
        if taken:
            _run_schedule(name, work)


def _run_schedule(name: str, work: Work) -> None:
    try:
        with transaction.atomic():
            work()
            Schedule.objects.filter(name=name).update(finished_at=clock.now(), error="")
    except Exception as error:  # it is due again next period; the row says what happened
        log.exception("schedule failed", extra={"schedule": name})
        Schedule.objects.filter(name=name).update(error=f"{type(error).__name__}: {error}"[:2000])


def beat(worker: str) -> None:
    """Leave a sign of life, and drop those of workers long gone."""
    now = time.time()
    WorkerBeat.objects.update_or_create(worker=worker, defaults={"at": now})
    WorkerBeat.objects.filter(at__lt=now - FORGET_BEAT_S).delete()
