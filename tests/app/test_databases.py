import pytest
from django.conf import settings

from cityloop.app.databases import database, share_connections
from cityloop.kernel.settings import SettingError


def test_sqlite_is_durable_and_takes_turns() -> None:
    about = database("sqlite:////var/lib/city.sqlite3")
    assert about["NAME"] == "/var/lib/city.sqlite3"
    assert "synchronous=FULL" in about["OPTIONS"]["init_command"]  # type: ignore[index]
    assert about["OPTIONS"]["transaction_mode"] == "IMMEDIATE"  # type: ignore[index]


def test_the_threads_of_a_server_share_a_bounded_number_of_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    about = database("postgresql://city:p%40ss@db.example:6432/loop")
    assert (about["USER"], about["PASSWORD"], about["HOST"], about["PORT"], about["NAME"]) == (
        "city", "p@ss", "db.example", "6432", "loop",
    )  # fmt: skip
    assert "pool" not in about["OPTIONS"]  # type: ignore[operator]
    monkeypatch.setitem(settings.DATABASES, "default", about)
    share_connections()
    assert about["OPTIONS"]["pool"]["max_size"] <= 20  # type: ignore[index]


def test_a_file_is_not_pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    about = database("sqlite:////var/lib/city.sqlite3")
    monkeypatch.setitem(settings.DATABASES, "default", about)
    share_connections()
    assert "pool" not in about["OPTIONS"]  # type: ignore[operator]


@pytest.mark.parametrize("url", ["mysql://root:secret@db/city", "city.db", "postgresql://host/"])
def test_another_scheme_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(SettingError, match="allowed: sqlite:///PATH or postgresql://") as caught:
        database(url)
    assert "secret" not in str(caught.value)
