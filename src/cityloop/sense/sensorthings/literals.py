"""Literals of expressions: read at a place in a text, and written back. Pure.

Taken are numbers, texts in single quotes ('' for a quote inside), true, false, null, times with a zone, intervals
(`start/end`, `start/duration`, `duration/end`), dates, times of day, duration'…', geography'…' and geometry'…'.
Source: OData 4.01, ABNF, literal data values; ISO 8601-1:2019, clause 5.5 (durations and intervals).
"""

import re
from datetime import UTC, date, datetime, time
from typing import Final

from cityloop.kernel.times import DAY_US, parse_instant
from cityloop.sense.observations.contracts import to_datetime, to_us
from cityloop.sense.sensorthings.expressions import Kind, Literal, QueryError, Value, shown

SECOND_US = 1_000_000
INTEGER_MAX = 2**63 - 1
# Longer than the calendar of datetime, and still far from 64 bits.
DURATION_US_MAX = 10_000 * 366 * DAY_US
INSTANT_US_LEAST: Final = to_us(datetime.min.replace(tzinfo=UTC))
INSTANT_US_MOST: Final = to_us(datetime.max.replace(tzinfo=UTC))

# A + in a query string means a space: 18:00:00+08:00 arrives as 18:00:00 08:00. Nothing else has a time, a space and
# hours there, and inside quotes this pattern is never tried.
_LOST_PLUS_ZONE = r"[ ]\d\d:?\d\d(?![\w:])"
_TIME = rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.,]\d{{1,12}})?)?(?:Z|[+-]\d\d(?::?\d\d)?|{_LOST_PLUS_ZONE})"
_LENGTH = r"P(?=\d|T)(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?"
# What would make a literal part of something longer.
_END = r"(?![\w.@:/-])"
_FLAGS = re.ASCII | re.IGNORECASE

_INTERVAL = re.compile(rf"(?P<first>{_TIME}|{_LENGTH})/(?P<second>{_TIME}|{_LENGTH}){_END}", _FLAGS)
_BARE = re.compile(
    rf"""(?:(?P<instant>{_TIME})
        |(?P<date>\d{{4}}-\d\d-\d\d)
        |(?P<time>\d\d:\d\d(?::\d\d(?:\.\d{{1,12}})?)?)
        |(?P<number>[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:e[+-]?\d{{1,3}})?)
        ){_END}""",
    _FLAGS | re.VERBOSE,
)
_STARTS_BARE = re.compile(r"[+-]?\.?\d", re.ASCII)
_RUN = re.compile(r"[^\s(),']*")
_WORD = re.compile(rf"(?:true|false|null){_END}", re.IGNORECASE)
_QUOTED = re.compile(r"(?P<prefix>[^\W\d]*)'(?P<inside>(?:[^']|'')*+)'")
_OPENS_QUOTE = re.compile(r"[^\W\d]*'")
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_DURATION = re.compile(
    r"""(?P<sign>-?)P(?=\d|T)(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?
        (?:(?P<days>\d{1,9})D)?
        (?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?
        (?:(?P<seconds>\d{1,9})(?:\.(?P<fraction>\d{1,12}))?S)?)?""",
    _FLAGS | re.VERBOSE,
)
_GEOMETRY = re.compile(
    r"""(?:SRID=(?P<srid>\d{1,9});\s*)?
        (?P<wkt>(?:POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION)
        \s*+(?:(?:ZM?|M)\s*+)?(?:EMPTY|\([\w\s().,+-]*\)))""",
    _FLAGS | re.VERBOSE,
)
WGS84_SRID = 4326
_UNIT_US: Final = {
    "weeks": 7 * DAY_US,
    "days": DAY_US,
    "hours": 3600 * SECOND_US,
    "minutes": 60 * SECOND_US,
    "seconds": SECOND_US,
}


def read_literal(text: str, position: int) -> tuple[Literal, int] | None:
    """The literal that stands at a place, and the place after it; None when something else stands there.

    Raises:
        QueryError: It starts as a literal does, but is none.
    """
    if _OPENS_QUOTE.match(text, position):
        return _quoted(text, position)
    if word := _WORD.match(text, position):
        value = {"true": True, "false": False, "null": None}[word[0].lower()]
        return Literal(Kind.NULL if value is None else Kind.BOOL, value), word.end()
    if interval := _INTERVAL.match(text, position):
        return Literal(Kind.INTERVAL, _interval(interval["first"], interval["second"])), interval.end()
    if bare := _BARE.match(text, position):
        return _bare(bare), bare.end()
    if _STARTS_BARE.match(text, position):
        run = _RUN.match(text, position)
        raise QueryError(
            f"value {shown(run[0] if run else '')}; allowed: a number, a time with its zone such as "
            "2026-07-16T10:24:36Z, an interval of two such times joined by /, a date or a time of day"
        )
    return None


def is_duration(text: str) -> bool:
    """Whether a text is a duration such as PT1H, which an expression has in quotes."""
    return _DURATION.fullmatch(text) is not None


def read_duration(text: str) -> int:
    """Microseconds of an ISO 8601 duration such as P1DT2H or -PT0.5S; finer fractions are cut off.

    Raises:
        QueryError: It is none, too long, or has years or months, which have no fixed length.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise QueryError(f"duration {shown(text)}; allowed: ISO 8601 in weeks, days and time, such as P1DT2H30M")
    if int(match["years"] or 0) or int(match["months"] or 0):
        raise QueryError(
            f"duration {shown(text)} has years or months, which have no fixed length; allowed: weeks, days, hours, "
            "minutes and seconds, such as P30D"
        )
    length_us = sum(int(match[name] or 0) * unit_us for name, unit_us in _UNIT_US.items())
    length_us += int((match["fraction"] or "0")[:6].ljust(6, "0"))
    if length_us > DURATION_US_MAX:
        raise QueryError(f"duration {shown(text)}; allowed: up to {DURATION_US_MAX // DAY_US} days")
    return -length_us if match["sign"] else length_us


def format_literal(literal: Literal) -> str:
    """The text that is read as this literal. Times are written in UTC, geometries as geography."""
    value = literal.value
    match literal.kind, value:
        case Kind.NULL, _:
            return "null"
        case Kind.BOOL, _:
            return "true" if value else "false"
        case Kind.INSTANT, int():
            return _instant_text(value)
        case Kind.INTERVAL, (int(start_us), int(end_us)):
            return f"{_instant_text(start_us)}/{_instant_text(end_us)}"
        case Kind.DURATION, int():
            return f"duration'{_duration_text(value)}'"
        case Kind.GEOMETRY, str():
            return f"geography'{value}'"
        case Kind.TEXT, str():
            return "'" + value.replace("'", "''") + "'"
        case ((Kind.DATE | Kind.TIME), (date() | time()) as moment):
            return moment.isoformat()
        case Kind.NUMBER, int() | float():
            # Without its sign an exponent survives a query string that nobody encoded.
            return repr(value).replace("e+", "e")
        case _:
            raise TypeError(f"{literal!r}; allowed: a value of its kind")


def _quoted(text: str, position: int) -> tuple[Literal, int]:
    match = _QUOTED.match(text, position)
    if match is None:
        raise QueryError(f"text {shown(text[position:])} has no end; allowed: '…', with '' for a quote inside")
    prefix, inside = match["prefix"].lower(), match["inside"].replace("''", "'")
    if prefix == "":
        return Literal(Kind.TEXT, inside), match.end()
    if prefix == "duration":
        return Literal(Kind.DURATION, read_duration(inside.strip())), match.end()
    if prefix in ("geography", "geometry"):
        return Literal(Kind.GEOMETRY, _geometry(inside.strip())), match.end()
    raise QueryError(
        f"{shown(match['prefix'])} before a quote; allowed: duration, geography, geometry, or nothing for a text. "
        "Times and dates are written without quotes"
    )


def _geometry(text: str) -> str:
    match = _GEOMETRY.fullmatch(text)
    if match is None:
        raise QueryError(
            f"geometry {shown(text)}; allowed: WKT, longitude before latitude, such as POINT (116.4 39.9), of the "
            "kinds POINT, LINESTRING, POLYGON, MULTI… of these, and GEOMETRYCOLLECTION"
        )
    if match["srid"] is not None and int(match["srid"]) != WGS84_SRID:
        raise QueryError(f"geometry in SRID={match['srid']}; allowed: WGS 84, SRID={WGS84_SRID} or no SRID")
    return match["wkt"]


def _bare(match: re.Match[str]) -> Literal:
    text = match[0]
    try:
        match match.lastgroup:
            case "instant":
                return Literal(Kind.INSTANT, _instant(text))
            case "date":
                return Literal(Kind.DATE, date.fromisoformat(text))
            case "time":
                return Literal(Kind.TIME, _time_of_day(text))
            case _:
                return Literal(Kind.NUMBER, _number(text))
    except QueryError:
        raise
    except ValueError as error:
        raise QueryError(f"value {shown(text)}; allowed: a date or time that exists ({error})") from None


def _number(text: str) -> Value:
    # Wider whole numbers become floats, as the databases have them.
    if _WHOLE.fullmatch(text) and abs(int(text)) <= INTEGER_MAX:
        return int(text)
    number = float(text)
    if abs(number) == float("inf"):
        raise QueryError(f"value {shown(text)}; allowed: a finite number")
    return number


def _time_of_day(text: str) -> time:
    clock, _, fraction = text.partition(".")
    microsecond = int(fraction[:6].ljust(6, "0")) if fraction else 0
    return time.fromisoformat(clock).replace(microsecond=microsecond)


def _instant(text: str) -> int:
    try:
        return _in_calendar(parse_instant(text.replace(" ", "+")), text)
    except QueryError:
        raise
    except ValueError as error:
        raise QueryError(f"time {shown(text)}: {error}") from None


def _in_calendar(time_us: int, text: str) -> int:
    if not INSTANT_US_LEAST <= time_us <= INSTANT_US_MOST:
        raise QueryError(f"time {shown(text)}; allowed: years 1 to 9999 in UTC")
    return time_us


def _interval(first: str, second: str) -> tuple[int, int]:
    text = f"{first}/{second}"
    lengths = [part[0] in "Pp" for part in (first, second)]
    if all(lengths):
        raise QueryError(f"interval {shown(text)}; allowed: start/end, start/duration or duration/end")
    if lengths[0]:
        end_us = _instant(second)
        start_us = _in_calendar(end_us - read_duration(first), text)
    else:
        start_us = _instant(first)
        end_us = _in_calendar(start_us + read_duration(second), text) if lengths[1] else _instant(second)
    if start_us > end_us:
        raise QueryError(f"interval {shown(text)} ends before it starts; allowed: the start first")
    return start_us, end_us


def _instant_text(time_us: int) -> str:
    return to_datetime(time_us).isoformat().replace("+00:00", "Z")


def _duration_text(length_us: int) -> str:
    rest, fraction = divmod(abs(length_us), SECOND_US)
    days, seconds = divmod(rest, DAY_US // SECOND_US)
    second = f"{seconds}.{fraction:06d}" if fraction else str(seconds)
    return ("-" if length_us < 0 else "") + (f"P{days}DT{second}S" if days else f"PT{second}S")
