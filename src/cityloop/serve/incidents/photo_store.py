"""Keeping photos: cleaned, named by their content, in the media folder of CITYLOOP_HOME."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from cityloop.kernel import settings
from cityloop.kernel.problems import Invalid, NotFound
from cityloop.kernel.saying import said as _
from cityloop.serve.incidents.photos import PHOTO_MB_MAX, NotAPhoto, clean

NAME = re.compile(r"^[0-9a-f]{64}\.(jpg|png)$")
TYPES = {"jpg": "image/jpeg", "png": "image/png"}


def keep_photo(data: bytes) -> str:
    """Clean a photo and keep it; the same picture is kept once.

    Returns:
        The file name: content hash and kind.

    Raises:
        Invalid: No JPEG or PNG, torn, or more than 8 MB.
    """
    try:
        kind, cleaned = clean(data)
    except NotAPhoto:
        message = _("The photo can't be used. Allowed: a whole JPEG or PNG of at most %(most)s MB. Take it again.") % {
            "most": PHOTO_MB_MAX
        }
        raise Invalid(message, errors={"photo": message}) from None
    name = f"{hashlib.sha256(cleaned).hexdigest()}.{kind}"
    path = _path(name)
    if path.exists():
        return name
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(cleaned)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)  # a reader sees the whole photo or none
    return name


def read_photo(name: str) -> tuple[bytes, str]:
    """A photo's bytes and media type.

    Raises:
        NotFound: No such photo.
    """
    found = NAME.match(name)
    if found is None or not _path(name).is_file():
        raise NotFound(_("There is no such photo."))
    return _path(name).read_bytes(), TYPES[found.group(1)]


def _path(name: str) -> Path:
    return settings.home() / "media" / name[:2] / name
