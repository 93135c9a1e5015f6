"""Functions over texts, numbers and times, put into SQL. Pure. Functions over geometries: `geometry.py`."""

from typing import Final

from cityloop.kernel.times import TIME_LEAST_US, TIME_MOST_US
from cityloop.sense.sensorthings.dialects import Dialect
from cityloop.sense.sensorthings.expressions import QueryError
from cityloop.sense.sensorthings.operands import Kind, Operand, as_instant, as_number, as_text

TEMPORAL: Final = ("before", "after", "meets", "during", "overlaps", "starts", "finishes")
PARTS: Final = ("year", "month", "day", "hour", "minute", "second")


def called(name: str, args: list[Operand], dialect: Dialect) -> Operand:
    """What a function gives.

    Raises:
        QueryError: An argument is of the wrong kind.
    """
    if name in ("mindatetime", "maxdatetime"):
        moment = TIME_LEAST_US if name == "mindatetime" else TIME_MOST_US
        return Operand(Kind.INSTANT, str(moment), literal=moment)
    if name in PARTS or name in ("date", "time", "fractionalseconds", "totaloffsetminutes"):
        return _of_time(name, args[0], dialect)
    if name in ("round", "floor", "ceiling"):
        number = as_number(args[0], dialect)
        return Operand(Kind.NUMBER, dialect.rounded(name, number.text), number.values)
    return _of_text(name, args, dialect)


def _of_time(name: str, one: Operand, dialect: Dialect) -> Operand:
    if one.kind in (Kind.DATE, Kind.CLOCK) and name in PARTS:
        return _of_text_time(name, one)
    moment = as_instant(one)
    if name == "date":
        return Operand(Kind.DATE, dialect.date(moment.text))
    if name == "time":
        return Operand(Kind.CLOCK, dialect.clock(moment.text))
    if name == "totaloffsetminutes":
        # Times are kept in UTC.
        return Operand(Kind.NUMBER, f"(0 * {moment.text})")
    if name == "fractionalseconds":
        return Operand(Kind.NUMBER, f"(((({moment.text}) %% 1000000 + 1000000) %% 1000000) / 1000000.0)")
    return Operand(Kind.NUMBER, dialect.part(name, moment.text))


def _of_text_time(name: str, one: Operand) -> Operand:
    places = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}
    if one.kind is Kind.CLOCK:
        places = {"hour": (1, 2), "minute": (4, 2), "second": (7, 2)}
    if name not in places:
        raise QueryError(f"{name} of {one.kind}; allowed: {', '.join(places)}")
    start, length = places[name]
    return Operand(Kind.NUMBER, f"CAST(substr({one.text}, {start}, {length}) AS INTEGER)", one.values)


def _of_text(name: str, args: list[Operand], dialect: Dialect) -> Operand:
    first = as_text(args[0], dialect)
    if name == "length":
        return Operand(Kind.NUMBER, f"length({first.text})", first.values)
    if name in ("tolower", "toupper"):
        text = dialect.lower(first.text) if name == "tolower" else dialect.upper(first.text)
        return Operand(Kind.TEXT, text, first.values)
    if name == "trim":
        return Operand(Kind.TEXT, f"trim({first.text})", first.values)
    if name == "substring":
        start = as_number(args[1], dialect)
        text, values = f"substr({first.text}, CAST({start.text} AS INTEGER) + 1", first.values + start.values
        if len(args) == 3:
            length = as_number(args[2], dialect)
            text, values = f"{text}, CAST({length.text} AS INTEGER)", values + length.values
        return Operand(Kind.TEXT, f"{text})", values)
    if name == "concat":
        texts = [as_text(one, dialect) for one in args]
        joined = " || ".join(f"({one.text})" for one in texts)
        return Operand(Kind.TEXT, f"({joined})", tuple(value for one in texts for value in one.values))
    second = as_text(args[1], dialect)
    if name == "substringof":
        # The part comes first here, and last in contains().
        return Operand(Kind.BOOL, f"({dialect.contains(second.text, first.text)} > 0)", second.values + first.values)
    values = first.values + second.values
    if name == "indexof":
        return Operand(Kind.NUMBER, f"({dialect.contains(first.text, second.text)} - 1)", values)
    if name == "contains":
        return Operand(Kind.BOOL, f"({dialect.contains(first.text, second.text)} > 0)", values)
    if name == "startswith":
        return Operand(Kind.BOOL, f"({dialect.contains(first.text, second.text)} = 1)", values)
    if name == "endswith":
        return Operand(Kind.BOOL, dialect.ends(first.text, second.text), values)
    raise QueryError(f"function {name}; not known here")
