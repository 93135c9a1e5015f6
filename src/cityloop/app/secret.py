"""The key that signs sessions: from the environment, or made once and kept in the home folder."""

import os
import secrets
from pathlib import Path

from cityloop.kernel import settings


def secret_key() -> str:
    """The signing key; made at the first start, readable by the owner alone."""
    given = settings.text("CITYLOOP_SECRET_KEY")
    if given:
        return given
    path = settings.home() / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(48)
    try:
        # O_EXCL: of two processes that start at once, one makes the key and the other reads it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    return fresh
