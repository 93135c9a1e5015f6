"""Beginning anew removes a made city and nothing else."""

import fcntl
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cityloop.demo.run import keeping, start
from cityloop.demo.run.contracts import House
from cityloop.demo.run.founding import PASSWORD
from cityloop.kernel.organisations.contracts import CityView
from cityloop.kernel.problems import BadRequest, Conflict


def nothing() -> None:
    """Stands for the composer's migrate."""


def free(host: str, port: int) -> None:
    """Stands for the composer's look at a port that is free."""


HOUSE = House(migrate=nothing, check_port=free, start=lambda extra, host, port, ready: ready())
MADE = CityView(
    name="澜川市", name_en="Lanchuan", time_zone="Asia/Shanghai", language="zh-hans", demo=True, organization_id=1
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CITYLOOP_HOME", str(tmp_path))
    monkeypatch.setenv("CITYLOOP_DATABASE_URL", f"sqlite:///{tmp_path}/city.sqlite3")
    return tmp_path


def made(home: Path) -> None:
    keeping.begin()
    for name in (
        "city.sqlite3",
        "observations.sqlite3",
        "observations.sqlite3-wal",
        "secret-key",
        "run.lock",
        "demo/state.json",
    ):
        (home / name).write_text("x")
    (home / "media" / "06").mkdir(parents=True)


def test_fresh_removes_the_made_city_and_leaves_strange_files(home: Path) -> None:
    made(home)
    (home / "notes.txt").write_text("mine")
    start.remove()
    assert [path.name for path in home.iterdir()] == ["notes.txt"]


def test_fresh_leaves_a_real_city_alone_even_with_a_folder_of_that_name(home: Path) -> None:
    (home / "city.sqlite3").write_text("real")
    (home / "demo").mkdir()
    with pytest.raises(Conflict, match="was not made by the demo; it is left alone"):
        start.remove()
    assert (home / "city.sqlite3").read_text() == "real"


def test_fresh_pulls_nothing_from_under_a_running_city(home: Path) -> None:
    made(home)
    with (home / "run.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(Conflict, match="A city is running in"):
            start.remove()
    assert (home / "city.sqlite3").exists()


def test_fresh_does_not_touch_a_database_elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLOOP_DATABASE_URL", "postgresql://root@/city")
    with pytest.raises(Conflict, match="the database lies elsewhere"):
        start.remove()


def test_a_finished_city_is_taken_as_it_is_and_its_clock_goes_on(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CITYLOOP_CLOCK", "")
    keeping.begin()
    keeping.write_about({"seed": 4, "key": "k"})
    keeping.write_state({"world": {"minute": 1200}})
    monkeypatch.setattr(start, "served_city", lambda: MADE)
    started: list[object] = []

    def run(extra: object, host: str, port: int, ready: object) -> None:
        started.append((extra, host, port))
        ready()  # type: ignore[operator]

    start.start(seed=9, speed=60.0, host="127.0.0.1", port=23999, house=replace(HOUSE, start=run))
    told = capsys.readouterr()
    assert "Ready: http://127.0.0.1:23999" in told.out
    assert "2107" in told.out
    assert PASSWORD in told.out
    assert "seed 4 is here already" in told.err
    assert start.resume_minute() == 1201
    assert len(started) == 1


def test_a_made_home_leaves_the_database_of_a_real_city_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.begin()
    keeping.write_about({"seed": 4, "key": "k"})
    monkeypatch.setattr(start, "served_city", lambda: replace(MADE, name="某市", demo=False))
    with pytest.raises(Conflict, match="This installation serves 某市, and this home folder made no such city"):
        start.prepare(None, HOUSE)


def test_a_city_whose_database_was_emptied_is_made_anew(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keeping.begin()
    keeping.write_about({"seed": 4, "key": "k"})
    keeping.write_state({"world": {"minute": 1200}})
    monkeypatch.setattr(start, "served_city", lambda: None)
    monkeypatch.setattr(start, "_make", lambda seed: {"seed": seed, "key": "new"})
    assert start.prepare(None, HOUSE) == {"seed": 3, "key": "new"}
    assert keeping.read_state() is None
    assert "made anew" in capsys.readouterr().err


def test_a_port_in_use_is_said_before_the_city_is_made(home: Path) -> None:
    def taken(host: str, port: int) -> None:
        raise Conflict(f"Port {port} on {host} can't be used.")

    with pytest.raises(Conflict, match="Port 23999"):
        start.start(seed=1, speed=60.0, host="127.0.0.1", port=23999, house=replace(HOUSE, check_port=taken))
    assert list(home.iterdir()) == []


def test_a_silly_speed_is_refused(home: Path) -> None:
    with pytest.raises(BadRequest, match=r"speed 0; allowed: 0\.1 to 600"):
        start.start(seed=1, speed=0.0, host="127.0.0.1", port=23999, house=HOUSE)


def test_a_state_that_cannot_be_read_says_what_to_do(home: Path) -> None:
    keeping.begin()
    (keeping.folder() / "state.json").write_text("{")
    with pytest.raises(Conflict, match="Begin anew with `cityloop demo --fresh`"):
        keeping.read_state()


def test_the_devices_key_is_readable_by_its_owner_alone(home: Path) -> None:
    keeping.begin()
    keeping.write_about({"seed": 4, "key": "k"})
    path = home / "demo" / "city.json"
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text())["seed"] == 4
