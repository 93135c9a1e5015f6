"""What a person sends from the page: read, never trusted, and handed on as the services take it."""

from dataclasses import dataclass

from django.http import HttpRequest

from cityloop.kernel.problems import Invalid
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui.parameters import whole_number

PHOTO_BYTES_MAX = 8 * 1024 * 1024


@dataclass(frozen=True)
class Verification:
    """What a verifier sends. Degrees, or None without a position; `version` is the state of the case they saw."""

    result: str
    note: str
    photo: bytes | None
    longitude: float | None
    latitude: float | None


def verification(request: HttpRequest) -> Verification:
    """The verification in a request.

    Raises:
        Invalid: A position that is none, or a photo that is too large.
    """
    upload = request.FILES.get("photo")
    if upload is not None and (upload.size or 0) > PHOTO_BYTES_MAX:
        message = _("The photo has %(received)s MB; allowed: at most 8 MB. Send a smaller one.") % {
            "received": round((upload.size or 0) / 1024 / 1024, 1)
        }
        raise Invalid(message, errors={"photo": message})
    longitude, latitude = _degrees(request, "longitude", 180), _degrees(request, "latitude", 90)
    return Verification(
        result=request.POST.get("result", ""),
        note=request.POST.get("note", "")[:1000],
        photo=upload.read(PHOTO_BYTES_MAX + 1) if upload is not None else None,
        longitude=longitude if latitude is not None else None,
        latitude=latitude if longitude is not None else None,
    )


def version(request: HttpRequest) -> int | None:
    """The version of the case the person saw; None when the form did not say."""
    return whole_number(request.POST.get("version", ""))


def _degrees(request: HttpRequest, name: str, most: int) -> float | None:
    given = request.POST.get(name, "").strip()[:40]
    if not given:
        return None
    try:
        found = float(given)
    except ValueError:
        found = float("nan")
    if not -most <= found <= most:
        message = _("The position is “%(received)s”; allowed: degrees from −%(most)s to %(most)s, or nothing.") % {
            "received": given,
            "most": most,
        }
        raise Invalid(message, errors={name: message})
    return found
