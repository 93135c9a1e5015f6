"""Sign-in, password change and the people page."""

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cityloop.kernel.access import person_of, public, requires, signed_in
from cityloop.kernel.organisations.port import departments, organization_names
from cityloop.kernel.people import services
from cityloop.kernel.people.contracts import Permission, PersonView, Role
from cityloop.kernel.people.models import Person
from cityloop.kernel.people.selectors import people, view
from cityloop.kernel.problems import Invalid, NotFound, Problem
from cityloop.kernel.saying import said as _

STAFF_NUMBER_MAX = 40
PASSWORD_MAX = 200
WRONG_PASSWORDS_MAX = 10


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with staff number and password; wrong ones get one answer, whichever was wrong."""
    after = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}):
        after = ""
    staff_number = request.POST.get("staff_number", "").strip()
    if request.method == "GET":
        return render(request, "kernel_people/sign_in.html", {"next": after, "errors": []})
    # Nobody has longer ones; what fails is remembered, and a password is hashed at some cost.
    if len(staff_number) > STAFF_NUMBER_MAX or len(request.POST.get("password", "")) > PASSWORD_MAX:
        said = _("Allowed: a staff number of at most %(number)s characters, a password of at most %(password)s.")
        raise Invalid(said % {"number": STAFF_NUMBER_MAX, "password": PASSWORD_MAX})
    row = authenticate(request, staff_number=staff_number, password=request.POST.get("password", ""))
    if isinstance(row, Person):
        login(request, row)
        return redirect("/password" if row.must_change_password else after or first_page(view(row)))
    message = _("Staff number or password is wrong. Check both, then try again.")
    context = {"next": after, "errors": [{"field": "staff_number", "message": message}], "staff_number": staff_number}
    return render(request, "kernel_people/sign_in.html", context, status=403)


@require_POST
@signed_in
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("/")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    person = _me(request)
    if request.method == "GET":
        return render(request, "kernel_people/password.html", {"errors": [], "person": person})
    row = Person.objects.get(id=person.id)
    errors = []
    if not row.check_password(request.POST.get("old", "")[:PASSWORD_MAX]):
        # An open session must not be a place to guess the password at.
        request.session["wrong_passwords"] = request.session.get("wrong_passwords", 0) + 1
        if request.session["wrong_passwords"] >= WRONG_PASSWORDS_MAX:
            logout(request)
            return redirect("/sign-in")
        errors.append({"field": "old", "message": _("The present password is wrong.")})
    if request.POST.get("new", "") != request.POST.get("again", ""):
        errors.append({"field": "again", "message": _("The two new passwords differ.")})
    if not errors:
        try:
            services.set_password(person_id=person.id, new=request.POST.get("new", ""), by=person)
        except Problem as problem:
            errors.append({"field": "new", "message": problem.detail})
    if errors:
        return render(request, "kernel_people/password.html", {"errors": errors, "person": person}, status=422)
    row.refresh_from_db()
    update_session_auth_hash(request, row)
    return redirect(first_page(person))


def first_page(person: PersonView) -> str:
    """Where somebody's work begins: the operations page, or the tasks of those who work outside."""
    return "/operations" if person.may(Permission.VIEW_OPERATIONS) else "/orders/mine"


@require_GET
@requires(Permission.MANAGE_PEOPLE)
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody with a post."""
    return _people(request)


@sensitive_post_parameters()
@require_POST
@requires(Permission.MANAGE_PEOPLE)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a person."""
    try:
        role = Role(request.POST.get("role", ""))
    except ValueError:
        return _people(request, {"role": _("Choose a role from the list.")})
    try:
        services.enter_person(
            staff_number=request.POST.get("staff_number", ""),
            password=request.POST.get("password", ""),
            role=role,
            organization_code=request.POST.get("organization", ""),
            by=_me(request),
        )
    except Problem as problem:
        return _people(request, problem.errors or {"staff_number": problem.detail})
    return redirect("/people")


@require_POST
@requires(Permission.MANAGE_PEOPLE)
def set_active(request: HttpRequest, number: int) -> HttpResponse:
    """End or restore somebody's access."""
    services.set_active(person_id=number, active=request.POST.get("active") == "1", by=_me(request))
    return redirect("/people")


def _people(request: HttpRequest, errors: dict[str, str] | None = None) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    names = organization_names()
    rows = [
        {"person": one, "organizations": [names[key] for key in sorted(one.organization_ids) if key in names]}
        for one in people()
        if query.casefold() in one.staff_number.casefold()
    ]
    context = {
        "rows": rows,
        "query": query,
        "roles": list(Role),
        "organizations": list(departments()),
        "errors": [{"field": field, "message": message} for field, message in (errors or {}).items()],
        "form": request.POST,
    }
    return render(request, "kernel_people/people.html", context, status=422 if errors else 200)


def _me(request: HttpRequest) -> PersonView:
    found = person_of(request)
    if found is None:
        raise NotFound(_("Sign in first."))
    return found


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """What django-axes answers after too many failures."""
    message = _(
        "Too many failed attempts for this staff number or from this address. Wait ten minutes; "
        "who has forgotten the password asks an administrator for a new one."
    )
    context = {"next": "", "errors": [{"field": "staff_number", "message": message}], "staff_number": ""}
    return render(request, "kernel_people/sign_in.html", context, status=429)
