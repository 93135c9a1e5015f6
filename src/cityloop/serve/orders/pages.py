"""The desk of a department, one work order, and the forms of both."""

from collections.abc import Iterator
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cityloop.kernel import clock
from cityloop.kernel.access import person_of, requires
from cityloop.kernel.organisations import port as organisations
from cityloop.kernel.people import port as people
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import BadRequest, Invalid, NotFound, Problem, Unauthorized
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui import table, words
from cityloop.kernel.ui.responses import csv_response
from cityloop.serve.incidents import port as incidents
from cityloop.serve.orders import dispatching, forms, selectors, services, verifying
from cityloop.serve.orders.contracts import OrderFilter, OrderView
from cityloop.serve.orders.offers import moves_for
from cityloop.serve.orders.rows import (
    CSV_HEADER,
    columns,
    csv_row,
    desk_heading,
    reporter_words,
    saved_filters,
    timeline,
)

CSV_MAX = 20_000
LEVELS = ("1", "2", "3", "4")


@require_safe
@requires(Permission.VIEW_ORDERS)
def desk(request: HttpRequest) -> HttpResponseBase:
    """The desk: saved filters, the orders, what can be done with many at once."""
    person = me(request)
    if person.roles and person.roles <= services.CREWS and not request.GET:
        return redirect("/orders/mine")
    return _desk(request, person)


def _desk(
    request: HttpRequest, person: PersonView, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponseBase:
    departments = selectors.departments_of(person)
    view = request.GET.get("view", "open")
    if view not in selectors.VIEWS:
        raise BadRequest(words.choice_words("view", view, selectors.VIEWS))
    level = request.GET.get("level", "")
    if level and level not in LEVELS:
        raise BadRequest(words.choice_words("level", level, LEVELS))
    try:
        asked = table.parse(request.GET, sortable=("due_at", "level", "dispatched_at", "number"), default_sort="due_at")
    except table.BadTableQueryError as error:
        raise BadRequest(words.table_query_words(error)) from None
    wanted = OrderFilter(departments, view, person.id, asked.q, int(level) if level else None)
    if request.GET.get("format") == "csv":
        return csv_response("orders.csv", CSV_HEADER, _csv_rows(wanted, asked.order_by))
    page = table.Page.of(asked, selectors.count_desk(wanted))
    now = clock.now()
    rows = [
        {"order": order, "used": order.used(now)}
        for order in selectors.desk(wanted, sort=asked.order_by, offset=page.offset, limit=page.limit)
    ]
    counts = selectors.desk_counts(departments, person.id)
    context = {
        "rows": rows,
        "page": page,
        "columns": columns(),
        "view": view,
        "query": asked.q,
        "level": level,
        "heading": desk_heading(departments),
        "filters": saved_filters(counts, view),
        "counts": counts,
        "may_accept": person.may(Permission.HANDLE),
        "crew": _crew(departments) if person.may(Permission.DISPATCH) else [],
        "errors": errors or {},
    }
    return render(request, "serve_orders/desk.html", context, status=status)


def _csv_rows(wanted: OrderFilter, sort: str) -> Iterator[tuple[object, ...]]:
    offset = 0
    while offset < CSV_MAX:
        rows = selectors.desk(wanted, sort=sort, offset=offset, limit=1000)
        yield from (csv_row(order) for order in rows)
        if len(rows) < 1000:
            return
        offset += 1000


def _crew(departments: frozenset[int] | None) -> list[PersonView]:
    if departments is None:
        return []
    found = {
        one.id: one
        for department in sorted(departments)
        for one in people.people(organization_id=department)
        if one.active and one.may(Permission.HANDLE)
    }
    return sorted(found.values(), key=lambda one: one.staff_number)[:200]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_ORDERS)
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Accept the chosen orders, or give them to somebody."""
    if request.method != "POST":
        return redirect("/orders")
    person = me(request)
    numbers = request.POST.getlist("number")[: services.BULK_MAX + 1]
    if not numbers:
        return _desk(request, person, {"orders": _("No order was chosen. Tick at least one.")}, 422)
    act = request.POST.get("act")
    if act == "assign":
        chosen = forms.number(request, "person")
        if chosen is None:
            return _desk(request, person, {"person": _("Choose who gets the orders.")}, 422)
        result = services.assign_many(numbers, person_id=chosen, by=person)
        said = _("%(count)s orders assigned.")
    else:
        result = services.accept_many(numbers, by=person)
        said = _("%(count)s orders accepted.")
    if result.done:
        messages.success(request, said % {"count": len(result.done)})
    for _number, why in result.refused[:10]:
        messages.warning(request, why)
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"/orders?{query}" if query else "/orders?view=open")


@require_safe
@requires(Permission.VIEW_ORDERS)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One work order: its facts, what can be done, and what was done."""
    return _detail(request, me(request), number)


def _detail(
    request: HttpRequest, person: PersonView, number: str, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    order = seen_order(person, number)
    stages = incidents.order_stages(number)
    moves = moves_for(person, order)
    context = {
        "order": order,
        "incident": incidents.incident(order.incident_number),
        "used": order.used(clock.now()),
        "moves": moves,
        "state": incidents.state_words(order.state),
        "entries": timeline(stages),
        "reporter": reporter_words(order, stages),
        "photos": [stage for stage in stages if stage.photo_href],
        "crew": _crew(frozenset({order.department_id})) if "assign" in moves else [],
        "departments": organisations.departments() if "dispatch_again" in moves else [],
        "errors": errors or {},
        "form": request.POST,
        "incident_link": person.may(Permission.VIEW_OPERATIONS),
    }
    return render(request, "serve_orders/order.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_ORDERS)
def act(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Make a move of an order; the address alone (a page reloaded after an error) leads to the order."""
    if request.method != "POST":
        return redirect(f"/orders/{quote(number, safe='')}")
    person = me(request)
    seen_order(person, number)
    try:
        after = _moved(request, person, number, move)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return _detail(request, person, number, problem.errors or {"main": problem.detail}, problem.status)
    messages.success(request, _("%(number)s: done.") % {"number": number})
    return redirect(f"/orders/{after}")


def _moved(request: HttpRequest, person: PersonView, number: str, move: str) -> str:
    version = forms.version(request)
    reason = forms.text(request, "reason")
    if move == "accept":
        services.accept(number, by=person, version=version)
    elif move == "assign":
        chosen = forms.number(request, "person")
        if chosen is None and forms.text(request, "person"):
            message = _("Choose who gets the orders.")
            raise Invalid(message, errors={"person": message})
        services.assign(number, person_id=chosen, by=person, version=version)
    elif move == "report":
        send_report(request, person, number)
    elif move == "return":
        services.return_order(number, reason=reason, by=person, version=version)
    elif move == "dispatch_again":
        code = forms.text(request, "department")
        return dispatching.dispatch_again(number, department_code=code, reason=reason, by=person, version=version)
    elif move == "rework":
        verifying.rework(number, reason=reason, by=person, version=version)
    elif move == "void":
        verifying.void_order(number, reason=reason, by=person, version=version)
    else:
        raise NotFound(_("There is no step “%(move)s”.") % {"move": move[:40]})
    return number


def send_report(request: HttpRequest, person: PersonView, number: str) -> None:
    """Report an order back from the fields note, photo, longitude and latitude."""
    longitude, latitude = forms.position(request)
    services.report(
        number,
        by=person,
        note=forms.text(request, "note"),
        photo=forms.photo(request),
        longitude=longitude,
        latitude=latitude,
        version=forms.version(request),
    )


def seen_order(person: PersonView, number: str) -> OrderView:
    """An order this person may know of; another department's does not exist for them."""
    order = selectors.order(number)
    if order is None or not selectors.may_see(person, order):
        raise NotFound(_("There is no work order %(number)s.") % {"number": number[:40]})
    return order


def me(request: HttpRequest) -> PersonView:
    """Who asks."""
    found = person_of(request)
    if found is None:
        raise Unauthorized(_("Sign in first."))
    return found
