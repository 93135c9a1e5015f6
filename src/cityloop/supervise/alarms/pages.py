"""The alarms of the person who asks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cityloop.kernel.access import person_of, requires
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.problems import Unauthorized
from cityloop.kernel.saying import said as _
from cityloop.supervise.alarms.selectors import alarms_for


@require_safe
@requires(Permission.VIEW_ORDERS)
def alarms(request: HttpRequest) -> HttpResponse:
    """Alarms that go on, and the newest that are over."""
    person = person_of(request)
    if person is None:
        raise Unauthorized(_("Sign in first."))
    context = {"open": alarms_for(person), "over": alarms_for(person, cleared=True, limit=50)}
    return render(request, "supervise_alarms/alarms.html", context)
