"""Times as text."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.kernel.times import format_instant, parse_instant
from cityloop.sense.observations.contracts import to_datetime, to_us

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2199, 1, 1), timezones=zones)


@given(moments)
def test_iso_with_any_zone_is_read_to_the_microsecond(moment: datetime) -> None:
    assert to_datetime(parse_instant(moment.isoformat())) == moment


@given(moments)
def test_what_is_written_is_read_back(moment: datetime) -> None:
    text = format_instant(to_us(moment))
    assert text.endswith("Z")
    assert parse_instant(text) == to_us(moment)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-16T10:24:36Z", datetime(2026, 7, 16, 10, 24, 36, tzinfo=UTC)),
        ("2026-07-16T18:24:36.5+08:00", datetime(2026, 7, 16, 10, 24, 36, 500_000, tzinfo=UTC)),
        ("2026-07-16T18:24:36,123456789+0800", datetime(2026, 7, 16, 10, 24, 36, 123_456, tzinfo=UTC)),
        ("2026-07-16t10:24z", datetime(2026, 7, 16, 10, 24, tzinfo=UTC)),
        ("2026-07-16 05:24:36-05", datetime(2026, 7, 16, 10, 24, 36, tzinfo=UTC)),
    ],
)
def test_forms_that_are_taken(text: str, expected: datetime) -> None:
    assert to_datetime(parse_instant(text)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-07-16T10:24:36", "ISO 8601 with a time zone"),
        ("2026-07-16", "ISO 8601 with a time zone"),
        ("2026-W29-4T10:00:00Z", "ISO 8601 with a time zone"),
        ("1752638400", "ISO 8601 with a time zone"),
        ("", "ISO 8601 with a time zone"),
        ("２０２６-07-16T10:24:36Z", "ISO 8601 with a time zone"),
        ("2026-02-30T10:24:36Z", "no such time"),
        ("2026-07-16T25:00:00Z", "no such time"),
        ("2026-07-16T10:00:00Z/2026-07-16T11:00:00Z", "an interval"),
    ],
)
def test_forms_that_are_refused_say_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_instant(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(parse_instant(text), int)
