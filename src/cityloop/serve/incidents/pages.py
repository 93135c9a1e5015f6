"""Photos of reports and verifications."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cityloop.kernel.access import signed_in
from cityloop.kernel.problems import NotFound
from cityloop.kernel.saying import said as _
from cityloop.serve.incidents.photo_store import read_photo
from cityloop.serve.incidents.selectors import photo_known


@require_safe
@signed_in
def photo(request: HttpRequest, name: str) -> HttpResponse:
    """A photo, to signed-in staff; its name is its content, so it may be kept for good."""
    if not photo_known(name):
        raise NotFound(_("There is no such photo."))
    data, media_type = read_photo(name)
    response = HttpResponse(data, content_type=media_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response
