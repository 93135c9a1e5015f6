"""What other features may call."""

from cityloop.kernel.jobs.selectors import failing_schedules, seconds_since_worker
from cityloop.kernel.jobs.services import beat, every, run_due, schedule

__all__ = ["beat", "every", "failing_schedules", "run_due", "schedule", "seconds_since_worker"]
