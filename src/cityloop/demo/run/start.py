"""`cityloop demo`: make the city if it isn't there, go on with the story if it is, and start the processes."""

import fcntl
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any, Final

import typer
from django.db import connections

from cityloop.demo.city.port import ADMINISTRATOR, CREWS, DUTY_OFFICERS, STEWARD, build_city
from cityloop.demo.run import keeping
from cityloop.demo.run.contracts import House
from cityloop.demo.run.founding import PASSWORD, found
from cityloop.demo.run.history import play
from cityloop.demo.run.story import HISTORY_FROM, VISITOR_COMES, clock_setting
from cityloop.demo.run.troupe import Troupe
from cityloop.kernel import settings
from cityloop.kernel.organisations.port import city as served_city
from cityloop.kernel.problems import BadRequest, Conflict
from cityloop.sense.keys import port as keys

KEY_NAME: Final = "made devices"
SEED: Final = 3
# What this installation's embedded default leaves in its home folder; nothing else is ever removed.
OWN_FILES: Final = ("*.sqlite3", "*.sqlite3-wal", "*.sqlite3-shm", "secret-key", "run.lock")
OWN_FOLDERS: Final = ("demo", "media")


def prepare(seed: int | None, house: House) -> dict[str, Any]:
    """Make the made city with its history, unless it is there. One that was begun and not finished is begun anew.

    Args:
        seed: Of a city to be made (None: 3); an existing city keeps its own.
        house: What the composer lends.

    Returns:
        What the demo keeps about the city: `seed`, `key`.

    Raises:
        Conflict: The installation serves a real city, or one that another home folder made.
    """
    house.migrate()
    served = served_city()
    if served is not None and not (served.demo and keeping.is_made()):
        raise Conflict(
            f"This installation serves {served.name}, and this home folder made no such city. Set CITYLOOP_HOME "
            "(and CITYLOOP_DATABASE_URL, where it is set) to where the made city is, or to an empty place."
        )
    about = keeping.read_about()
    if about is not None and served is not None:
        if seed is not None and int(about["seed"]) != seed:
            typer.echo(
                f"The city of seed {about['seed']} is here already and goes on; --fresh makes one of seed {seed}.",
                err=True,
            )
        return about
    if about is not None:
        typer.echo("The database that held the made city is empty; the city is made anew.", err=True)
        keeping.forget()
    elif served is not None:
        typer.echo("The city was not finished last time; it is made anew.", err=True)
        connections.close_all()
        remove()
        house.migrate()
    return _make(SEED if seed is None else seed)


def start(*, seed: int | None, speed: float, host: str, port: int, house: House) -> None:
    """Prepare the city and run it until a signal comes.

    Args:
        speed: City seconds in a real second.
        house: What the composer lends.
    """
    if not 0.1 <= speed <= 600:
        raise BadRequest(f"speed {speed:g}; allowed: 0.1 to 600 city seconds in a second. Choose --speed 60.")
    house.check_port(host, port)
    began = time.monotonic()
    about = prepare(seed, house)
    minute = resume_minute()
    os.environ["CITYLOOP_CLOCK"] = clock_setting(minute, speed, time.time())
    address = f"http://{host}:{port}"
    command = [sys.executable, "-m", "cityloop", "demo", "actors", "--url", address]

    def ready() -> None:
        typer.echo(f"Ready: {address}")
        typer.echo(accounts())
        typer.echo(f"(seed {about['seed']}, speed {speed:g}, {time.monotonic() - began:.1f} s)", err=True)

    house.start({"actors": command}, host, port, ready)


def resume_minute() -> int:
    """The minute the city's clock starts with: one after the newest readings."""
    state = keeping.read_state()
    if state is None:
        raise Conflict("The made city has no state to go on from. Run `cityloop demo --fresh`.")
    return int(state["world"]["minute"]) + 1


def accounts() -> str:
    """The demo accounts, for the terminal."""
    lines = [
        f"Sign in with a staff number; the password of all is {PASSWORD}",
        f"  {DUTY_OFFICERS[0]}  防汛值班长 duty officer: /operations, decides and dispatches",
        f"  {CREWS[0][1]}01  住建局负责人 head of housing and drainage: /orders",
        f"  {CREWS[0][1]}11  抢险队员 crew member: /orders/mine",
        "  5111  网格员 grid worker: verifies on the phone page",
        f"  {STEWARD}  数据管理员 steward: /rules, /responses",
        f"  {ADMINISTRATOR}  管理员 administrator: /people",
    ]
    return "\n".join(lines)


def remove() -> None:
    """Remove a made city with everything it left in the home folder.

    Raises:
        Conflict: The home folder holds a real city, or the database is not the embedded one.
    """
    home = settings.home()
    if not home.exists():
        return
    url = settings.text("CITYLOOP_DATABASE_URL")
    if not url.startswith("sqlite:///") or str(home) not in url:
        raise Conflict(
            f"--fresh removes the files below {home} only, and the database lies elsewhere. "
            "Empty that database yourself, then run `cityloop demo`."
        )
    if not keeping.is_made() and any(home.glob("*.sqlite3")):
        raise Conflict(
            f"{home} holds a city that was not made by the demo; it is left alone. Set CITYLOOP_HOME to another folder."
        )
    _check_not_running(home)
    for path in [path for pattern in OWN_FILES for path in home.glob(pattern)]:
        path.unlink(missing_ok=True)
    for name in OWN_FOLDERS:
        shutil.rmtree(home / name, ignore_errors=True)


def _check_not_running(home: Path) -> None:
    """A running tree holds a shared lock on run.lock: files are not pulled from under it."""
    path = home / "run.lock"
    if not path.exists():
        return
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"A city is running in {home}. Stop it (Ctrl-C where it runs), then try again.") from None


def _make(seed: int) -> dict[str, Any]:
    began = time.monotonic()
    keeping.begin()
    city = build_city(seed)
    os.environ["CITYLOOP_CLOCK"] = clock_setting(HISTORY_FROM - 5, 0.0, time.time())
    found(city)
    _, token = keys.create_key(KEY_NAME, by="machine:demo")
    typer.echo(
        f"{city.name_en} is founded: {len(city.devices)} devices, {len(city.staff)} people. The morning passes …",
        err=True,
    )
    troupe = Troupe(city)
    with typer.progressbar(length=VISITOR_COMES - HISTORY_FROM, label="city time 06:00–16:56", file=sys.stderr) as bar:
        told = [HISTORY_FROM - 1]

        def tell(minute: int) -> None:
            bar.update(minute - told[0])
            told[0] = minute

        play(troupe, VISITOR_COMES, told=tell)
    about = {"seed": seed, "key": token}
    keeping.write_about(about)
    typer.echo(f"Made in {time.monotonic() - began:.1f} s.", err=True)
    return about
