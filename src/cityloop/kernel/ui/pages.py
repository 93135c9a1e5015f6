"""Language and theme of the reader; both work without a script."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cityloop.kernel.access import public
from cityloop.kernel.middleware import csrf_failure
from cityloop.kernel.problems import BadRequest
from cityloop.kernel.ui import words
from cityloop.kernel.ui.context import THEME_COOKIE, THEMES

__all__ = ["csrf_failure", "language", "theme"]

_YEAR_S: Final = 365 * 24 * 3600


@require_POST
@public
def language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language and go back to the page."""
    wanted = request.POST.get("language", "")
    known = [code for code, _ in settings.LANGUAGES]
    if wanted not in known:
        raise BadRequest(words.choice_words("language", wanted, known))
    return _remember(request, settings.LANGUAGE_COOKIE_NAME, wanted)


@require_POST
@public
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark and go back to the page (with a script the button does it by itself)."""
    wanted = request.POST.get("theme", "")
    if wanted not in THEMES:
        raise BadRequest(words.choice_words("theme", wanted, THEMES))
    return _remember(request, THEME_COOKIE, wanted)


def _remember(request: HttpRequest, name: str, value: str) -> HttpResponse:
    after = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure()):
        after = "/"
    response = redirect(after)
    response.set_cookie(name, value, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure())
    return response
