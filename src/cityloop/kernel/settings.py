"""Every setting of the platform in one list: name, type, default and help.

Settings come from environment variables named `CITYLOOP_<NAME>`. They are read when asked for, never at import, so a
test or a process can change them. `cityloop settings` prints the list and the reference page is made from it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final


class SettingError(ValueError):
    """A setting has a value that is not allowed. The message names the setting, the value and what is allowed."""


@dataclass(frozen=True)
class Setting:
    """One setting.

    Args:
        name: The environment variable.
        default: The value as text when the variable is unset; `{home}` stands for the folder `CITYLOOP_HOME`.
        kind: `text`, `path`, `integer`, `number`, `switch` (0/1) or `secret` (never printed).
        help: One sentence for the person who runs the city.
        least, most: Bounds of a number, inclusive.
    """

    name: str
    default: str
    kind: str
    help: str
    least: float | None = None
    most: float | None = None


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("CITYLOOP_HOME", "var", "path", "Folder that holds all state of the embedded default."),
    Setting("CITYLOOP_HOST", "127.0.0.1", "text", "Address the web server listens on."),
    Setting("CITYLOOP_PORT", "8000", "integer", "Port the web server listens on.", 1, 65535),
    Setting(
        "CITYLOOP_DATABASE_URL",
        "sqlite:///{home}/city.sqlite3",
        "secret",
        "Registers, cases and audit: sqlite:///PATH or postgresql://USER@HOST/NAME.",
    ),
    Setting(
        "CITYLOOP_OBSERVATIONS_URL",
        "",
        "secret",
        "Observations; empty: beside the database (a SQLite file of its own, or the same PostgreSQL database).",
    ),
    Setting(
        "CITYLOOP_SECRET_KEY",
        "",
        "secret",
        "Signs sessions; empty: a key made at the first start and kept in the home folder.",
    ),
    Setting(
        "CITYLOOP_ALLOWED_HOSTS",
        "localhost,127.0.0.1,[::1]",
        "text",
        "Host names the pages answer to, separated by commas.",
    ),
    Setting(
        "CITYLOOP_HTTPS", "0", "switch", "1 when TLS ends in front of the server: cookies are then sent over TLS only."
    ),
    Setting(
        "CITYLOOP_STA_OPEN",
        "0",
        "switch",
        "1 opens /v1.1 for reading and writing without a key; refused unless the server listens on loopback.",
    ),
    Setting("CITYLOOP_BODY_MB_MAX", "16", "integer", "Largest request body in megabytes.", 1, 1024),
    Setting(
        "CITYLOOP_CLOCK",
        "",
        "text",
        "A city clock other than the real one, START@SPEED@ANCHOR (ISO time, factor, Unix seconds): demo cities only.",
    ),
    Setting(
        "CITYLOOP_POLL_MS", "200", "integer", "How often the worker looks for new observations and events.", 20, 60000
    ),
    Setting("CITYLOOP_LOG_LEVEL", "INFO", "text", "DEBUG, INFO, WARNING or ERROR."),
)

_BY_NAME: Final[Mapping[str, Setting]] = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Value:
    """A setting with the value in force and where it came from (`environment` or `default`)."""

    setting: Setting
    text: str
    source: str


def value(name: str) -> Value:
    """The value in force, as text, with its source.

    Raises:
        KeyError: No such setting: it has to be declared in `SETTINGS` first.
        SettingError: The value is not allowed.
    """
    setting = _BY_NAME[name]
    given = os.environ.get(name)
    found = Value(setting, given, "environment") if given is not None else Value(setting, setting.default, "default")
    if "{home}" in found.text:
        found = Value(setting, found.text.replace("{home}", str(home())), found.source)
    _check(setting, found.text)
    return found


def text(name: str) -> str:
    """A setting's value as text."""
    return value(name).text


def integer(name: str) -> int:
    """A setting's value as a whole number."""
    return int(value(name).text)


def switch(name: str) -> bool:
    """A setting's value as yes or no."""
    return value(name).text == "1"


def home() -> Path:
    """The folder of all embedded state, absolute."""
    return _absolute(os.environ.get("CITYLOOP_HOME") or _BY_NAME["CITYLOOP_HOME"].default)


@lru_cache(maxsize=8)
def _absolute(folder: str) -> Path:
    # The hot path asks for an address below the home folder with every request; resolving it costs system calls.
    return Path(folder).expanduser().resolve()


def unknown() -> list[str]:
    """Variables that start with CITYLOOP_ and mean nothing: mostly typing errors."""
    # The pipe is how a child of `cityloop run` notices that its parent has gone: not for people to set.
    spare = ("CITYLOOP_TEST_", "CITYLOOP_BENCH_", "CITYLOOP_PARENT_PIPE", "CITYLOOP_ADMIN_PASSWORD")
    return sorted(
        name
        for name in os.environ
        if name.startswith("CITYLOOP_") and name not in _BY_NAME and not name.startswith(spare)
    )


def _check(setting: Setting, given: str) -> None:
    if setting.kind == "switch" and given not in {"0", "1"}:
        raise SettingError(
            f"{setting.name} is {given!r}; allowed: 0 or 1. Correct it in the environment and start again."
        )
    if setting.kind in {"integer", "number"}:
        try:
            number = float(given)
            if setting.kind == "integer":
                number = int(given)
        except ValueError:
            raise SettingError(
                f"{setting.name} is {given!r}; allowed: a number. Correct it in the environment and start again."
            ) from None
        if (setting.least is not None and number < setting.least) or (
            setting.most is not None and number > setting.most
        ):
            raise SettingError(
                f"{setting.name} is {given}; allowed: {setting.least:g} to {setting.most:g}. "
                "Correct it in the environment and start again."
            )
