"""Raising and clearing alarms."""

from django.db import transaction

from cityloop.kernel import clock
from cityloop.kernel.audit.port import record
from cityloop.kernel.events.port import publish
from cityloop.serve.orders import port as orders
from cityloop.serve.orders.contracts import OrderState, OrderView
from cityloop.supervise.alarms.contracts import AlarmChanged
from cityloop.supervise.alarms.models import Alarm

MACHINE = "machine:supervise"
STEPS = {OrderState.DISPATCHED: "accept", OrderState.HANDLING: "handle"}
ALARMS_MAX = 5000


@transaction.atomic
def check_overdue() -> int:
    """Raise an alarm for every overdue order that has none yet, and clear those whose order moved on.

    Returns:
        How many alarms were raised.
    """
    now = clock.now()
    raised = 0
    for order in orders.overdue(now):
        if order.due_at is None or order.alarmed_at is not None:
            continue
        row, fresh = Alarm.objects.get_or_create(
            order_number=order.number,
            step=STEPS[order.state],
            round=order.round,
            defaults={
                "incident_number": order.incident_number,
                "department_id": order.department_id,
                "due_at": order.due_at,
                "raised_at": now,
            },
        )
        if not fresh:
            continue
        raised += 1
        orders.mark_alarmed(order.number, round=order.round)
        record(
            "alarm.raised",
            about=("work_order", order.number),
            actor=MACHINE,
            after={"step": row.step, "round": row.round, "due_at": order.due_at.isoformat()},
        )
        publish(AlarmChanged(order.number, row.step, "raised"))
    _clear(list(Alarm.objects.filter(cleared_at=None).order_by("id")[:ALARMS_MAX]))
    return raised


@transaction.atomic
def clear_settled(order_number: str) -> int:
    """Clear the alarms of an order that has moved on since; returns how many."""
    return _clear(list(Alarm.objects.filter(order_number=order_number, cleared_at=None)))


def _clear(waiting: list[Alarm]) -> int:
    if not waiting:
        return 0
    known = orders.orders_by_number({row.order_number for row in waiting})
    cleared = 0
    for row in waiting:
        order = known.get(row.order_number)
        if order is not None and _goes_on(row, order):
            continue
        if not Alarm.objects.filter(id=row.id, cleared_at=None).update(cleared_at=clock.now()):
            continue
        cleared += 1
        after = {"step": row.step, "round": row.round}
        record("alarm.cleared", about=("work_order", row.order_number), actor=MACHINE, after=after)
        publish(AlarmChanged(row.order_number, row.step, "cleared"))
    return cleared


def _goes_on(row: Alarm, order: OrderView) -> bool:
    return STEPS.get(order.state) == row.step and order.round == row.round
