"""What every test stands on: a fresh home folder, SQLite, or the PostgreSQL that CITYLOOP_TEST_DATABASE_URL names."""

import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"

# Set before Django reads its settings: pytest-django does so right after this file is imported.
_home = tempfile.mkdtemp(prefix="cityloop-test-")
os.environ["CITYLOOP_HOME"] = _home
os.environ["CITYLOOP_SECRET_KEY"] = "for-tests-only"
os.environ["CITYLOOP_DATABASE_URL"] = os.environ.get("CITYLOOP_TEST_DATABASE_URL") or f"sqlite:///{_home}/city.sqlite3"
for _name in ("CITYLOOP_STA_OPEN", "CITYLOOP_CLOCK", "CITYLOOP_OBSERVATIONS_URL"):
    os.environ.pop(_name, None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; a missing one skips the test, and fails it in CI."""
    if not DATA.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the real data sets are missing: no folder {DATA}")
        pytest.skip(f"no real data sets: no folder {DATA}")
    return DATA


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A PostgreSQL server for tests; none skips the test, and fails it in CI."""
    url = os.environ.get("CITYLOOP_TEST_POSTGRES", "")
    if not url:
        if os.environ.get("CI") == "true":
            pytest.fail("no PostgreSQL: CITYLOOP_TEST_POSTGRES is not set")
        pytest.skip("no PostgreSQL: CITYLOOP_TEST_POSTGRES is not set (tools/postgres.sh start DIR prints one)")
    return url
