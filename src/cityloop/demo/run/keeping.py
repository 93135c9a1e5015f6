"""The demo's own files in CITYLOOP_HOME/demo: seed, devices' key, world's state, truth. No room below reads them."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from cityloop.demo.storm.contracts import TrueIncident
from cityloop.demo.storm.port import fold, from_line, to_line
from cityloop.kernel import settings
from cityloop.kernel.problems import Conflict

MARK: Final = "this-city-is-made"


def folder() -> Path:
    """Where the demo keeps its files; it is there once a made city was begun."""
    return settings.home() / "demo"


def begin() -> None:
    """Mark the home folder as that of a made city: only a marked one is ever removed."""
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / MARK).touch()


def forget() -> None:
    """Forget the city but for the mark: the database that held it is gone."""
    for name in ("city.json", "state.json", "truth.jsonl"):
        (folder() / name).unlink(missing_ok=True)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the home folder while a made city is made or runs: two would send the same readings under two clocks.

    Raises:
        Conflict: Another `cityloop demo` holds it.
    """
    home = settings.home()
    home.mkdir(parents=True, exist_ok=True)
    handle = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Conflict(
            f"`cityloop demo` runs in {home} already. Stop it (Ctrl-C where it runs), or set CITYLOOP_HOME to another."
        ) from None
    finally:
        os.close(handle)


def is_made() -> bool:
    """Whether the home folder is marked."""
    return (folder() / MARK).is_file()


def read_about() -> dict[str, Any] | None:
    """Seed and the devices' key of the made city, or None before it is made."""
    path = folder() / "city.json"
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def write_about(about: Mapping[str, Any]) -> None:
    """Keep seed and key, readable by the owner alone. It is written last: with it the city is complete."""
    _replace(folder() / "city.json", json.dumps(about))


def read_state() -> dict[str, Any] | None:
    """The state the world was in when the last readings were acknowledged."""
    path = folder() / "state.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise Conflict(f"{path} can't be read ({error}). Begin anew with `cityloop demo --fresh`.") from None


def write_state(state: Mapping[str, Any]) -> None:
    """Keep the world's state; a crash leaves the old one or the new one."""
    _replace(folder() / "state.json", json.dumps(state, separators=(",", ":")))


def add_truth(notes: Iterable[TrueIncident]) -> None:
    """Write notes of true incidents behind the others. Written twice after a crash, they fold into one."""
    lines = "".join(f"{to_line(note)}\n" for note in notes)
    if lines:
        with (folder() / "truth.jsonl").open("a", encoding="utf-8") as file:
            file.write(lines)


def read_truth() -> list[TrueIncident]:
    """All true incidents so far; a torn last line is left out."""
    path = folder() / "truth.jsonl"
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return fold([from_line(line) for line in lines if line.endswith("\n")])


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
