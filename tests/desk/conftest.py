"""The small made city of `tests.serve`, with a water gauge that speaks and a rule that listens."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.serve import made_city

from cityloop.analyse.detection import port as detection
from cityloop.desk.front import selectors as front
from cityloop.desk.readings import port as readings
from cityloop.kernel import clock
from cityloop.kernel.ui import place
from cityloop.sense.observations import port as observations
from cityloop.sense.observations.contracts import Row, to_us

DEPTHS_CM = (2.0, 4.0, 9.0, 16.0, 18.0, 20.0, 22.0, 21.0, 19.0, 18.0)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """What the pages keep for a second must not pass from test to test."""
    for forget in (readings.forget, front.forget, place.forget):
        forget()
    yield
    for forget in (readings.forget, front.forget, place.forget):
        forget()


@pytest.fixture
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[made_city.CityClock]:
    """The made city, its observation store in a folder of its own; the value is its clock, at 17:40."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("CITYLOOP_OBSERVATIONS_URL", f"sqlite:///{tmp_path}/observations.sqlite3")
    moved = made_city.CityClock()
    monkeypatch.setattr(clock, "now", moved)
    made_city.found()
    yield moved
    observations.close_writer()


@pytest.fixture
def gauge(city: made_city.CityClock) -> int:
    """A water gauge in the underpass with ten values, a minute apart, the newest now; the value is its Datastream."""
    observations.ensure_property(
        name="water_depth", label="水深", label_en="Water depth", unit="cm", valid_least=0.0, valid_most=500.0
    )
    thing = observations.ensure_thing(
        key="SW-0417", name="青溪下穿", name_en="Qingxi underpass", kind="gauge", longitude=121.5, latitude=31.5
    )
    stream = observations.ensure_datastream(key="SW-0417", thing_id=thing, property="water_depth")
    first = made_city.START - timedelta(minutes=len(DEPTHS_CM) - 1)
    observations.write([Row(stream, to_us(first + timedelta(minutes=n)), depth) for n, depth in enumerate(DEPTHS_CM)])
    return stream


@pytest.fixture
def flooded(gauge: int) -> str:
    """A rule has found the water: an incident waits for the duty officer; the value is its number."""
    detection.ensure_rule(
        name="道路积水",
        name_en="Standing water on the road",
        property="water_depth",
        at_least=15.0,
        minimum_s=180,
        gap_s=600,
        levels=[(3, 15.0), (2, 27.0)],
        class_kind="matter",
        class_code="10999",
        title="{place}积水",
        title_en="Standing water, {place}",
    )
    for _ in range(20):
        if not detection.advance():
            break
    made_city.settle()
    from cityloop.serve.incidents.port import incidents

    found = incidents()
    assert len(found) == 1
    return found[0].number
