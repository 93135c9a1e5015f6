"""`cityloop doctor`: what is wrong with this installation, and what to do about it."""

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connection

from cityloop.app.composition import pending_migrations
from cityloop.kernel import settings
from cityloop.kernel.events.port import counts
from cityloop.kernel.jobs.port import failing_schedules, seconds_since_worker
from cityloop.kernel.organisations.port import city
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.people.port import people
from cityloop.sense.observations.port import check_store

FREE_MB_LEAST = 500


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `grade` is ok, warning or fault; a fault makes the command end with 1."""

    part: str
    grade: str
    text: str


def examine() -> list[Finding]:
    """Look at every part; a part that can't be looked at is a fault of its own."""
    found: list[Finding] = []
    for look in (_python, _settings, _home, _database, _tables, _observations, _city, _worker, _events, _schedules):
        found += _safely(look)
    return found


def _safely(look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    part = look.__name__.strip("_")
    try:
        return list(look())
    except (DatabaseError, OSError, sqlite3.Error, ValueError) as error:
        return [Finding(part, "fault", f"could not be looked at: {error}")]


def _python() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}")


def _settings() -> Iterator[Finding]:
    for setting in settings.SETTINGS:
        settings.value(setting.name)
    for name in settings.unknown():
        yield Finding("settings", "warning", f"{name} means nothing; `cityloop settings` lists those that do.")
    if settings.switch("CITYLOOP_STA_OPEN"):
        yield Finding("settings", "warning", "CITYLOOP_STA_OPEN=1: anybody on this machine may write observations.")
    yield Finding("settings", "ok", f"{len(settings.SETTINGS)} read")


def _home() -> Iterator[Finding]:
    home = settings.home()
    if not home.is_dir():
        yield Finding("home", "fault", f"{home} does not exist; run `cityloop migrate`.")
        return
    probe = home / ".doctor"
    probe.write_text("x")
    probe.unlink()
    if home.stat().st_mode & 0o077:
        yield Finding("home", "warning", f"{home} can be read by other users of this machine; chmod 700 {home}")
    free_mb = shutil.disk_usage(home).free // 1_000_000
    if free_mb < FREE_MB_LEAST:
        yield Finding("home", "fault", f"{home} has {free_mb} MB free; make room: writing stops when it is full.")
    else:
        yield Finding("home", "ok", f"{home}, {free_mb} MB free")


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA quick_check")
            answer = cursor.fetchone()[0]
            path = Path(str(connection.settings_dict["NAME"]))
            if answer != "ok":
                yield Finding("database", "fault", f"{path} is damaged ({answer}); restore the newest backup.")
                return
            yield Finding("database", "ok", f"SQLite {sqlite3.sqlite_version}, {path}")
        else:
            cursor.execute("SHOW server_version")
            yield Finding("database", "ok", f"PostgreSQL {cursor.fetchone()[0]}")


def _tables() -> Iterator[Finding]:
    waiting = pending_migrations()
    if waiting:
        yield Finding("tables", "fault", f"{len(waiting)} migrations are not applied; run `cityloop migrate`.")
    else:
        yield Finding("tables", "ok", "up to date")


def _observations() -> Iterator[Finding]:
    wrong = check_store()
    for text in wrong:
        yield Finding("observations", "fault", text)
    if not wrong:
        yield Finding("observations", "ok", "the store answers")


def _city() -> Iterator[Finding]:
    served = city()
    if served is None:
        yield Finding("city", "fault", "there is no city yet; run `cityloop init` (or `cityloop demo` for a made one).")
        return
    yield Finding("city", "ok", f"{served.name}, {served.time_zone}")
    if not any(person.active for person in people(Role.ADMINISTRATOR)):
        yield Finding("city", "fault", "no administrator is active; nobody can enter people.")


def _worker() -> Iterator[Finding]:
    age = seconds_since_worker()
    if age is None or age > 30:
        seen = "never" if age is None else f"{age:.0f} s ago"
        yield Finding("worker", "warning", f"last seen {seen}: nothing is detected until `cityloop run` is started.")
    else:
        yield Finding("worker", "ok", f"last seen {age:.0f} s ago")


def _events() -> Iterator[Finding]:
    waiting = counts()
    if waiting["dead"]:
        yield Finding(
            "events",
            "fault",
            f"{waiting['dead']} could not be delivered; mend the cause in the log, then `cityloop doctor --revive`.",
        )
    else:
        yield Finding("events", "ok", f"{waiting['pending']} waiting")


def _schedules() -> Iterator[Finding]:
    for name, error in failing_schedules().items():
        yield Finding("schedules", "fault", f"{name} failed: {error}")
