"""From CITYLOOP_DATABASE_URL to Django's settings."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from cityloop.kernel.settings import SettingError

POOL: Final = {"min_size": 1, "max_size": 12, "timeout": 20}
CONNECT_S: Final = "10"


def database(url: str) -> dict[str, object]:
    """Django's description of a database.

    Args:
        url: `sqlite:///PATH` (three slashes and a relative or absolute path) or `postgresql://USER:PASSWORD@HOST:PORT/NAME`.

    Raises:
        SettingError: Another scheme, or no name.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = Path(unquote(url.removeprefix("sqlite:///")))
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # IMMEDIATE: a transaction that will write takes its place at once instead of failing half way.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
        }
    if parts.scheme in {"postgresql", "postgres"} and parts.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 0,
            "OPTIONS": {"connect_timeout": CONNECT_S, **dict(parse_qsl(parts.query))},
        }
    shown = f"{parts.scheme}://…" if parts.scheme else url
    raise SettingError(
        f"CITYLOOP_DATABASE_URL is {shown!r}; allowed: sqlite:///PATH or postgresql://USER@HOST/NAME. "
        "Correct it in the environment and start again."
    )


def share_connections() -> None:
    """Let the threads of this process share a bounded number of PostgreSQL connections; one each would exhaust it.

    For servers and workers. A command connects by itself: it learns at once what is wrong, not after a pool gave up.
    """
    from django.conf import settings

    about: dict[str, Any] = settings.DATABASES["default"]
    if about["ENGINE"].endswith("postgresql"):
        about["OPTIONS"]["pool"] = dict(POOL)
