"""Who is asking, whether they may, and one shape for every error."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cityloop.kernel import access
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.people.models import Person
from cityloop.kernel.people.selectors import view as person_view
from cityloop.kernel.problems import CONTENT_TYPE, BadRequest, Forbidden, NotFound, Problem, TooLarge, Unauthorized
from cityloop.kernel.saying import said as _

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

# A person whose password was set by somebody else may only do these until it is changed.
BEFORE_NEW_PASSWORD = frozenset({"/password", "/sign-out", "/language", "/livez", "/readyz"})


class GuardMiddleware:
    """Finds the person and denies every view that does not open itself to them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        person = None
        if isinstance(user, Person) and user.is_active:
            person = person_view(user)
        request.person = person  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        try:
            return _admit(request, view)
        except Problem as problem:  # Django hands an exception of process_view to nobody
            return problem_response(request, problem)


def _admit(request: HttpRequest, view: Any) -> HttpResponse | None:
    guard = access.guard_of(view)
    if guard in (access.PUBLIC, access.KEYED):
        return None
    if guard is None:
        log.error("view without a guard denied", extra={"view": getattr(view, "__qualname__", "?")})
        raise Forbidden(_("This page has no guard, so it is closed to everybody. Report it to the administrator."))
    person = access.person_of(request)
    if person is None:
        raise Unauthorized(_("Sign in first."))
    if getattr(request.user, "must_change_password", False) and request.path not in BEFORE_NEW_PASSWORD:
        return redirect("/password")
    if guard != access.SIGNED_IN and guard not in person.permissions:
        raise access.lacking(Permission(guard))
    return None


class ProblemMiddleware:
    """Answers errors as RFC 9457 documents to programs and as pages to people."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in (404, 405) and not response.get("Content-Type", "").startswith(CONTENT_TYPE):
            if response.status_code == 404 and not getattr(response, "is_problem", False):
                return problem_response(request, _nothing_at(request.path))
            if response.status_code == 405:
                allowed = response.get("Allow", "")
                said = _("%(method)s is not allowed here; allowed: %(allowed)s.")
                problem = Problem(said % {"method": request.method, "allowed": allowed})
                problem.status, problem.title = 405, "Method not allowed"
                answer = problem_response(request, problem)
                answer["Allow"] = allowed
                return answer
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Problem):
            return problem_response(request, error)
        if isinstance(error, Http404):
            return problem_response(request, _nothing_at(request.path))
        if isinstance(error, RequestDataTooBig):
            return problem_response(request, _too_large())
        if isinstance(error, SuspiciousOperation):
            return None
        # The message may hold what a person typed: only the type and the place go to the log.
        log.error("unexpected error", exc_info=error, extra={"path": request.path})
        return problem_response(request, _our_fault())


def _nothing_at(path: str) -> NotFound:
    return NotFound(_("There is nothing at %(path)s.") % {"path": path})


def _too_large() -> TooLarge:
    return TooLarge(_("The form is larger than the server takes. Send less at a time."))


def _our_fault() -> Problem:
    return Problem(_("Something went wrong on our side. It was logged; try again in a minute."))


def wants_page(request: HttpRequest) -> bool:
    """Whether a person's browser asks."""
    return "text/html" in request.headers.get("Accept", "")


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as the caller can read it: a page for a browser, RFC 9457 JSON for a program."""
    page = wants_page(request)
    if page and problem.status == 401 and request.method == "GET":
        return redirect(f"/sign-in?next={quote(request.get_full_path())}")
    if page:
        response = render(request, "ui/error.html", {"problem": problem}, status=problem.status)
    else:
        response = HttpResponse(problem.body(), status=problem.status, content_type=CONTENT_TYPE)
        if problem.status == 401:
            response["WWW-Authenticate"] = 'Bearer realm="cityloop"'
    response.is_problem = True  # type: ignore[attr-defined]
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What a form gets that was not made by us, or was open for too long."""
    return problem_response(
        request, Forbidden(_("The form has expired or came from another site. Reload the page and send it again."))
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself refuses before a view is asked: too many fields, a body that can't be parsed."""
    if isinstance(exception, RequestDataTooBig):
        return problem_response(request, _too_large())
    return problem_response(request, BadRequest(_("The request can't be read. Reload the page and try again.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort, for errors outside views."""
    return problem_response(request, _our_fault())
