"""What every test stands on: a fresh home folder, SQLite, or the PostgreSQL that CITYLOOP_TEST_DATABASE_URL names."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"

# pytest-django sets Django up after this file was read, because no settings module is named before (in pyproject.toml).
# Workers of pytest-xdist inherit the first process's environment, and each takes a folder below its folder.
_first = "CITYLOOP_TEST_HOME" not in os.environ
_base = os.environ.setdefault("CITYLOOP_TEST_HOME", tempfile.mkdtemp(prefix="cityloop-test-") if _first else "")
_home = str(Path(_base) / os.environ.get("PYTEST_XDIST_WORKER", "main"))
Path(_home).mkdir()
os.environ["DJANGO_SETTINGS_MODULE"] = "cityloop.app.django_settings"
os.environ["CITYLOOP_HOME"] = _home
os.environ["CITYLOOP_SECRET_KEY"] = "for-tests-only"
os.environ["CITYLOOP_DATABASE_URL"] = os.environ.get("CITYLOOP_TEST_DATABASE_URL") or f"sqlite:///{_home}/city.sqlite3"
for _name in ("CITYLOOP_STA_OPEN", "CITYLOOP_CLOCK", "CITYLOOP_OBSERVATIONS_URL"):
    os.environ.pop(_name, None)
if _first:
    atexit.register(shutil.rmtree, _base, ignore_errors=True)

# The conftest files of the rooms import models.
django.setup()


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


@pytest.fixture(scope="session", autouse=True)
def on_the_database_meant() -> None:
    """Fail early when Django was set up before this file could say where: tests must not share a real city."""
    from django.conf import settings

    about = settings.DATABASES["default"]
    meant = os.environ.get("CITYLOOP_TEST_DATABASE_URL", "")
    assert about["ENGINE"].endswith("postgresql" if meant.startswith("postgres") else "sqlite3")
    assert meant or str(about["NAME"]).startswith((_base, "file:"))


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    """Every test begins in the default language: a page asked for in English leaves the thread in English."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()
