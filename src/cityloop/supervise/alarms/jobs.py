"""Looking for overdue orders."""

from datetime import timedelta

from cityloop.kernel.jobs.port import schedule
from cityloop.supervise.alarms.services import check_overdue


@schedule(period=timedelta(minutes=1))
def look_for_overdue() -> None:
    """Every minute of the city's clock."""
    check_overdue()
