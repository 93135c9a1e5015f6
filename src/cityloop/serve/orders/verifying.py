"""What the verifier and the duty officer do: verify and close, rework, void."""

from django.db import transaction

from cityloop.kernel import clock
from cityloop.kernel.access import require
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import link
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import Conflict, Forbidden, Invalid
from cityloop.kernel.saying import said as _
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentState, IncidentView, Result, StageDraft
from cityloop.serve.orders.contracts import LIVE_ORDERS, OrderState
from cityloop.serve.orders.models import WorkOrder
from cityloop.serve.orders.moving import STOPPED, accept_clock, follow, held, move


@transaction.atomic
def verify_and_close(
    incident_number: str,
    *,
    result: str,
    note: str = "",
    note_en: str = "",
    photo: bytes | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
    by: PersonView,
    version: int | None = None,
) -> int:
    """Verify what was reported and close the incident with its orders.

    Args:
        result: `confirmed`, or `false` when there was nothing.
        photo: JPEG or PNG of at most 8 MB.
        version: The incident's version the person saw.

    Returns:
        The id of the verification (a stage record).

    Raises:
        Forbidden: The post does not verify, or the person reported the work: nobody verifies their own.
        Conflict: Not all is reported, or somebody was faster.
        Invalid: Another result.
    """
    require(by, Permission.VERIFY)
    if result not in set(Result):
        message = _("Result “%(result)s”; allowed: confirmed or false alarm. Choose one.") % {"result": result}
        raise Invalid(message, errors={"result": message})
    incidents.hold(incident_number)
    reports = [one for one in incidents.stages(incident_number) if one.stage == "report" and one.order_number]
    if any(one.actor == by.actor for one in reports):
        raise Forbidden(_("You reported work on this incident: somebody else has to verify it."))
    draft = StageDraft(
        note=note.strip(),
        note_en=note_en.strip(),
        longitude=longitude,
        latitude=latitude,
        photo=incidents.keep_photo(photo) if photo else "",
    )
    verification = incidents.close(incident_number, result=Result(result), draft=draft, by=by, version=version)
    now = clock.now()
    newest = {one.order_number: one for one in reports}
    for row in WorkOrder.objects.filter(incident_number=incident_number, state=OrderState.REPORTED).order_by("id"):
        move(row, "close", actor=by.actor, changes={**STOPPED, "closed_at": now})
        if row.number in newest:
            link(Ref("report", str(newest[row.number].id)), Ref("verification", str(verification)), "verified", now)
    return verification


@transaction.atomic
def rework(number: str, *, reason: str, by: PersonView, version: int | None = None) -> None:
    """Send reported work back to its department for another round.

    Raises:
        Invalid: No reason.
    """
    require(by, Permission.VERIFY)
    row = held(number, None)
    _rework(row, reason, by, version)
    follow(row.incident_number, actor=by.actor)


@transaction.atomic
def rework_incident(
    incident_number: str, *, reason: str, reason_en: str = "", by: PersonView, version: int | None = None
) -> list[str]:
    """Send all reported work of an incident back; returns the orders' numbers."""
    require(by, Permission.VERIFY)
    about = incidents.hold(incident_number)
    if version is not None and version != about.version:
        raise incidents.overtaken(number=incident_number, incident_number=incident_number)
    rows = list(WorkOrder.objects.filter(incident_number=incident_number, state=OrderState.REPORTED).order_by("id"))
    if not rows or about.state is not IncidentState.REPORTED:
        raise Conflict(
            _("%(number)s has no work to send back: it stands at “%(state)s”.")
            % {"number": incident_number, "state": incidents.state_words(about.state)}
        )
    for row in rows:
        _rework(row, reason, by, None, reason_en)
    follow(incident_number, actor=by.actor)
    return [row.number for row in rows]


def _rework(row: WorkOrder, reason: str, by: PersonView, version: int | None, reason_en: str = "") -> None:
    now = clock.now()
    changes = {**accept_clock(row, now), "round": row.round + 1, "reported_at": None}
    move(row, "rework", actor=by.actor, reason=reason, reason_en=reason_en, changes=changes, version=version)


@transaction.atomic
def void_order(number: str, *, reason: str, by: PersonView, version: int | None = None) -> None:
    """Declare an order void. The last one of an incident can't be: its incident is voided, or the order sent out anew.

    Raises:
        Conflict: It is the last order at work.
        Invalid: No reason.
    """
    require(by, Permission.VOID)
    row = held(number, None)
    others = WorkOrder.objects.filter(incident_number=row.incident_number, replaced_by="").exclude(id=row.id)
    if not others.filter(state__in=[*LIVE_ORDERS, OrderState.RETURNED]).exists() and row.state in {
        *LIVE_ORDERS,
        OrderState.RETURNED,
    }:
        raise Conflict(
            _(
                "%(number)s is the last order of %(incident)s: void the incident, "
                "or return the order and dispatch it again."
            )
            % {"number": number, "incident": row.incident_number}
        )
    move(row, "void", actor=by.actor, reason=reason, changes=dict(STOPPED), version=version)
    follow(row.incident_number, actor=by.actor)


@transaction.atomic
def void_incident(incident_number: str, *, reason: str, by: PersonView, version: int | None = None) -> None:
    """Declare an incident void, with all its orders that are not finished.

    Raises:
        Invalid: No reason.
    """
    require(by, Permission.VOID)
    incidents.hold(incident_number)
    incidents.void(incident_number, reason=reason, actor=by.actor, version=version)
    unfinished = WorkOrder.objects.filter(
        incident_number=incident_number, state__in=[*LIVE_ORDERS, OrderState.RETURNED], replaced_by=""
    )
    for row in unfinished.order_by("id"):
        move(row, "void", actor=by.actor, reason=reason, changes=dict(STOPPED))


def moves_open_to(person: PersonView, about: IncidentView, *, waits_for_decision: bool = False) -> frozenset[str]:
    """Which acts to offer a person on an incident: of `decide`, `verify`, `rework`, `void`."""
    found = set()
    if waits_for_decision and about.live and person.may(Permission.DECIDE):
        found.add("decide")
    if about.state is IncidentState.REPORTED and person.may(Permission.VERIFY):
        found |= {"verify", "rework"}
    if about.live and person.may(Permission.VOID):
        found.add("void")
    return frozenset(found)
