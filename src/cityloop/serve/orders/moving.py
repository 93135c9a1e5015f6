"""What every move of an order has in common: hold the incident, check, change under guard, write it down, tell it."""

from datetime import datetime, timedelta

from cityloop.kernel import clock
from cityloop.kernel.audit.port import record
from cityloop.kernel.events.port import publish
from cityloop.kernel.people.contracts import PersonView
from cityloop.kernel.problems import NotFound
from cityloop.kernel.saying import said as _
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IllegalMove, IncidentState, ReasonMissing, StageDraft, check
from cityloop.serve.orders.clocks import SOON
from cityloop.serve.orders.contracts import OrderState, WorkOrderChanged
from cityloop.serve.orders.lifecycle import ORDER_MOVES, progress
from cityloop.serve.orders.limits import limit_minutes
from cityloop.serve.orders.models import WorkOrder
from cityloop.serve.orders.selectors import may_see, view


def held(number: str, by: PersonView | None) -> WorkOrder:
    """An order with its incident locked: moves of one incident's orders come one after another.

    Args:
        by: Who asks; an order of a department that is not theirs does not exist for them. None for the machine.
    """
    row = WorkOrder.objects.select_related("department", "assignee").filter(number=number).first()
    if row is None or (by is not None and not may_see(by, view(row))):
        raise NotFound(_("There is no work order %(number)s.") % {"number": number})
    incidents.hold(row.incident_number)
    return WorkOrder.objects.select_related("department", "assignee").get(id=row.id)


def move(
    row: WorkOrder,
    name: str,
    *,
    actor: str,
    for_id: int | None = None,
    reason: str = "",
    reason_en: str = "",
    changes: dict[str, object] | None = None,
    draft: StageDraft | None = None,
    version: int | None = None,
) -> int:
    """Make a move of an order; returns the id of its stage record.

    Args:
        for_id: Whose move it would have been: when somebody else makes it, the audit trail names both.

    Raises:
        Conflict: Not allowed from here, or somebody was faster; the message says what happened.
        Invalid: The reason is missing.
    """
    if version is not None and version != row.version:
        raise incidents.overtaken(number=row.number, incident_number=row.incident_number, order_number=row.number)
    try:
        target = check(ORDER_MOVES, name, row.state, reason)
    except IllegalMove:
        raise incidents.refused(
            number=row.number,
            move=name,
            state=row.state,
            moves=ORDER_MOVES,
            last=incidents.newest_stage(row.incident_number, row.number),
        ) from None
    except ReasonMissing:
        raise incidents.reason_missing(name) from None
    values: dict[str, object] = {"state": target, **(changes or {})}
    changed = WorkOrder.objects.filter(id=row.id, state=row.state, version=row.version).update(
        **values, version=row.version + 1
    )
    if not changed:
        raise incidents.overtaken(number=row.number, incident_number=row.incident_number, order_number=row.number)
    now = clock.now()
    noted = draft or StageDraft(note=reason.strip(), note_en=reason_en.strip())
    stage = incidents.add_stage(row.incident_number, name, at=now, actor=actor, order_number=row.number, draft=noted)
    on_behalf = {"on_behalf_of": f"person:{for_id}"} if for_id is not None and actor != f"person:{for_id}" else {}
    record(
        f"work_order.{name}",
        about=("work_order", row.number),
        actor=actor,
        before={"state": row.state, "round": row.round},
        after={key: _plain(value) for key, value in values.items()} | on_behalf,
        reason=reason.strip() or noted.note,
        reason_en=reason_en.strip() or noted.note_en,
    )
    publish(WorkOrderChanged(row.number, row.incident_number, name, target))
    return stage


def follow(incident_number: str, *, actor: str, department_code: str = "") -> None:
    """Bring the incident to where its orders are."""
    orders = WorkOrder.objects.filter(incident_number=incident_number).values_list("state", "replaced_by")
    state = progress((state, replaced_by != "") for state, replaced_by in orders)
    due_at = None
    if state is IncidentState.REPORTED:
        about = incidents.hold(incident_number)
        minutes = limit_minutes("verify", class_kind=about.class_kind, class_code=about.class_code, level=about.level)
        due_at = clock.now() + timedelta(minutes=minutes)
    incidents.set_progress(incident_number, state, actor=actor, verify_due_at=due_at, department_code=department_code)


def running(started_at: datetime, minutes: int) -> dict[str, object]:
    """The columns of a clock that starts now."""
    return {
        "clock_started_at": started_at,
        "due_at": started_at + timedelta(minutes=minutes),
        "soon_at": started_at + timedelta(minutes=minutes * SOON),
        "alarmed_at": None,
    }


STOPPED: dict[str, object] = {"clock_started_at": None, "due_at": None, "soon_at": None, "alarmed_at": None}


def accept_clock(row: WorkOrder, now: datetime) -> dict[str, object]:
    """The columns of an order that starts to wait for acceptance."""
    minutes = limit_minutes("accept", class_kind=row.class_kind, class_code=row.class_code, level=row.level)
    clock_columns = running(now, minutes)
    return {**clock_columns, "accept_due_at": clock_columns["due_at"], "handle_due_at": None, "accepted_at": None}


def late(row: WorkOrder, now: datetime) -> bool:
    """Whether the running clock is up."""
    return row.due_at is not None and now > row.due_at


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, OrderState) else value
