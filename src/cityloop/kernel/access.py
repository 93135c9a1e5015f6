"""Who may do what: every route says so, and a route that says nothing is denied.

`@public` opens a view to anybody, `@requires(Permission.X)` to people whose post grants X, `@signed_in` to any person
signed in, `@keyed` leaves the check to the view because machines call it with a key. The middleware denies every view
that carries no guard; a test lists all routes with theirs.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_noop

from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import Forbidden
from cityloop.kernel.saying import Said
from cityloop.kernel.saying import said as _

View = Callable[..., Any]

PUBLIC = "public"
SIGNED_IN = "signed in"
KEYED = "key"

PERMISSION_NAMES: Final = {
    Permission.VIEW_OPERATIONS: gettext_noop("see the operations centre"),
    Permission.VIEW_DATA: gettext_noop("see the data"),
    Permission.EDIT_DATA: gettext_noop("edit the data"),
    Permission.VIEW_ORDERS: gettext_noop("see work orders"),
    Permission.VIEW_SCORES: gettext_noop("see scores"),
    Permission.VIEW_RULES: gettext_noop("see detection rules"),
    Permission.DECIDE: gettext_noop("decide on incidents"),
    Permission.DISPATCH: gettext_noop("dispatch and assign work orders"),
    Permission.HANDLE: gettext_noop("handle work orders"),
    Permission.VERIFY: gettext_noop("verify and close incidents"),
    Permission.VOID: gettext_noop("void incidents and work orders"),
    Permission.EDIT_RULES: gettext_noop("edit detection rules"),
    Permission.EDIT_RESPONSES: gettext_noop("edit the response table"),
    Permission.MANAGE_PEOPLE: gettext_noop("manage people and posts"),
}


def public(view: View) -> View:
    """Anybody may see this."""
    return _guarded(view, PUBLIC)


def signed_in(view: View) -> View:
    """Any person who is signed in."""
    return _guarded(view, SIGNED_IN)


def keyed(view: View) -> View:
    """The view itself checks a machine's key (or a person's session)."""
    return _guarded(view, KEYED)


def requires(permission: Permission) -> Callable[[View], View]:
    """People whose post grants this permission."""

    def guard(view: View) -> View:
        return _guarded(view, permission)

    return guard


def guard_of(view: View) -> str | None:
    """The guard a view carries: `public`, `signed in`, `key`, a permission, or None (which the middleware denies)."""
    return getattr(view, "cityloop_guard", None)


def require(person: PersonView | None, permission: Permission) -> PersonView:
    """The same check inside a service.

    Raises:
        Forbidden: Nobody, or somebody whose post does not grant it.
    """
    if person is None or not person.may(permission):
        raise lacking(permission)
    return person


def lacking(permission: Permission) -> Forbidden:
    """The answer to somebody whose post does not grant a permission: its words for people, its code for programs."""
    needs = _("This needs the permission “%(permission)s”; ask an administrator for a post that has it.")
    return Forbidden(needs % {"permission": Said(gettext(PERMISSION_NAMES[permission]), permission.value)})


def person_of(request: HttpRequest) -> PersonView | None:
    """The person who is signed in, as the middleware found them."""
    found: PersonView | None = getattr(request, "person", None)
    return found


def _guarded(view: View, guard: str) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    wrapped.cityloop_guard = guard  # type: ignore[attr-defined]
    return wrapped
