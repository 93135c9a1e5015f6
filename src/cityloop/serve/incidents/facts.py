"""What a detected fact does to its incident: opens it, raises it, ends it, takes it back. Each is one transaction."""

from datetime import datetime

from django.db import transaction

from cityloop.decide.ledger import port as ledger
from cityloop.decide.responses import port as responses
from cityloop.decide.responses.contracts import Case
from cityloop.kernel import clock
from cityloop.kernel.audit.port import record
from cityloop.kernel.events.port import publish
from cityloop.kernel.geography.port import place_of
from cityloop.kernel.loop.contracts import FactChanged, IncidentDetected, Ref
from cityloop.kernel.loop.port import link
from cityloop.kernel.numbers.port import next_number
from cityloop.kernel.organisations.port import city, organization
from cityloop.serve.incidents.contracts import LIVE_STATES, IncidentChanged, IncidentOpened, IncidentState
from cityloop.serve.incidents.models import Incident, StageRecord
from cityloop.serve.incidents.services import iso, record_outcome, void

MACHINE = "machine:serve"


class FactUnknown(LookupError):
    """A fact changed whose incident is not opened yet: the outbox brings the event again."""


@transaction.atomic
def open_incident(event: IncidentDetected) -> str:
    """Open the incident of a fact, propose a response, and return its number; a fact reported again has its incident
    already.

    Two processes at once: the unique key lets one of them open it, the other finds it.
    """
    existing = Incident.objects.filter(fact_key=event.fact_key).first()
    if existing is not None:
        return existing.number
    now = clock.now()
    place = place_of(event.longitude, event.latitude)
    served = city()
    department = organization(place.department_code) if place.department_code else None
    row, fresh = Incident.objects.get_or_create(
        fact_key=event.fact_key,
        defaults={
            "number": next_number("AJ", now),
            "level": min(max(event.level, 1), 4),
            "class_kind": event.class_kind,
            "class_code": event.class_code,
            "title": event.title[:200],
            "title_en": event.title_en[:240],
            "longitude": event.longitude,
            "latitude": event.latitude,
            "district_code": place.district_code,
            "cell_code": place.cell_code,
            "cell_name": place.cell_name,
            "cell_name_en": place.cell_name_en,
            # Ground that no department looks after is the city's own: the duty officer sends it on.
            "department_id": department.id if department else (served.organization_id if served else None),
            "source_kind": event.source.kind,
            "source_id": event.source.id,
            "rule_kind": event.rule.kind,
            "rule_id": event.rule.id,
            "datastream_id": event.datastream_id,
            "property": event.property,
            "unit": event.unit,
            "at_least": event.at_least,
            "value": event.value,
            "peak": event.value,
            "peak_at": event.last_at,
            "began_at": event.began_at,
            "last_at": event.last_at,
            "opened_at": now,
        },
    )
    if not fresh:
        return row.number
    link(event.source, Ref("incident", row.number), "opened", now)
    StageRecord.objects.create(incident=row, stage="open", at=now, actor=MACHINE)
    record(
        "incident.opened", about=("incident", row.number), actor=MACHINE, after={"level": row.level, "state": row.state}
    )
    publish(
        IncidentOpened(
            row.number, row.level, row.class_kind, row.class_code, row.department.code if row.department else "", now
        )
    )
    responses.propose(_case(row))
    return row.number


@transaction.atomic
def change_fact(event: FactChanged) -> None:
    """Take over what the fact did: it grew, went on, ended, or never was.

    The level only rises, and only while the incident is live. Events may come out of order: an older one adds nothing
    but a higher peak.

    Raises:
        FactUnknown: The incident is not opened yet.
    """
    row = Incident.objects.select_for_update().filter(fact_key=event.fact_key).first()
    if row is None:
        raise FactUnknown(f"fact {event.fact_key}: no incident yet.")
    live, newer = row.state in LIVE_STATES, event.last_at >= row.last_at
    before = {"level": row.level, "peak": row.peak, "fact_ended_at": iso(row.fact_ended_at)}
    what = []
    if live and event.level < row.level:
        row.level = max(event.level, 1)
        what.append("level")
    if (newer and event.peak != row.peak) or event.peak > row.peak:
        row.peak, row.peak_at = event.peak, event.peak_at
        what.append("fact")
    ended_at = event.ended_at if event.ended else None
    if newer:
        row.last_at = event.last_at
        if ended_at != row.fact_ended_at:
            row.fact_ended_at = ended_at
            what.append("ended")
    if "level" in what:
        # A page that shows the old level is out of date; one that shows an older peak is not.
        row.version += 1
    row.save(update_fields=["level", "peak", "peak_at", "last_at", "fact_ended_at", "version"])
    if what:
        after = {"level": row.level, "peak": row.peak, "fact_ended_at": iso(row.fact_ended_at)}
        record("incident.fact_changed", about=("incident", row.number), actor=MACHINE, before=before, after=after)
    now = clock.now()
    if "level" in what:
        StageRecord.objects.create(
            incident=row, stage="level", at=now, actor=MACHINE, note=f"{before['level']}→{row.level}"
        )
        waits = ledger.current_decision(row.number)
        if row.state == IncidentState.OPEN and waits is not None and waits.state == "proposed":
            responses.propose(_case(row))
    if "ended" in what and row.fact_ended_at is not None:
        StageRecord.objects.create(incident=row, stage="ended", at=row.fact_ended_at, actor=MACHINE)
        if row.state in {IncidentState.CLOSED, IncidentState.ASSESSED}:
            record_outcome(row)
    for part in what:
        publish(IncidentChanged(row.number, part, row.state))
    if event.withdrawn:
        _withdraw(row, now)


def _withdraw(row: Incident, now: datetime) -> None:
    StageRecord.objects.create(incident=row, stage="withdrawn", at=now, actor=MACHINE)
    publish(IncidentChanged(row.number, "withdrawn", row.state))
    decided = ledger.current_decision(row.number)
    if row.state == IncidentState.OPEN and (decided is None or decided.state == "proposed"):
        # Nobody was sent out yet: what never was needs nobody.
        void(
            row.number,
            reason="后到的数据表明该事实不成立",
            reason_en="later data show that the fact never was",
            actor=MACHINE,
        )


def _case(row: Incident) -> Case:
    return Case(
        incident_number=row.number,
        class_kind=row.class_kind,
        class_code=row.class_code,
        level=row.level,
        department_code=row.department.code if row.department else "",
        title=row.title,
        title_en=row.title_en,
        value=row.peak,
        unit=row.unit,
        at_least=row.at_least,
        property=row.property,
        began_at=row.began_at,
        opened_at=row.opened_at,
        longitude=row.longitude,
        latitude=row.latitude,
    )
