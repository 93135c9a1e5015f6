"""Backup and restore where PostgreSQL holds the registers, the observations, or both."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tests.app.conftest import Command, command_in, write_city_files

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("commands")]

THINGS = """
properties: {rain: {label: 雨强, unit: mm/h}}
things: [{key: G1, name: 一号, datastreams: [{property: rain}]}]
"""
ROWS = "station,time,rain\nG1,2026-07-16T10:00:00+08:00,15.2\nG1,2026-07-16T10:01:00+08:00,15.9\n"
MAPPING = """
thing: {key: "{station}"}
time: {column: time, zone: Asia/Shanghai}
columns: {rain: {property: rain}}
"""


@pytest.fixture
def make_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases, and takes them away after the test."""
    about = conninfo_to_dict(postgres_url)
    made: list[str] = []

    def make() -> str:
        name = f"cityloop_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(make_conninfo(postgres_url), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        made.append(name)
        who = about.get("user") or os.environ.get("USER", "root")
        secret = f":{about['password']}" if about.get("password") else ""
        host = str(about.get("host") or "127.0.0.1")
        where = "127.0.0.1" if host.startswith("/") else host
        return f"postgresql://{who}{secret}@{where}:{about.get('port') or 5432}/{name}"

    yield make
    with psycopg.connect(make_conninfo(postgres_url), autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("observations", ["beside", "apart", "in a file"])
def test_a_city_moves_with_its_observations(
    make_database: Callable[[], str], tmp_path: Path, observations: str
) -> None:
    def place(name: str) -> tuple[Command, dict[str, str]]:
        url = {"beside": "", "in a file": f"sqlite:///{tmp_path}/{name}/observations.sqlite3"}.get(observations)
        where = {"CITYLOOP_DATABASE_URL": make_database()}
        where["CITYLOOP_OBSERVATIONS_URL"] = make_database() if url is None else url
        return command_in(tmp_path / name), where

    files = write_city_files(tmp_path)
    for name, text in (("things.yaml", THINGS), ("rows.csv", ROWS), ("mapping.yaml", MAPPING)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    old, at_old = place("old")
    begun = old(
        *("init", "--name", "试验市", "--administrator", "admin", "--departments", str(files["departments.csv"])),
        CITYLOOP_ADMIN_PASSWORD="lantern-quarry-58",
        **at_old,
    )
    assert begun.code == 0, begun.err
    for arguments in (
        ("sense", "things", "load", str(tmp_path / "things.yaml")),
        ("sense", "import", str(tmp_path / "rows.csv"), "--mapping", str(tmp_path / "mapping.yaml")),
        ("backup", str(tmp_path / "copy.tar")),
    ):
        done = old(*arguments, **at_old)
        assert done.code == 0, done.err

    new, at_new = place("new")
    restored = new("restore", str(tmp_path / "copy.tar"), **at_new)
    assert restored.code == 0, restored.err
    assert "试验市" in new("doctor", **at_new).out
    again = new("sense", "import", str(tmp_path / "rows.csv"), "--mapping", str(tmp_path / "mapping.yaml"), **at_new)
    assert again.json()["already_there"] == 2, again.err
    refused = new("restore", str(tmp_path / "copy.tar"), **at_new)
    assert refused.code == 2
    assert "--force" in refused.err
    assert new("restore", str(tmp_path / "copy.tar"), "--force", **at_new).code == 0


def test_another_place_of_the_observations_is_named(make_database: Callable[[], str], tmp_path: Path) -> None:
    files = write_city_files(tmp_path)
    where = {"CITYLOOP_DATABASE_URL": make_database()}
    city = command_in(tmp_path / "home")
    begun = city(
        *("init", "--name", "试验市", "--administrator", "admin", "--departments", str(files["departments.csv"])),
        CITYLOOP_ADMIN_PASSWORD="lantern-quarry-58",
        **where,
    )
    assert begun.code == 0, begun.err
    assert city("backup", str(tmp_path / "copy.tar"), **where).code == 0
    refused = city("restore", str(tmp_path / "copy.tar"), "--force", CITYLOOP_OBSERVATIONS_URL=make_database(), **where)
    assert refused.code == 2
    assert "set CITYLOOP_OBSERVATIONS_URL as it was" in refused.err
