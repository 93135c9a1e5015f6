"""Sending out work: the orders of a decision, and a returned order anew."""

from datetime import datetime, timedelta

from django.db import transaction

from cityloop.decide.ledger.contracts import ActionLine, DecisionMade, key_in_english
from cityloop.kernel import clock
from cityloop.kernel.access import require
from cityloop.kernel.audit.port import record
from cityloop.kernel.events.port import publish
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import link
from cityloop.kernel.numbers.port import next_number
from cityloop.kernel.organisations.contracts import OrganizationView
from cityloop.kernel.organisations.port import city, organization
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import Forbidden, Invalid
from cityloop.kernel.saying import said as _
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentState, IncidentView, StageDraft
from cityloop.serve.orders.contracts import OrderState, WorkOrderChanged
from cityloop.serve.orders.limits import limit_minutes
from cityloop.serve.orders.models import WorkOrder
from cityloop.serve.orders.moving import follow, held, move, running
from cityloop.serve.orders.selectors import departments_of

MACHINE = "machine:serve"


@transaction.atomic
def dispatch_decision(event: DecisionMade) -> list[str]:
    """Make one work order of each action of a decision; running it again makes none.

    Returns:
        The numbers of the decision's orders.
    """
    about = incidents.hold(event.incident_number)
    existing = WorkOrder.objects.filter(decision_number=event.decision_number, line__isnull=False)
    numbers = list(existing.order_by("line").values_list("number", flat=True))
    if numbers:
        return numbers
    if not about.live:
        record(
            "decision.not_dispatched",
            about=("decision", event.decision_number),
            actor=MACHINE,
            reason=f"incident {about.number} is {about.state}",
        )
        return []
    now = clock.now()
    incidents.add_stage(
        about.number,
        "decide",
        at=event.decided_at,
        actor=event.decided_by,
        draft=StageDraft(
            note=f"{event.decision_number} {event.option_key}",
            note_en=f"{event.decision_number} {key_in_english(event.option_key)}",
        ),
    )
    origin = Ref("decision", event.decision_number)
    for position, line in enumerate(event.actions, start=1):
        row = _send(about, line, decision_number=event.decision_number, origin=origin, position=position, at=now)
        numbers.append(row.number)
    first = WorkOrder.objects.select_related("department").get(number=numbers[0])
    follow(about.number, actor=MACHINE, department_code=first.department.code)
    return numbers


@transaction.atomic
def dispatch_again(
    number: str,
    *,
    department_code: str,
    crew: str = "",
    crew_en: str = "",
    reason: str = "",
    reason_en: str = "",
    by: PersonView,
    version: int | None = None,
) -> str:
    """Send a returned order out anew, to the same department or another: a new order takes its place.

    Returns:
        The new order's number.

    Raises:
        Forbidden: The person's post is not city-wide.
        Invalid: No such department.
        Conflict: The order is not returned, or was sent out again already.
    """
    require(by, Permission.DISPATCH)
    if departments_of(by) is not None:
        raise Forbidden(_("Sending an order to a department needs a city-wide post, such as the duty officer's."))
    row = held(number, by)
    if row.replaced_by:
        raise incidents.overtaken(number=number, incident_number=row.incident_number, order_number=number)
    if organization(department_code) is None:
        message = _("Department “%(code)s” is not known. Choose one from the list.") % {"code": department_code}
        raise Invalid(message, errors={"department": message})
    about = incidents.hold(row.incident_number)
    line = ActionLine(
        department_code, crew, crew_en, row.action, row.action_en, row.expected_minutes, row.limit_minutes
    )
    now = clock.now()
    fresh = _send(
        about,
        line,
        decision_number=row.decision_number,
        origin=Ref("work_order", number),
        position=None,
        at=now,
        actor=by.actor,
        draft=StageDraft(note=reason.strip(), note_en=reason_en.strip()),
    )
    replaced: dict[str, object] = {"replaced_by": fresh.number}
    move(
        row,
        "dispatch_again",
        actor=by.actor,
        reason=reason,
        reason_en=reason_en,
        changes=replaced,
        version=version,
    )
    follow(row.incident_number, actor=by.actor, department_code=department_code)
    return fresh.number


def _send(
    about: IncidentView,
    line: ActionLine,
    *,
    decision_number: str,
    origin: Ref,
    position: int | None,
    at: datetime,
    actor: str = MACHINE,
    draft: StageDraft | None = None,
) -> WorkOrder:
    department, noted = _department(line.department_code, about), draft or StageDraft()
    accept_minutes = limit_minutes(
        "accept", class_kind=about.class_kind, class_code=about.class_code, level=about.level
    )
    handle_minutes = line.limit_minutes or limit_minutes(
        "handle", class_kind=about.class_kind, class_code=about.class_code, level=about.level
    )
    row = WorkOrder.objects.create(
        number=next_number("GD", at),
        incident_number=about.number,
        decision_number=decision_number,
        line=position,
        origin_kind=origin.kind,
        origin_id=origin.id,
        title=about.title,
        title_en=about.title_en,
        place_name=about.cell_name,
        place_name_en=about.cell_name_en,
        district_code=about.district_code,
        cell_code=about.cell_code,
        longitude=about.longitude,
        latitude=about.latitude,
        department_id=department.id,
        crew=line.crew,
        crew_en=line.crew_en,
        action=line.action,
        action_en=line.action_en,
        expected_minutes=line.expected_minutes,
        limit_minutes=handle_minutes,
        dispatched_at=at,
        accept_due_at=at + timedelta(minutes=accept_minutes),
        class_kind=about.class_kind,
        class_code=about.class_code,
        level=about.level,
        **running(at, accept_minutes),
    )
    incidents.add_stage(about.number, "dispatch", at=at, actor=actor, order_number=row.number, draft=noted)
    record(
        "work_order.dispatched",
        about=("work_order", row.number),
        actor=actor,
        after={"state": OrderState.DISPATCHED, "department": department.code, "due_at": row.accept_due_at.isoformat()},
        reason=noted.note,
        reason_en=noted.note_en,
    )
    link(origin, Ref("work_order", row.number), "dispatched", at)
    publish(WorkOrderChanged(row.number, about.number, "dispatched", OrderState.DISPATCHED))
    return row


def _department(code: str, about: IncidentView) -> OrganizationView:
    """The department named, else the one in charge on the spot, else the city itself: no order is left to nobody."""
    for wanted in (code, about.department_code, "city"):
        found = organization(wanted) if wanted else None
        if found is not None:
            return found
    served = city()
    raise Invalid(
        f"incident {about.number}: department {code!r} is not known and the city has no organisation "
        f"({'no city' if served is None else served.name}). Run `cityloop init` first."
    )


@transaction.atomic
def raise_level(incident_number: str) -> None:
    """Take the incident's level over to its live orders; their clocks go on as they were set."""
    about = incidents.hold(incident_number)
    if about.state is IncidentState.VOID:
        return
    for row in WorkOrder.objects.filter(
        incident_number=incident_number,
        state__in=[OrderState.DISPATCHED, OrderState.HANDLING, OrderState.REPORTED],
        level__gt=about.level,
    ):
        WorkOrder.objects.filter(id=row.id).update(level=about.level)
        publish(WorkOrderChanged(row.number, incident_number, "level", row.state))
