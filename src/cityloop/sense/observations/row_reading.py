"""Cells into times, Things and numbers, by a mapping. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cityloop.kernel.times import EPOCH, to_us
from cityloop.sense.observations.mapping import ColumnSection, Mapping, MappingError, TimeSection

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_inf = float("inf")


class CellError(ValueError):
    """A cell can't be read; `column` says which."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


TimeReader = Callable[[Sequence[str]], int]
TextReader = Callable[[Sequence[str]], str]


def time_reader(section: TimeSection, columns: Sequence[str]) -> TimeReader:
    """A function from a row's cells to microseconds since 1970.

    Raises:
        MappingError: The file has no such column.
    """
    zone = ZoneInfo(section.zone)
    if section.columns:
        places = [_place(name, columns, f"time.columns.{part}") for part, name in section.columns.items()]
        parts = list(section.columns)

        def read_parts(cells: Sequence[str]) -> int:
            texts = [cells[place] for place in places]
            try:
                numbers = dict(zip(parts, map(int, texts), strict=True))
                return _local(datetime(**numbers), zone)  # type: ignore[arg-type]  # noqa: DTZ001 - _local adds it
            except ValueError as error:
                raise CellError(" ".join(section.columns.values()), " ".join(texts), f"no such time: {error}") from None

        return read_parts
    place = _place(section.column, columns, "time.column")
    parse = _parser(section.format)

    def read_one(cells: Sequence[str]) -> int:
        text = cells[place].strip()
        try:
            return _local(parse(text), zone)
        except (ValueError, OverflowError) as error:
            raise CellError(section.column, text, f"no such time: {error}") from None

    return read_one


def text_reader(pattern: str, columns: Sequence[str], groups: dict[str, str], where: str) -> TextReader:
    """A function from a row's cells to a text made of a pattern with {column} and {group}.

    Raises:
        MappingError: The pattern names what the file has not.
    """
    pieces: list[tuple[str, int | None]] = []
    at = 0
    for match in _PLACEHOLDER.finditer(pattern):
        pieces.append((pattern[at : match.start()], None))
        name = match[1]
        if name in groups:
            pieces.append((groups[name], None))
        else:
            pieces.append(("", _place(name, columns, where)))
        at = match.end()
    pieces.append((pattern[at:], None))
    if all(place is None for _, place in pieces):
        fixed = "".join(text for text, _ in pieces)
        return lambda _cells: fixed

    def read(cells: Sequence[str]) -> str:
        return "".join(text if place is None else cells[place].strip() for text, place in pieces)

    return read


def file_groups(mapping: Mapping, file_name: str) -> dict[str, str]:
    """What `thing.file_name` finds in a file's name.

    Raises:
        MappingError: It finds nothing.
    """
    if not mapping.thing.file_name:
        return {}
    match = re.search(mapping.thing.file_name, file_name)
    if match is None:
        raise MappingError(f"thing.file_name {mapping.thing.file_name!r} finds nothing in {file_name!r}")
    return {name: text or "" for name, text in match.groupdict().items()}


def value_places(mapping: Mapping, columns: Sequence[str]) -> list[tuple[str, int, ColumnSection]]:
    """Column name, place and section of every mapped column.

    Raises:
        MappingError: The file has no such column.
    """
    return [(name, _place(name, columns, f"columns.{name}"), section) for name, section in mapping.columns.items()]


def read_number(text: str) -> float:
    """A finite number.

    Raises:
        ValueError: Anything else.
    """
    number = float(text)
    # float() takes 1_000, nan and infinity too.
    if "_" in text or not -_inf < number < _inf:
        raise ValueError("not a finite number")
    return number


def _place(name: str, columns: Sequence[str], where: str) -> int:
    try:
        return list(columns).index(name)
    except ValueError:
        raise MappingError(f"{where}: the file has no column {name!r}; it has: {', '.join(columns)}") from None


def _local(moment: datetime, zone: ZoneInfo) -> int:
    if moment.tzinfo is not None:
        return to_us(moment)
    there = moment.replace(tzinfo=zone)
    time_us = to_us(there.astimezone(UTC))
    # An hour skipped when summer time begins comes back as another hour. One that happens twice is taken as the first.
    if (EPOCH + timedelta(microseconds=time_us)).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(f"{moment} was skipped by the clocks of {zone.key}")
    return time_us


def _parser(pattern: str) -> Callable[[str], datetime]:
    if pattern == "iso":
        return datetime.fromisoformat
    if pattern == "unix":
        return lambda text: EPOCH + timedelta(seconds=read_number(text))
    return lambda text: datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is the mapping's
