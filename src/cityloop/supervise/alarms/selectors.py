"""Reads of alarms."""

from django.db.models import QuerySet

from cityloop.kernel.people.contracts import PersonView, Role
from cityloop.serve.orders.port import departments_of
from cityloop.supervise.alarms.contracts import AlarmView
from cityloop.supervise.alarms.models import Alarm

# Whom an alarm is for: the department's head; and at the city's desk, who is on duty.
HEARERS = frozenset({Role.DEPARTMENT_HEAD, Role.DUTY_OFFICER})


def open_alarms(person: PersonView) -> int:
    """How many alarms wait for this person."""
    return _of(person).filter(cleared_at=None).count()


def alarms_for(person: PersonView, *, cleared: bool = False, limit: int = 100) -> list[AlarmView]:
    """This person's alarms that go on, the longest overdue first; with `cleared`, those that are over, newest first."""
    rows = _of(person).select_related("department")
    if cleared:
        rows = rows.filter(cleared_at__isnull=False).order_by("-cleared_at", "-id")
    else:
        rows = rows.filter(cleared_at=None).order_by("due_at", "id")
    return [view(row) for row in rows[:limit]]


def _of(person: PersonView) -> QuerySet[Alarm]:
    if not person.roles & HEARERS:
        return Alarm.objects.none()
    seen = departments_of(person)
    return Alarm.objects.all() if seen is None else Alarm.objects.filter(department_id__in=seen)


def view(row: Alarm) -> AlarmView:
    """An alarm's row as other features see it."""
    return AlarmView(
        id=row.id,
        order_number=row.order_number,
        incident_number=row.incident_number,
        step=row.step,
        round=row.round,
        department_code=row.department.code,
        department_name=row.department.name,
        department_name_en=row.department.name_en,
        due_at=row.due_at,
        raised_at=row.raised_at,
        cleared_at=row.cleared_at,
    )
