"""Writes of incidents: the record of moves, what follows from the orders, closing, voiding, assessing."""

from datetime import datetime

from django.db import transaction

from cityloop.decide.ledger import port as ledger
from cityloop.kernel import clock
from cityloop.kernel.access import require
from cityloop.kernel.audit.port import record
from cityloop.kernel.events.port import publish
from cityloop.kernel.organisations.port import organization
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import Invalid, NotFound
from cityloop.kernel.saying import said as _
from cityloop.serve.incidents.contracts import (
    LIVE_STATES,
    IncidentChanged,
    IncidentClosed,
    IncidentState,
    IncidentView,
    Result,
    StageDraft,
)
from cityloop.serve.incidents.lifecycle import INCIDENT_MOVES
from cityloop.serve.incidents.models import Incident, StageRecord
from cityloop.serve.incidents.moves import IllegalMove, ReasonMissing, check
from cityloop.serve.incidents.refusals import overtaken, reason_missing, refused
from cityloop.serve.incidents.selectors import newest_stage, view


def hold(number: str) -> IncidentView:
    """The incident, locked until the transaction ends, so that moves of its orders come one after another.

    Raises:
        NotFound: No such incident.
    """
    row = Incident.objects.select_for_update(of=("self",)).select_related("department").filter(number=number).first()
    if row is None:
        raise NotFound(_("There is no incident %(number)s.") % {"number": number})
    return view(row)


def add_stage(
    number: str,
    stage: str,
    *,
    at: datetime,
    actor: str,
    order_number: str = "",
    draft: StageDraft | None = None,
) -> int:
    """Write down a move of the incident or of one of its orders; returns the record's id."""
    noted = draft or StageDraft()
    for name, value, most in (("longitude", noted.longitude, 180.0), ("latitude", noted.latitude, 90.0)):
        if value is not None and not -most <= value <= most:
            message = _("Position %(value)s; allowed: −%(most)s to %(most)s degrees. Take the position again.") % {
                "value": value,
                "most": f"{most:g}",
            }
            raise Invalid(message, errors={name: message})
    return StageRecord.objects.create(
        incident=Incident.objects.only("id").get(number=number),
        order_number=order_number,
        stage=stage,
        at=at,
        actor=actor,
        note=noted.note[:2000],
        note_en=noted.note_en[:2000],
        longitude=noted.longitude,
        latitude=noted.latitude,
        photo=noted.photo,
    ).id


def set_progress(
    number: str,
    state: IncidentState,
    *,
    actor: str,
    verify_due_at: datetime | None = None,
    department_code: str = "",
) -> None:
    """Bring a live incident to the state that follows from its orders; call it with the incident held.

    Args:
        verify_due_at: When it has to be verified, if it is now reported.
        department_code: The department in charge from now on; empty keeps it.
    """
    row = Incident.objects.get(number=number)
    if row.state not in LIVE_STATES:
        return
    changes: dict[str, object] = {}
    if state != row.state:
        changes["state"] = state
        changes["reported_at"] = clock.now() if state == IncidentState.REPORTED else None
        changes["verify_due_at"] = verify_due_at if state == IncidentState.REPORTED else None
    department = organization(department_code) if department_code else None
    if department is not None and department.id != row.department_id:
        changes["department_id"] = department.id
    if not changes:
        return
    _guarded(row, changes)
    record(
        "incident.progress",
        about=("incident", number),
        actor=actor,
        before={"state": row.state},
        after={name: iso(value) if isinstance(value, datetime) else value for name, value in changes.items()},
    )
    publish(IncidentChanged(number, "state", str(changes.get("state", row.state))))


def close(number: str, *, result: Result, draft: StageDraft, by: PersonView, version: int | None = None) -> int:
    """Verify and close: the result stands, the ledger gets its outcome. Called by `serve.orders`, with the incident
    held.

    Returns:
        The id of the verification (a stage record).
    """
    require(by, Permission.VERIFY)
    row = _moving(number, "verify", version=version)
    now = clock.now()
    _guarded(row, {"state": IncidentState.CLOSED, "result": result, "closed_at": now})
    verification = add_stage(number, "verify", at=now, actor=by.actor, draft=draft)
    record(
        "incident.closed",
        about=("incident", number),
        actor=by.actor,
        before={"state": row.state},
        after={"state": IncidentState.CLOSED, "result": result},
        reason=draft.note,
        reason_en=draft.note_en,
    )
    row.refresh_from_db()
    if row.fact_ended_at is not None:
        record_outcome(row)
    publish(IncidentClosed(number, result, now))
    return verification


def void(number: str, *, reason: str, reason_en: str = "", actor: str, version: int | None = None) -> None:
    """Declare an incident void; its open proposal goes with it. Called with the incident held and the permission
    checked.
    """
    row = _moving(number, "void", reason=reason, version=version)
    _guarded(row, {"state": IncidentState.VOID, "verify_due_at": None})
    draft = StageDraft(note=reason.strip(), note_en=reason_en)
    add_stage(number, "void", at=clock.now(), actor=actor, draft=draft)
    record(
        "incident.voided",
        about=("incident", number),
        actor=actor,
        before={"state": row.state},
        after={"state": IncidentState.VOID},
        reason=draft.note,
        reason_en=draft.note_en,
    )
    ledger.withdraw_proposal(number, reason=draft.note, reason_en=draft.note_en, actor=actor)
    publish(IncidentChanged(number, "state", IncidentState.VOID))


@transaction.atomic
def mark_assessed(number: str, *, actor: str) -> bool:
    """A closed incident was scored: the last step. False when it was assessed before."""
    held = hold(number)
    if held.state is IncidentState.ASSESSED:
        return False
    row = _moving(number, "assess")
    _guarded(row, {"state": IncidentState.ASSESSED})
    add_stage(number, "assess", at=clock.now(), actor=actor)
    record(
        "incident.assessed",
        about=("incident", number),
        actor=actor,
        before={"state": row.state},
        after={"state": IncidentState.ASSESSED},
    )
    publish(IncidentChanged(number, "assessed", IncidentState.ASSESSED))
    return True


def _moving(number: str, move: str, *, reason: str = "", version: int | None = None) -> Incident:
    row = Incident.objects.filter(number=number).first()
    if row is None:
        raise NotFound(_("There is no incident %(number)s.") % {"number": number})
    try:
        check(INCIDENT_MOVES, move, row.state, reason)
    except IllegalMove:
        raise refused(
            number=number, move=move, state=row.state, moves=INCIDENT_MOVES, last=newest_stage(number)
        ) from None
    except ReasonMissing:
        raise reason_missing(move) from None
    if version is not None and version != row.version:
        raise overtaken(number=number, incident_number=number)
    return row


def _guarded(row: Incident, changes: dict[str, object]) -> None:
    # Of two at once, one finds the row as it was read; the other finds none and is told what happened.
    changed = Incident.objects.filter(id=row.id, state=row.state, version=row.version).update(
        **changes, version=row.version + 1
    )
    if not changed:
        raise overtaken(number=row.number, incident_number=row.number)


def record_outcome(row: Incident) -> None:
    """Tell the ledger what came of the decision, once it is known when the fact ended."""
    if row.fact_ended_at is not None:
        ledger.record_outcome(row.number, ended_at=row.fact_ended_at, confirmed=row.result == Result.CONFIRMED)


def iso(moment: datetime | None) -> str | None:
    """A moment as text for the audit trail."""
    return moment.isoformat() if moment is not None else None
