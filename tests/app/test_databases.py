import pytest

from cityloop.app.databases import database
from cityloop.kernel.settings import SettingError


def test_sqlite_is_durable_and_takes_turns() -> None:
    about = database("sqlite:////var/lib/city.sqlite3")
    assert about["NAME"] == "/var/lib/city.sqlite3"
    assert "synchronous=FULL" in about["OPTIONS"]["init_command"]  # type: ignore[index]
    assert about["OPTIONS"]["transaction_mode"] == "IMMEDIATE"  # type: ignore[index]


def test_postgresql_has_a_bounded_pool() -> None:
    about = database("postgresql://city:p%40ss@db.example:6432/loop")
    assert (about["USER"], about["PASSWORD"], about["HOST"], about["PORT"], about["NAME"]) == (
        "city", "p@ss", "db.example", "6432", "loop",
    )  # fmt: skip
    assert about["OPTIONS"]["pool"]["max_size"] <= 20  # type: ignore[index]


@pytest.mark.parametrize("url", ["mysql://root:secret@db/city", "city.db", "postgresql://host/"])
def test_another_scheme_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(SettingError, match="allowed: sqlite:///PATH or postgresql://") as caught:
        database(url)
    assert "secret" not in str(caught.value)
