"""The moves of a work order that its department makes: accept, assign, report back, return."""

from collections.abc import Iterable

from django.db import transaction

from cityloop.kernel import clock
from cityloop.kernel.access import require
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import link
from cityloop.kernel.people import port as people
from cityloop.kernel.people.contracts import Permission, PersonView, Role
from cityloop.kernel.problems import Forbidden, Invalid, Problem
from cityloop.kernel.saying import said as _
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import StageDraft
from cityloop.serve.orders.contracts import BulkResult
from cityloop.serve.orders.models import WorkOrder
from cityloop.serve.orders.moving import STOPPED, follow, held, late, move, running
from cityloop.serve.orders.selectors import in_other_hands

CREWS = frozenset({Role.WORKER, Role.GRID_WORKER})
BULK_MAX = 200


@transaction.atomic
def accept(number: str, *, by: PersonView, version: int | None = None) -> None:
    """Take an order on: the handling clock starts. A crew member who accepts has it from then on.

    Raises:
        Forbidden: The person's post does not handle orders.
        NotFound: No such order, or another department's.
        Conflict: It is not waiting for acceptance (any more).
    """
    require(by, Permission.HANDLE)
    row = held(number, by)
    now = clock.now()
    changes = {
        **running(now, row.limit_minutes),
        "accepted_at": now,
        "late_accept": row.late_accept or late(row, now),
    }
    changes["handle_due_at"] = changes["due_at"]
    if by.roles & CREWS and not by.may(Permission.DISPATCH):
        changes["assignee_id"] = by.id
    move(row, "accept", actor=by.actor, changes=changes, version=version)
    follow(row.incident_number, actor=by.actor)


@transaction.atomic
def assign(number: str, *, person_id: int | None, by: PersonView, version: int | None = None) -> None:
    """Give an order to a member of the department's crews, or to nobody in particular.

    Raises:
        Invalid: The person is not at work in this department, or does not handle orders.
    """
    require(by, Permission.DISPATCH)
    row = held(number, by)
    draft = StageDraft()
    if person_id is not None:
        member = people.person(person_id)
        if (
            member is None
            or not member.active
            or not member.may(Permission.HANDLE)
            or row.department_id not in member.organization_ids
        ):
            message = _("This person can't be given the order. Choose somebody of the department who handles orders.")
            raise Invalid(message, errors={"assignee": message})
        draft = StageDraft(note=member.staff_number)
    move(row, "assign", actor=by.actor, changes={"assignee_id": person_id}, draft=draft, version=version)


@transaction.atomic
def report(
    number: str,
    *,
    by: PersonView,
    note: str = "",
    note_en: str = "",
    photo: bytes | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
    version: int | None = None,
) -> int:
    """Report back that the work is done. When all live orders of the incident are reported, it waits for verification.

    Args:
        note_en: The note in English, when it was written in both languages.
        photo: JPEG or PNG of at most 8 MB; where and by what it was taken is removed.
        longitude, latitude: Where the crew stands, degrees CGCS2000.

    Returns:
        The id of the report (a stage record).

    Raises:
        Forbidden: A colleague has accepted the order, and the person is not of the department's desk.
        Conflict: It is not being handled, or somebody was faster.
    """
    require(by, Permission.HANDLE)
    row = held(number, by)
    _refuse_other_hands(row, by, version)
    now = clock.now()
    draft = StageDraft(
        note=note.strip(),
        note_en=note_en.strip(),
        longitude=longitude,
        latitude=latitude,
        photo=incidents.keep_photo(photo) if photo else "",
    )
    changes = {**STOPPED, "reported_at": now, "late_handle": row.late_handle or late(row, now)}
    stage = move(row, "report", actor=by.actor, for_id=row.assignee_id, changes=changes, draft=draft, version=version)
    link(Ref("work_order", row.number), Ref("report", str(stage)), "reported", now)
    follow(row.incident_number, actor=by.actor)
    return stage


@transaction.atomic
def return_order(number: str, *, reason: str, reason_en: str = "", by: PersonView, version: int | None = None) -> None:
    """Give an order back because the department can't do it; the duty officer sends it out anew.

    Raises:
        Forbidden: A colleague has accepted the order, and the person is not of the department's desk.
        Invalid: No reason.
    """
    require(by, Permission.HANDLE)
    row = held(number, by)
    _refuse_other_hands(row, by, version)
    now = clock.now()
    missed = "late_accept" if row.accepted_at is None else "late_handle"
    changes = {**STOPPED, missed: getattr(row, missed) or late(row, now)}
    move(
        row,
        "return",
        actor=by.actor,
        for_id=row.assignee_id,
        reason=reason,
        reason_en=reason_en,
        changes=changes,
        version=version,
    )
    follow(row.incident_number, actor=by.actor)


def _refuse_other_hands(row: WorkOrder, by: PersonView, version: int | None) -> None:
    if version is not None and version != row.version:
        return  # a colleague was faster: the move itself says so, with when and what
    if in_other_hands(by, row.state, row.assignee_id):
        raise Forbidden(
            _(
                "%(number)s is in the hands of staff number %(staff)s: they or the department's desk report on it. "
                "Ask the desk to assign it to you if you take it over."
            )
            % {"number": row.number, "staff": row.assignee.staff_number if row.assignee else "?"}
        )


def accept_many(numbers: Iterable[str], *, by: PersonView) -> BulkResult:
    """Accept orders in one go; what can't be accepted is told with its reason, the others stand (at most 200)."""
    return _many(numbers, lambda number: accept(number, by=by))


def assign_many(numbers: Iterable[str], *, person_id: int | None, by: PersonView) -> BulkResult:
    """Give orders to one crew member in one go (at most 200)."""
    return _many(numbers, lambda number: assign(number, person_id=person_id, by=by))


def _many(numbers: Iterable[str], act: object) -> BulkResult:
    assert callable(act)
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for number in list(dict.fromkeys(numbers))[:BULK_MAX]:
        try:
            act(number)
        except Problem as problem:
            refused.append((number, problem.detail))
        else:
            done.append(number)
    return BulkResult(tuple(done), tuple(refused))


@transaction.atomic
def mark_alarmed(number: str, *, round: int) -> None:
    """Note on an order that its department head was alarmed. Called by `supervise.alarms`; a new clock takes the mark
    away.
    """
    WorkOrder.objects.filter(number=number, round=round, due_at__isnull=False, alarmed_at=None).update(
        alarmed_at=clock.now()
    )
