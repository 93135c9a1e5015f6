"""Reads of incidents."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from cityloop.kernel import clock
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.organisations.port import city
from cityloop.serve.incidents.classes import class_names
from cityloop.serve.incidents.contracts import (
    LIVE_STATES,
    PAST_AFTER,
    IncidentFilter,
    IncidentState,
    IncidentView,
    StageView,
    Tally,
)
from cityloop.serve.incidents.models import Incident, StageRecord

EVERYTHING = IncidentFilter()
SORTS = {
    "opened_at": ("opened_at", "id"),
    "-opened_at": ("-opened_at", "-id"),
    "level": ("level", "-opened_at", "-id"),
    "-level": ("-level", "-opened_at", "-id"),
    "number": ("id",),
    "-number": ("-id",),
    "closed_at": ("closed_at", "id"),
    "-closed_at": ("-closed_at", "-id"),
}
ROWS_MAX = 5000


def incident(number: str) -> IncidentView | None:
    """An incident by its number."""
    row = Incident.objects.select_related("department").filter(number=number).first()
    return view(row) if row else None


def incident_by_fact(fact_key: str) -> IncidentView | None:
    """The incident of a fact."""
    row = Incident.objects.select_related("department").filter(fact_key=fact_key).first()
    return view(row) if row else None


def incidents(
    wanted: IncidentFilter = EVERYTHING, *, sort: str = "-opened_at", offset: int = 0, limit: int = 50
) -> list[IncidentView]:
    """Incidents that pass a filter, by `opened_at`, `level`, `number` or `closed_at` (a minus turns the order)."""
    order = SORTS.get(sort, SORTS["-opened_at"])
    rows = _filtered(wanted).select_related("department").order_by(*order)
    return [view(row) for row in rows[offset : offset + min(limit, ROWS_MAX)]]


def count_incidents(wanted: IncidentFilter = EVERYTHING) -> int:
    """How many incidents pass a filter."""
    return _filtered(wanted).count()


def incidents_by_number(numbers: Iterable[str]) -> dict[str, IncidentView]:
    """These incidents (at most 5,000)."""
    rows = Incident.objects.select_related("department").filter(number__in=list(numbers)[:ROWS_MAX])
    return {row.number: view(row) for row in rows}


def tally() -> Tally:
    """Counts of the live incidents, and of what was opened and closed on the city's day."""
    by_level, by_state = dict.fromkeys((1, 2, 3, 4), 0), {state.value: 0 for state in LIVE_STATES}
    for level, state, count in (
        Incident.objects.filter(state__in=LIVE_STATES).values_list("level", "state").annotate(n=Count("id"))
    ):
        by_level[level] += count
        by_state[state] += count
    midnight, live = _midnight(), Incident.objects.filter(state__in=LIVE_STATES)
    long_over = Q(fact_ended_at__isnull=False) & Q(fact_ended_at__lt=F("opened_at") - PAST_AFTER)
    return Tally(
        live=sum(by_level.values()),
        past=live.filter(_long_ended()).count(),
        by_level=by_level,
        by_state=by_state,
        opened_today=Incident.objects.filter(opened_at__gte=midnight).exclude(long_over).count(),
        closed_today=Incident.objects.filter(closed_at__gte=midnight).count(),
    )


def stages(incident_number: str, limit: int = 500) -> list[StageView]:
    """The moves of an incident and its orders, oldest first."""
    rows = StageRecord.objects.filter(incident__number=incident_number).select_related("incident").order_by("id")
    return [stage_view(row) for row in rows[:limit]]


def order_stages(order_number: str, limit: int = 200) -> list[StageView]:
    """The moves of one work order, oldest first."""
    rows = StageRecord.objects.filter(order_number=order_number).select_related("incident").order_by("id")
    return [stage_view(row) for row in rows[:limit]]


def stage(number: int) -> StageView | None:
    """One move by its id: the loop's `report` and `verification`."""
    row = StageRecord.objects.select_related("incident").filter(id=number).first()
    return stage_view(row) if row else None


def newest_stage(incident_number: str, order_number: str = "") -> StageView | None:
    """The newest move of an incident, or of one of its orders."""
    rows = StageRecord.objects.filter(incident__number=incident_number).select_related("incident")
    if order_number:
        rows = rows.filter(order_number=order_number)
    row = rows.order_by("-id").first()
    return stage_view(row) if row else None


def photo_known(name: str) -> bool:
    """Whether a move carries this photo."""
    return StageRecord.objects.filter(photo=name).exists()


def _filtered(wanted: IncidentFilter) -> QuerySet[Incident]:
    rows = Incident.objects.all()
    if wanted.states is not None:
        rows = rows.filter(state__in=wanted.states)
    if wanted.levels is not None:
        rows = rows.filter(level__in=wanted.levels)
    if wanted.level_max is not None:
        rows = rows.filter(level__lte=wanted.level_max)
    if wanted.class_codes is not None:
        any_of = Q(pk__in=[])
        for kind, code in sorted(wanted.class_codes)[:500]:
            any_of |= Q(class_kind=kind, class_code=code)
        rows = rows.filter(any_of)
    if wanted.district_code:
        rows = rows.filter(district_code=wanted.district_code)
    if wanted.department_code:
        rows = rows.filter(department__code=wanted.department_code)
    if wanted.since is not None:
        rows = rows.filter(opened_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(opened_at__lt=wanted.until)
    if wanted.past is not None:
        rows = rows.filter(_long_ended()) if wanted.past else rows.exclude(_long_ended())
    text = wanted.text.strip()[:100]
    if text:
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(title__icontains=text)
            | Q(title_en__icontains=text)
            | Q(cell_name__icontains=text)
            | Q(cell_name_en__icontains=text)
        )
    return rows


def _long_ended() -> Q:
    return Q(fact_ended_at__isnull=False, fact_ended_at__lt=clock.now() - PAST_AFTER)


def _midnight() -> datetime:
    served = city()
    zone = ZoneInfo(served.time_zone if served else "UTC")
    return datetime.combine(clock.now().astimezone(zone).date(), time.min, tzinfo=zone).astimezone(UTC)


def view(row: Incident) -> IncidentView:
    """An incident's row as other features see it."""
    name, name_en = class_names(row.class_kind, row.class_code)
    department = row.department
    return IncidentView(
        number=row.number,
        fact_key=row.fact_key,
        state=IncidentState(row.state),
        level=row.level,
        class_kind=row.class_kind,
        class_code=row.class_code,
        class_name=name,
        class_name_en=name_en,
        title=row.title,
        title_en=row.title_en,
        longitude=row.longitude,
        latitude=row.latitude,
        district_code=row.district_code,
        cell_code=row.cell_code,
        cell_name=row.cell_name,
        cell_name_en=row.cell_name_en,
        department_code=department.code if department else "",
        department_name=department.name if department else "",
        department_name_en=department.name_en if department else "",
        datastream_id=row.datastream_id,
        property=row.property,
        unit=row.unit,
        at_least=row.at_least,
        value=row.value,
        peak=row.peak,
        peak_at=row.peak_at,
        began_at=row.began_at,
        last_at=row.last_at,
        opened_at=row.opened_at,
        fact_ended_at=row.fact_ended_at,
        reported_at=row.reported_at,
        verify_due_at=row.verify_due_at,
        closed_at=row.closed_at,
        result=row.result,
        version=row.version,
        source=Ref(row.source_kind, row.source_id),
        rule=Ref(row.rule_kind, row.rule_id),
    )


def stage_view(row: StageRecord) -> StageView:
    """A move's row as other features see it."""
    return StageView(
        id=row.id,
        incident_number=row.incident.number,
        order_number=row.order_number,
        stage=row.stage,
        at=row.at,
        actor=row.actor,
        note=row.note,
        note_en=row.note_en,
        longitude=row.longitude,
        latitude=row.latitude,
        photo_href=f"/photos/{row.photo}" if row.photo else "",
    )
