"""The response table and the form of one of its rows."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cityloop.decide.ledger.port import key_words
from cityloop.decide.responses import forms, selectors, services
from cityloop.decide.responses.choice import KEYS
from cityloop.kernel.access import person_of, requires
from cityloop.kernel.organisations.port import departments, organization_names
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.problems import NotFound, Problem, Unauthorized
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui.wording import is_chinese


@require_safe
@requires(Permission.VIEW_RULES)
def responses(request: HttpRequest) -> HttpResponse:
    """Every row of the table, by class."""
    person = person_of(request)
    names = {(one.kind, one.code): one for one in selectors.known_classes()}
    rows = selectors.responses()
    keys = list(dict.fromkeys((row.class_kind, row.class_code) for row in rows))
    context = {
        "groups": [
            {
                "kind": kind,
                "code": code,
                "known": names.get((kind, code)),
                "rows": [row for row in rows if (row.class_kind, row.class_code) == (kind, code)],
            }
            for kind, code in keys
        ],
        "departments": {one.code: one.name if is_chinese() else one.name_en for one in organization_names().values()},
        "may_edit": person is not None and person.may(Permission.EDIT_RESPONSES),
    }
    return render(request, "decide_responses/responses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_RESPONSES)
def edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Enter a row, or change one."""
    person = person_of(request)
    if person is None:
        raise Unauthorized(_("Sign in first."))
    row = selectors.response(number) if number is not None else None
    if number is not None and row is None:
        raise NotFound(_("There is no response %(number)s.") % {"number": number})
    if request.method != "POST":
        return _form(request, number, forms.shown(row))
    try:
        services.enter_response(
            **forms.values(request),  # type: ignore[arg-type]
            response_id=number,
            version=forms.version(request),
            by=person,
        )
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        return _form(request, number, forms.sent(request), problem.errors or {"main": problem.detail}, problem.status)
    messages.success(request, _("The response table was changed. It holds for incidents from now on."))
    return redirect("/responses")


def _form(
    request: HttpRequest,
    number: int | None,
    fields: dict[str, object],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "number": number,
        "fields": fields,
        "errors": errors or {},
        "classes": selectors.known_classes(),
        "keys": [(key, key_words(key)) for key in KEYS],
        "levels": [(level, level) for level in (1, 2, 3, 4)],
        "departments": departments(),
    }
    return render(request, "decide_responses/edit.html", context, status=status)
