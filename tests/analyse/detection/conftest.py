"""What the tests of detection share."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.analyse.detection.detection_oracle import BEGIN_US, MINUTE_US, Put, Sample


@pytest.fixture
def store_url(tmp_path: Path) -> Iterator[str]:
    """The address of an empty observation store: a schema of its own where the tests run on PostgreSQL, else a file."""
    server = os.environ.get("CITYLOOP_TEST_DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{tmp_path}/observations.sqlite3"
        return
    schema = f"analyse_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def observations(store_url: str, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Put]:
    """A fresh observation store, and a way to put rows of any quality into it, past screening.

    Minutes are counted from 2026-01-01 UTC.
    """
    from cityloop.analyse.detection import online
    from cityloop.sense.observations import port
    from cityloop.sense.observations.store import GoodRows

    monkeypatch.setenv("CITYLOOP_OBSERVATIONS_URL", store_url)
    monkeypatch.setattr(online, "_detector", online.Detector())
    port.ensure_property(
        name="water_depth", label="水深", label_en="Water depth", unit="cm", valid_least=0, valid_most=500
    )
    seen: dict[tuple[int, int], int] = {}

    def put(datastream_id: int, samples: list[Sample]) -> None:
        with port.store().transaction() as transaction:
            rows = []
            for number, (minute, result, quality) in enumerate(samples, transaction.newest_id + 1):
                key = (datastream_id, minute)
                seen[key] = seen.get(key, -1) + 1
                at = BEGIN_US + minute * MINUTE_US
                reasons = 1 if quality == 2 else 0
                rows.append((number, datastream_id, at, None, result, quality, reasons, seen[key], None))
            transaction.insert(GoodRows(), rows)

    yield put
    port.close_writer()
    port.store().close()


@pytest.fixture
def stream(observations: Put) -> Callable[[], int]:
    """Enters another gauge and gives the id of its Datastream."""
    from cityloop.sense.observations import port

    made: list[int] = []

    def make() -> int:
        key = f"gauge-{len(made) + 1}"
        thing = port.ensure_thing(
            key=key, name=f"澜江大道下穿 {key}", name_en=f"Lanjiang {key}", longitude=113.0, latitude=28.0
        )
        made.append(port.ensure_datastream(key=key, thing_id=thing, property="water_depth"))
        return made[-1]

    return make
