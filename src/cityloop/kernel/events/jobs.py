"""The worker hands out events."""

from cityloop.kernel.events.services import deliver
from cityloop.kernel.jobs.port import every


@every(seconds=0.1)
def deliver_events() -> int:
    """Deliver what waits."""
    return deliver()
