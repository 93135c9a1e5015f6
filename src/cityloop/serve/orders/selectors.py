"""Reads of work orders."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable

from cityloop.kernel import clock
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.organisations.port import city
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.serve.orders.contracts import LIVE_ORDERS, OrderFilter, OrderState, OrderView
from cityloop.serve.orders.models import WorkOrder

ROWS_MAX = 5000
SORTS: dict[str, tuple[str | Combinable, ...]] = {
    # What has no running clock stands last, whichever the database.
    "due_at": (F("due_at").asc(nulls_last=True), "level", "id"),
    "-due_at": (F("due_at").desc(nulls_last=True), "level", "id"),
    "level": ("level", F("due_at").asc(nulls_last=True), "id"),
    "-level": ("-level", F("due_at").asc(nulls_last=True), "id"),
    "dispatched_at": ("dispatched_at", "id"),
    "-dispatched_at": ("-dispatched_at", "-id"),
    "number": ("id",),
    "-number": ("-id",),
}
VIEWS = ("open", "new", "soon", "overdue", "mine", "returned", "all")
RUNNING = (OrderState.DISPATCHED, OrderState.HANDLING)


def order(number: str) -> OrderView | None:
    """A work order by its number."""
    row = _rows().filter(number=number).first()
    return view(row) if row else None


def orders_of(incident_number: str) -> list[OrderView]:
    """Every order of an incident, oldest first."""
    return [view(row) for row in _rows().filter(incident_number=incident_number).order_by("id")[:500]]


def orders_by_number(numbers: Iterable[str]) -> dict[str, OrderView]:
    """These orders (at most 5,000)."""
    return {row.number: view(row) for row in _rows().filter(number__in=list(numbers)[:ROWS_MAX])}


def orders_by_incident(numbers: Iterable[str]) -> dict[str, list[OrderView]]:
    """The orders of these incidents, oldest first."""
    found: dict[str, list[OrderView]] = {}
    for row in _rows().filter(incident_number__in=list(numbers)[:2000]).order_by("id")[: 2 * ROWS_MAX]:
        found.setdefault(row.incident_number, []).append(view(row))
    return found


def live_orders(
    states: Iterable[OrderState] | None = None, department_id: int | None = None, limit: int = 1000
) -> list[OrderView]:
    """Live orders, the soonest due first; of some states or one department when asked."""
    rows = _rows().filter(state__in=list(states) if states is not None else LIVE_ORDERS)
    if department_id is not None:
        rows = rows.filter(department_id=department_id)
    return [view(row) for row in rows.order_by(*SORTS["due_at"])[: min(limit, ROWS_MAX)]]


def returned_orders(limit: int = 500) -> list[OrderView]:
    """Orders a department gave back that nobody sent out again yet, oldest first."""
    rows = _rows().filter(state=OrderState.RETURNED, replaced_by="").order_by("id")
    return [view(row) for row in rows[:limit]]


def overdue(now: datetime, limit: int = 1000) -> list[OrderView]:
    """Orders whose running clock is up, the longest overdue first."""
    return [view(row) for row in _rows().filter(state__in=RUNNING, due_at__lt=now).order_by("due_at")[:limit]]


def desk(wanted: OrderFilter, *, sort: str, offset: int, limit: int) -> list[OrderView]:
    """The orders of a desk that pass a filter."""
    rows = _filtered(wanted).order_by(*SORTS.get(sort, SORTS["due_at"]))
    return [view(row) for row in rows[offset : offset + min(limit, ROWS_MAX)]]


def count_desk(wanted: OrderFilter) -> int:
    """How many orders of a desk pass a filter."""
    return _filtered(wanted).count()


def desk_counts(department_ids: frozenset[int] | None, person_id: int) -> dict[str, int]:
    """How many orders each saved filter of a desk holds."""
    conditions = {name: _condition(name, person_id) for name in VIEWS}
    rows = (
        WorkOrder.objects.all()
        if department_ids is None
        else WorkOrder.objects.filter(department_id__in=department_ids)
    )
    return rows.aggregate(**{name: Count("id", filter=condition) for name, condition in conditions.items()})


def tasks_of(person: PersonView, limit: int = 50) -> list[OrderView]:
    """What a crew member has to do: own orders first, then those of the department nobody has taken."""
    rows = _rows().filter(state__in=RUNNING, department_id__in=person.organization_ids)
    own = list(rows.filter(assignee_id=person.id).order_by("due_at", "id")[:limit])
    free = list(rows.filter(assignee=None).order_by("due_at", "id")[: limit - len(own)])
    return [view(row) for row in own + free]


def reports_today(person: PersonView, since: datetime) -> int:
    """How many of a person's orders were reported since a time."""
    return WorkOrder.objects.filter(assignee_id=person.id, reported_at__gte=since).count()


def departments_of(person: PersonView) -> frozenset[int] | None:
    """The departments whose orders a person sees; None means all of them, for a city-wide post."""
    served = city()
    if served is not None and served.organization_id in person.organization_ids:
        return None
    return person.organization_ids


def may_see(person: PersonView, wanted: OrderView) -> bool:
    """Whether a person may know of an order: their department's, or any for a city-wide post."""
    seen = departments_of(person)
    return person.may(Permission.VIEW_ORDERS) and (seen is None or wanted.department_id in seen)


def in_other_hands(person: PersonView, state: str, assignee_id: int | None) -> bool:
    """Whether an order being handled is a colleague's: they or the department's desk report on it, nobody else."""
    of_the_desk = person.may(Permission.DISPATCH)
    return state == OrderState.HANDLING and assignee_id not in (None, person.id) and not of_the_desk


def _rows() -> QuerySet[WorkOrder]:
    return WorkOrder.objects.select_related("department", "assignee")


def _filtered(wanted: OrderFilter) -> QuerySet[WorkOrder]:
    rows = _rows().filter(_condition(wanted.view, wanted.person_id or 0))
    if wanted.department_ids is not None:
        rows = rows.filter(department_id__in=wanted.department_ids)
    if wanted.level is not None:
        rows = rows.filter(level=wanted.level)
    text = wanted.text.strip()[:100]
    if text:
        columns = (
            "number",
            "incident_number",
            "title",
            "title_en",
            "action",
            "action_en",
            "place_name",
            "place_name_en",
            "crew",
            "crew_en",
        )
        any_of = Q()
        for column in columns:
            any_of |= Q(**{f"{column}__icontains": text})
        rows = rows.filter(any_of)
    return rows


def _condition(name: str, person_id: int) -> Q:
    now = clock.now()
    if name == "new":
        return Q(state=OrderState.DISPATCHED)
    if name == "soon":
        return Q(state__in=RUNNING, soon_at__lte=now, due_at__gte=now)
    if name == "overdue":
        return Q(state__in=RUNNING, due_at__lt=now)
    if name == "mine":
        return Q(state__in=LIVE_ORDERS, assignee_id=person_id)
    if name == "returned":
        return Q(state=OrderState.RETURNED, replaced_by="")
    if name == "all":
        return Q(id__isnull=False)
    return Q(state__in=LIVE_ORDERS)


def view(row: WorkOrder) -> OrderView:
    """An order's row as other features see it."""
    return OrderView(
        number=row.number,
        incident_number=row.incident_number,
        decision_number=row.decision_number,
        origin=Ref(row.origin_kind, row.origin_id),
        state=OrderState(row.state),
        level=row.level,
        class_kind=row.class_kind,
        class_code=row.class_code,
        title=row.title,
        title_en=row.title_en,
        place_name=row.place_name,
        place_name_en=row.place_name_en,
        district_code=row.district_code,
        cell_code=row.cell_code,
        longitude=row.longitude,
        latitude=row.latitude,
        department_id=row.department_id,
        department_code=row.department.code,
        department_name=row.department.name,
        department_name_en=row.department.name_en,
        crew=row.crew,
        crew_en=row.crew_en,
        action=row.action,
        action_en=row.action_en,
        expected_minutes=row.expected_minutes,
        limit_minutes=row.limit_minutes,
        dispatched_at=row.dispatched_at,
        accepted_at=row.accepted_at,
        reported_at=row.reported_at,
        closed_at=row.closed_at,
        accept_due_at=row.accept_due_at,
        handle_due_at=row.handle_due_at,
        due_at=row.due_at,
        clock_started_at=row.clock_started_at,
        assignee_id=row.assignee_id,
        assignee_number=row.assignee.staff_number if row.assignee else "",
        round=row.round,
        replaced_by=row.replaced_by,
        alarmed_at=row.alarmed_at,
        late_accept=row.late_accept,
        late_handle=row.late_handle,
        version=row.version,
    )
