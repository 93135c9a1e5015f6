"""A small made city, and a clock that the test moves."""

from typing import Any

import pytest

from cityloop.kernel import clock
from tests.serve import made_city


@pytest.fixture
def city_clock(monkeypatch: pytest.MonkeyPatch) -> made_city.CityClock:
    """The city's clock, standing at 17:40 city time until moved."""
    moved = made_city.CityClock()
    monkeypatch.setattr(clock, "now", moved)
    return moved


@pytest.fixture
def city(db: None, city_clock: made_city.CityClock, settings: Any) -> made_city.CityClock:
    """The made city; the value is its clock."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made_city.found()
    return city_clock
