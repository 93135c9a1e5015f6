"""A service with both stores together, as a client meets it: on SQLite two files, on PostgreSQL one database."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from cityloop.sense.observations import port


@pytest.fixture
def service(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Registers and observations that can be asked together, open to everybody."""
    monkeypatch.setenv("CITYLOOP_STA_OPEN", "1")
    if connection.vendor == "sqlite":
        monkeypatch.setenv("CITYLOOP_OBSERVATIONS_URL", f"sqlite:///{tmp_path}/observations.sqlite3")
        yield
        port.close_writer()
        port.store().close()
        return
    about = connection.settings_dict
    server = f"postgresql://{about['USER']}@{about['HOST']}:{about['PORT']}/{about['NAME']}"
    schema = f"sense_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as maker:
        maker.execute(f"CREATE SCHEMA {schema}")
        monkeypatch.setenv("CITYLOOP_OBSERVATIONS_URL", f"{server}?options=-csearch_path%3D{schema}")
        yield
        port.close_writer()
        port.store().close()
        maker.execute(f"DROP SCHEMA {schema} CASCADE")
