"""Literals of expressions."""

from datetime import UTC, date, datetime, time

import pytest

from cityloop.sense.observations.contracts import to_us
from cityloop.sense.sensorthings.expressions import Kind, Literal, QueryError
from cityloop.sense.sensorthings.filter_parser import parse_filter
from cityloop.sense.sensorthings.literals import format_literal, read_duration

MINUTE_US = 60_000_000
AT = to_us(datetime(2026, 7, 16, 10, 24, 36, tzinfo=UTC))
DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("0", Kind.NUMBER, 0),
        ("-7", Kind.NUMBER, -7),
        ("+7", Kind.NUMBER, 7),
        ("2.5", Kind.NUMBER, 2.5),
        (".5", Kind.NUMBER, 0.5),
        ("1e-3", Kind.NUMBER, 0.001),
        ("1E3", Kind.NUMBER, 1000.0),
        ("9223372036854775807", Kind.NUMBER, 2**63 - 1),
        ("9223372036854775808", Kind.NUMBER, 2.0**63),
        ("''", Kind.TEXT, ""),
        ("'it''s'", Kind.TEXT, "it's"),
        ("' 2026-07-16T10:24:36 08:00 '", Kind.TEXT, " 2026-07-16T10:24:36 08:00 "),
        ("true", Kind.BOOL, True),
        ("False", Kind.BOOL, False),
        ("null", Kind.NULL, None),
        ("2026-07-16T10:24:36Z", Kind.INSTANT, AT),
        ("2026-07-16t10:24:36z", Kind.INSTANT, AT),
        ("2026-07-16T10:24Z", Kind.INSTANT, AT - 36_000_000),
        ("2026-07-16T18:24:36.5+08:00", Kind.INSTANT, AT + 500_000),
        ("2026-07-16T18:24:36,5+0800", Kind.INSTANT, AT + 500_000),
        ("2026-07-16T18:24:36 08:00", Kind.INSTANT, AT),
        ("2026-07-16T18:24:36.5 0800", Kind.INSTANT, AT + 500_000),
        ("2026-07-16T02:24:36-08", Kind.INSTANT, AT),
        ("2026-07-16T10:24:36.1234567Z", Kind.INSTANT, AT + 123_456),
        ("2026-07-16", Kind.DATE, date(2026, 7, 16)),
        ("10:24", Kind.TIME, time(10, 24)),
        ("10:24:36.5", Kind.TIME, time(10, 24, 36, 500_000)),
        ("2026-07-16T10:24:36Z/2026-07-16T10:25:36Z", Kind.INTERVAL, (AT, AT + MINUTE_US)),
        ("2026-07-16T18:24:36 08:00/2026-07-16T18:25:36 08:00", Kind.INTERVAL, (AT, AT + MINUTE_US)),
        ("2026-07-16T10:24:36Z/PT1M", Kind.INTERVAL, (AT, AT + MINUTE_US)),
        ("P1DT1M/2026-07-16T10:24:36Z", Kind.INTERVAL, (AT - DAY - MINUTE_US, AT)),
        ("2026-07-16T10:24:36Z/2026-07-16T10:24:36Z", Kind.INTERVAL, (AT, AT)),
        ("duration'P1DT2H'", Kind.DURATION, 26 * 3_600_000_000),
        ("Duration'-PT0.25S'", Kind.DURATION, -250_000),
        ("geography'POINT (30 10)'", Kind.GEOMETRY, "POINT (30 10)"),
        ("geometry'SRID=4326;Point(30 10)'", Kind.GEOMETRY, "Point(30 10)"),
        ("geography'SRID=4326; POLYGON ((0 0,1 0,1 1,0 0))'", Kind.GEOMETRY, "POLYGON ((0 0,1 0,1 1,0 0))"),
    ],
)
def test_each_form_is_read(written: str, kind: Kind, value: object) -> None:
    read = parse_filter(written)
    assert isinstance(read, Literal)
    assert (read.kind, read.value, type(read.value)) == (kind, value, type(value))
    assert parse_filter(format_literal(read)) == read


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("5x", "value '5x'; allowed: a number, a time with its zone"),
        ("1.2.3", "value '1.2.3'"),
        ("1e999", "value '1e999'; allowed: a finite number"),
        ("9" * 400, "allowed: a finite number"),
        ("2026-07-16T10:24:36", "value '2026-07-16T10:24:36'; allowed: a number, a time with its zone"),
        ("2026-07-16T10:24:36 8", "a time with its zone"),
        ("2026-07-16/2026-07-17", "an interval of two such times joined by /"),
        ("2026-02-30", "value '2026-02-30'; allowed: a date or time that exists (day is out of range"),
        ("2026-13-01T00:00:00Z", "time '2026-13-01T00:00:00Z': no such time"),
        ("25:00", "value '25:00'; allowed: a date or time that exists"),
        ("0001-01-01T00:00:00+08:00", "allowed: years 1 to 9999 in UTC"),
        ("9999-12-31T00:00:00Z/P2D", "allowed: years 1 to 9999 in UTC"),
        ("2026-07-16T10:24:36Z/2026-07-15T10:24:36Z", "ends before it starts; allowed: the start first"),
        ("PT1H/PT2H", "allowed: start/end, start/duration or duration/end"),
        ("2026-07-16T10:24:36Z/P1M", "has years or months, which have no fixed length"),
        ("2026-07-16T10:24:36Z/", "a time with its zone"),
        ("duration'P1Y'", "duration 'P1Y' has years or months, which have no fixed length; allowed: weeks, days"),
        ("duration'1 day'", "duration '1 day'; allowed: ISO 8601"),
        ("duration'P'", "duration 'P'; allowed: ISO 8601"),
        ("duration'P1DT'", "duration 'P1DT'; allowed: ISO 8601"),
        ("duration'P999999999W'", "allowed: up to 3660000 days"),
        ("datetime'2026-07-16T00:00:00Z'", "'datetime' before a quote; allowed: duration, geography, geometry"),
        ("geography'CIRCLE (1 2)'", "geometry 'CIRCLE (1 2)'; allowed: WKT"),
        ("geography'POINT (1 2'", "geometry 'POINT (1 2'; allowed: WKT"),
        ("geography'SRID=4490;POINT (1 2)'", "geometry in SRID=4490; allowed: WGS 84"),
        ("geography'POINT (1 2)", "has no end"),
    ],
)
def test_what_is_no_literal_is_refused_with_the_reason(written: str, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_filter(f"a eq {written}")
    assert message in str(refused.value)


def test_zero_years_and_months_have_a_length() -> None:
    assert read_duration("P0Y0M2W1DT0H") == 15 * DAY


def test_a_value_of_the_wrong_kind_is_not_written() -> None:
    with pytest.raises(TypeError, match="allowed: a value of its kind"):
        format_literal(Literal(Kind.INSTANT, "x"))
