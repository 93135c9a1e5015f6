"""Reads of jobs."""

import time

from cityloop.kernel.jobs.models import Schedule, WorkerBeat


def seconds_since_worker() -> float | None:
    """Age of the newest sign of life of any worker, in real seconds; None when there never was one."""
    newest = WorkerBeat.objects.order_by("-at").values_list("at", flat=True).first()
    return None if newest is None else max(0.0, time.time() - newest)


def failing_schedules() -> dict[str, str]:
    """Schedules whose last run failed, with the error."""
    return dict(Schedule.objects.exclude(error="").values_list("name", "error"))
