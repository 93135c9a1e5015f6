"""The number of alarms in the bar of every staff page."""

from django.http import HttpRequest

from cityloop.kernel.access import person_of
from cityloop.kernel.ui.nav import register_alarms
from cityloop.supervise.alarms.selectors import open_alarms


def register_counter() -> None:
    """Enter the counter."""
    register_alarms(count=_count, href="/alarms")


def _count(request: HttpRequest) -> int:
    person = person_of(request)
    return open_alarms(person) if person is not None else 0
