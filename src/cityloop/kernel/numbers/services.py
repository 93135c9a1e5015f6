"""Giving out numbers."""

from datetime import datetime

from django.db.models import F

from cityloop.kernel import clock
from cityloop.kernel.numbers.models import DayCounter
from cityloop.kernel.organisations.port import city


def next_number(prefix: str, at: datetime) -> str:
    """The next number of this prefix on the city's day of `at`; call it inside the transaction that uses it.

    Two callers at once get two numbers: the counter's row is locked until the transaction ends.
    """
    served = city()
    day = clock.local(at, served.time_zone if served else "UTC").date()
    counters = DayCounter.objects.filter(prefix=prefix, day=day)
    if not counters.update(last=F("last") + 1):
        DayCounter.objects.get_or_create(prefix=prefix, day=day)
        counters.update(last=F("last") + 1)
    return f"{prefix}-{day:%Y%m%d}-{counters.values_list('last', flat=True)[0]:04d}"
