"""The page of one incident: the loop both ways, and the forms of those whose move it is."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from cityloop.decide.ledger.port import current_decision, decide, key_words
from cityloop.desk.whole_loop import forms
from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.desk.whole_loop.documents import CSV_HEADER, csv_rows, document
from cityloop.desk.whole_loop.presenting import page_context
from cityloop.desk.whole_loop.selectors import whole_loop
from cityloop.kernel.access import person_of, requires
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import BadRequest, Conflict, Forbidden, Invalid, NotFound, Problem, Unauthorized
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui.responses import csv_response
from cityloop.kernel.ui.words import choice_words
from cityloop.serve.orders import port as orders

FORMATS = ("html", "json", "csv")


@require_safe
@requires(Permission.VIEW_ORDERS)
def incident(request: HttpRequest, number: str) -> HttpResponseBase:
    """The whole loop of one fact; `?format=json` gives it to programs, `?format=csv` its arrows."""
    loop = _loop(request, number)
    wanted = request.GET.get("format", "html")
    if wanted not in FORMATS:
        raise BadRequest(choice_words("format", wanted, FORMATS))
    if wanted == "json":
        return HttpResponse(document(loop), content_type="application/json; charset=utf-8")
    if wanted == "csv":
        return csv_response(f"{number}.csv", CSV_HEADER, csv_rows(loop))
    return _page(request, loop)


@require_POST
@requires(Permission.DECIDE)
def decide_on(request: HttpRequest, number: str) -> HttpResponse:
    """Choose an option of the decision that waits."""

    def act(person: PersonView) -> str:
        found = current_decision(number)
        if found is None or request.POST.get("decision", found.number) != found.number:
            raise Conflict(_("The options have changed since you opened the page. Look at the new ones, then decide."))
        made = decide(found.number, request.POST.get("option", ""), reason=request.POST.get("reason", ""), by=person)
        return _("Decided: option %(key)s. The work orders are on their way.") % {"key": key_words(made.chosen_key)}

    return _answer(request, number, act)


@require_POST
@requires(Permission.VERIFY)
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """Verify and close, as confirmed or as a false alarm."""

    def act(person: PersonView) -> str:
        sent = forms.verification(request)
        orders.verify_and_close(
            number,
            result=sent.result,
            note=sent.note,
            photo=sent.photo,
            longitude=sent.longitude,
            latitude=sent.latitude,
            by=person,
            version=forms.version(request),
        )
        return _("Verified and closed.")

    return _answer(request, number, act)


@require_POST
@requires(Permission.VERIFY)
def rework(request: HttpRequest, number: str) -> HttpResponse:
    """Send the reported work back."""

    def act(person: PersonView) -> str:
        orders.rework_incident(number, reason=request.POST.get("reason", ""), by=person, version=forms.version(request))
        return _("Sent back for rework. The departments have a new limit.")

    return _answer(request, number, act)


@require_POST
@requires(Permission.VOID)
def void(request: HttpRequest, number: str) -> HttpResponse:
    """Declare the incident void."""

    def act(person: PersonView) -> str:
        orders.void_incident(number, reason=request.POST.get("reason", ""), by=person, version=forms.version(request))
        return _("Voided, with its orders.")

    return _answer(request, number, act)


def _answer(request: HttpRequest, number: str, act: Callable[[PersonView], str]) -> HttpResponse:
    """Do it and go back to the page; what can be mended is shown on the page, with what was typed."""
    _loop(request, number)
    person = person_of(request)
    if person is None:
        raise Unauthorized(_("Sign in first."))
    try:
        done = act(person)
    except (Invalid, Conflict, Forbidden) as problem:
        if "text/html" not in request.headers.get("Accept", ""):
            raise
        return _page(request, _loop(request, number), problem=problem)
    messages.success(request, done)
    after = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure()):
        after = f"/incidents/{number}"
    return redirect(after)


def _loop(request: HttpRequest, number: str) -> WholeLoop:
    person = person_of(request)
    if person is None or not (person.may(Permission.VIEW_OPERATIONS) or person.may(Permission.VERIFY)):
        raise Forbidden(
            _("Your post shows you the orders of your department; whole incidents are for operations staff.")
        )
    loop = whole_loop(number)
    if loop is None:
        raise NotFound(
            _("There is no incident %(number)s. Check the number: AJ, the day in eight digits, four digits.")
            % {"number": number[:40]}
        )
    return loop


def _page(request: HttpRequest, loop: WholeLoop, *, problem: Problem | None = None) -> HttpResponse:
    person = person_of(request)
    if person is None:
        raise Unauthorized(_("Sign in first."))
    failed = request.path.rpartition("/")[2] if problem else ""
    typed = request.POST if request.method == "POST" else {}
    context = page_context(loop, person, failed=failed, problem=problem, typed=typed)
    return render(request, "desk_whole_loop/incident.html", context, status=problem.status if problem else 200)
