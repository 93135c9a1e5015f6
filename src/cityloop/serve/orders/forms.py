"""Reading the forms of work orders: text in, values out."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from cityloop.kernel.problems import Invalid
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui.parameters import whole_number

PHOTO_BYTES_MAX = 8 * 1024 * 1024
TEXT_MAX = 2000


def text(request: HttpRequest, name: str) -> str:
    """A text field without blanks around it."""
    return request.POST.get(name, "").strip()[:TEXT_MAX]


def version(request: HttpRequest) -> int | None:
    """The version of the thing the person saw; None when the form does not say."""
    return number(request, "version")


def number(request: HttpRequest, name: str) -> int | None:
    """A field that holds a whole number, such as the id of a choice; None when it holds anything else."""
    return whole_number(text(request, name))


def position(request: HttpRequest) -> tuple[float | None, float | None]:
    """Longitude and latitude in degrees, both or none.

    Raises:
        Invalid: One is missing, or is no number.
    """
    given = {name: text(request, name).replace("，", ".").replace("−", "-") for name in ("longitude", "latitude")}
    if not any(given.values()):
        return None, None
    found: dict[str, float] = {}
    for name, most in (("longitude", 180.0), ("latitude", 90.0)):
        try:
            found[name] = float(given[name])
        except ValueError:
            found[name] = float("nan")
        if not -most <= found[name] <= most:
            message = _(
                "Position “%(value)s”; allowed: degrees from −%(most)s to %(most)s. Take it again or leave it out."
            )
            message = message % {"value": given[name][:20], "most": f"{most:g}"}
            raise Invalid(message, errors={name: message})
    return found["longitude"], found["latitude"]


def photo(request: HttpRequest) -> bytes | None:
    """The bytes of the photo; None when there is none.

    Raises:
        Invalid: More than 8 MB.
    """
    file = request.FILES.get("photo")
    if not isinstance(file, UploadedFile) or not file.size:
        return None
    if file.size > PHOTO_BYTES_MAX:
        message = _("The photo has %(size)s MB; allowed: at most 8 MB. Take it smaller.") % {
            "size": round(file.size / 1024 / 1024, 1)
        }
        raise Invalid(message, errors={"photo": message})
    return bytes(file.read(PHOTO_BYTES_MAX + 1))
