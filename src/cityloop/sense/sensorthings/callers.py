"""Who calls the service, and whether they may read and write."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from cityloop.kernel import access, settings
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import Forbidden, Unauthorized
from cityloop.sense.keys.port import verify

ANYBODY = "machine:open"


def check_reader(request: HttpRequest) -> None:
    """Let read whoever has a key, or is signed in and may see data.

    Raises:
        Unauthorized, Forbidden: Nobody of these.
    """
    if settings.switch("CITYLOOP_STA_OPEN") or _key_of(request) is not None:
        return
    _person(request, Permission.VIEW_DATA)


def check_writer(request: HttpRequest) -> str:
    """Let write whoever has a key, or is signed in and may edit data; gives the actor for the audit trail.

    Raises:
        Unauthorized, Forbidden: Nobody of these, or a form of another site.
    """
    if settings.switch("CITYLOOP_STA_OPEN"):
        return ANYBODY
    key = _key_of(request)
    if key is not None:
        return key
    person = _person(request, Permission.EDIT_DATA)
    # A browser sends the session along with forms of other sites too.
    refused = CsrfViewMiddleware(_nothing).process_view(request, _nothing, (), {})
    if refused is not None:
        raise Forbidden("Writing with a session needs the header X-CSRFToken. Programs use a key instead.")
    return person.actor


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _key_of(request: HttpRequest) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    key = verify(token.strip())
    if key is None:
        raise Unauthorized("This key is not known or was revoked. `cityloop sense key create NAME` makes a new one.")
    return key.actor


def _person(request: HttpRequest, permission: Permission) -> PersonView:
    person = access.person_of(request)
    if person is None:
        raise Unauthorized("This needs a key (`Authorization: Bearer KEY`) or somebody signed in.")
    if not person.may(permission):
        raise access.lacking(permission)
    return person
