"""A store of its own for every test, of either kind."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from cityloop.sense.observations import port
from cityloop.sense.observations.postgres_store import PostgresStore
from cityloop.sense.observations.sqlite_store import SqliteStore
from cityloop.sense.observations.store import ObservationStore, store


@pytest.fixture
def scratch_url() -> Iterator[str]:
    """A schema of its own on the PostgreSQL server, gone after the test; skipped where there is none."""
    server = os.environ.get("CITYLOOP_TEST_POSTGRES", "")
    if not server:
        if os.environ.get("CI") == "true":
            pytest.fail("no PostgreSQL: CITYLOOP_TEST_POSTGRES is not set")
        pytest.skip("no PostgreSQL: CITYLOOP_TEST_POSTGRES is not set (tools/postgres.sh start DIR prints one)")
    schema = f"sense_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        joint = "&" if "?" in server else "?"
        yield f"{server}{joint}options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store: every test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/observations.sqlite3"
    url: str = request.getfixturevalue("scratch_url")
    return url


def open_store(url: str) -> ObservationStore:
    """A store apart from the one the program keeps open: as another process would have it."""
    made: ObservationStore
    made = SqliteStore(Path(url.removeprefix("sqlite:///"))) if url.startswith("sqlite") else PostgresStore(url)
    made.migrate()
    return made


@pytest.fixture
def empty_store(store_url: str) -> Iterator[ObservationStore]:
    """An open, empty store of either kind."""
    made = open_store(store_url)
    yield made
    made.close()


@pytest.fixture
def in_force(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObservationStore]:
    """An empty store of either kind that `store()` and `write()` use."""
    monkeypatch.setenv("CITYLOOP_OBSERVATIONS_URL", store_url)
    yield store()
    port.close_writer()
    store().close()


@pytest.fixture
def sqlite_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObservationStore]:
    """An empty SQLite store that `store()` and `write()` use: for tests that are not about the store."""
    monkeypatch.setenv("CITYLOOP_OBSERVATIONS_URL", f"sqlite:///{tmp_path}/observations.sqlite3")
    yield store()
    port.close_writer()
    store().close()


@pytest.fixture
def make_stream() -> Callable[..., int]:
    """Makes a Datastream of PM2.5, 0 to 1000 µg/m³, and gives its id."""

    def make(key: str = "station/pm25", **limits: float | None) -> int:
        settled: dict[str, float | None] = {"valid_least": 0, "valid_most": 1000, **limits}
        port.ensure_property(name="pm25", label="细颗粒物", label_en="PM2.5", unit="ug/m3", **settled)
        thing = port.ensure_thing(key=key.split("/")[0], name="测站", name_en="Station", longitude=120.1, latitude=30.2)
        return port.ensure_datastream(key=key, thing_id=thing, property="pm25")

    return make
