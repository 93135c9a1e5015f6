"""The search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cityloop.desk.search.selectors import Found, exact, find
from cityloop.kernel.access import person_of, requires
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.problems import BadRequest, Unauthorized
from cityloop.kernel.saying import said as _

LENGTH_MAX = 100


@require_safe
@requires(Permission.VIEW_ORDERS)
def search(request: HttpRequest) -> HttpResponse:
    """Find by words; a whole number leads straight to its page."""
    person = person_of(request)
    if person is None:
        raise Unauthorized(_("Sign in first."))
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())
    if len(text) > LENGTH_MAX:
        raise BadRequest(
            _("The search has %(received)s characters; allowed: at most %(most)s. Search for fewer words.")
            % {"received": len(text), "most": LENGTH_MAX}
        )
    where = exact(text, person) if text else ""
    if where:
        return redirect(where)
    found = find(text, person) if text else Found()
    return render(request, "desk_search/search.html", {"text": text, "found": found})
