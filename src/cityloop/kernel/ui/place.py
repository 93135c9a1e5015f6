"""The city a page belongs to and its time zone, read once in a while."""

import time
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import Error as DatabaseError

from cityloop.kernel.organisations.contracts import CityView
from cityloop.kernel.organisations.port import city

_KEPT_S: Final = 5.0
_kept: dict[str, tuple[float, CityView]] = {}


def current_city() -> CityView | None:
    """The city, or None before `cityloop init` or while the database is away: an error page needs no database."""
    known = _kept.get("city")
    if known and time.monotonic() - known[0] < _KEPT_S:
        return known[1]
    try:
        found = city()
    except DatabaseError:
        return known[1] if known else None
    if found is not None:
        _kept["city"] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Read the city again at the next call."""
    _kept.clear()


def city_zone() -> ZoneInfo:
    """The city's time zone; UTC before there is a city."""
    found = current_city()
    return ZoneInfo(found.time_zone if found else "UTC")


def city_time(at: datetime) -> datetime:
    """A moment on the wall clock of the city."""
    return at.astimezone(city_zone())
