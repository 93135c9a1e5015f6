"""The crew's and the grid worker's page: what to do now, usable with one wet thumb and without a script."""

from datetime import UTC, datetime, time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cityloop.kernel import clock
from cityloop.kernel.access import requires
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import NotFound, Problem
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui.place import city_zone
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentFilter, IncidentState, IncidentView
from cityloop.serve.orders import forms, selectors, services, verifying
from cityloop.serve.orders.clocks import share_used
from cityloop.serve.orders.contracts import OrderState
from cityloop.serve.orders.pages import me, seen_order, send_report

TASKS_MAX = 30
VERIFY_MAX = 20


@require_safe
@requires(Permission.HANDLE)
def mine(request: HttpRequest) -> HttpResponse:
    """My tasks: what runs, what waits to be accepted, what waits to be verified."""
    return _mine(request, me(request))


def _mine(
    request: HttpRequest,
    person: PersonView,
    errors: dict[str, str] | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    tasks = [
        {"order": order, "used": order.used(now), "handling": order.state is OrderState.HANDLING}
        for order in selectors.tasks_of(person, TASKS_MAX)
    ]
    tasks.sort(key=lambda task: not task["handling"])
    checks = [
        {"incident": about, "used": share_used(about.reported_at, about.verify_due_at, now), "reports": reports}
        for about, reports in _to_verify(person)
    ]
    midnight = datetime.combine(now.astimezone(city_zone()).date(), time.min, tzinfo=city_zone()).astimezone(UTC)
    context = {
        "tasks": tasks,
        "checks": checks,
        "todo": len(tasks) + len(checks),
        "done_today": selectors.reports_today(person, midnight),
        "errors": errors or {},
        "wrong": wrong,
        "form": request.POST,
    }
    return render(request, "serve_orders/mine.html", context, status=status)


def _to_verify(person: PersonView) -> list[tuple[IncidentView, list[object]]]:
    if not person.may(Permission.VERIFY):
        return []
    waiting = incidents.incidents(
        IncidentFilter(states=frozenset({IncidentState.REPORTED})), sort="level", limit=VERIFY_MAX
    )
    found: list[tuple[IncidentView, list[object]]] = []
    for about in waiting:
        reports = [stage for stage in incidents.stages(about.number) if stage.stage == "report"]
        if not any(stage.actor == person.actor for stage in reports):
            found.append((about, list(reports)))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.HANDLE)
def act(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Accept, report or return one of my tasks."""
    if request.method != "POST":
        return redirect("/orders/mine")
    person = me(request)
    seen_order(person, number)
    version = forms.version(request)
    try:
        if move == "accept":
            services.accept(number, by=person, version=version)
        elif move == "report":
            send_report(request, person, number)
        elif move == "return":
            services.return_order(number, reason=forms.text(request, "reason"), by=person, version=version)
        else:
            raise NotFound(_("There is no step “%(move)s”.") % {"move": move[:40]})
    except Problem as problem:
        return _refused(request, person, number, problem)
    messages.success(request, _("%(number)s: done.") % {"number": number})
    return redirect("/orders/mine")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VERIFY)
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """Verify an incident on the spot: close it, or send the work back."""
    if request.method != "POST":
        return redirect("/orders/mine")
    person = me(request)
    try:
        if request.POST.get("result") == "rework":
            verifying.rework_incident(
                number, reason=forms.text(request, "note"), by=person, version=forms.version(request)
            )
        else:
            longitude, latitude = forms.position(request)
            verifying.verify_and_close(
                number,
                result=forms.text(request, "result"),
                note=forms.text(request, "note"),
                photo=forms.photo(request),
                longitude=longitude,
                latitude=latitude,
                by=person,
                version=forms.version(request),
            )
    except Problem as problem:
        return _refused(request, person, number, problem)
    messages.success(request, _("%(number)s: done.") % {"number": number})
    return redirect("/orders/mine")


def _refused(request: HttpRequest, person: PersonView, number: str, problem: Problem) -> HttpResponse:
    if problem.status in (401, 404):
        raise problem
    errors = {f"{field}-{number}": message for field, message in problem.errors.items()} or {"main": problem.detail}
    return _mine(request, person, errors, number, problem.status)
