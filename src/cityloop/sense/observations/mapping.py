"""The mapping file of an import: which column is which Datastream, what is the time, what is missing. Pure.

file:        delimiter, encoding, missing            how the file is written
thing:       key, name, name_en, kind, file_name, places    whose values they are
time:        column + format, or columns; zone       when they were measured
columns:     COLUMN: property, factor, offset        what they are
properties:  NAME: label, unit, valid, …             what is entered when the property is not known yet
"""

import re
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

ENCODINGS = ("auto", "utf-8", "utf-8-sig", "gb18030")
TIME_PARTS = ("year", "month", "day", "hour", "minute", "second")
COLUMNS_MAX = 1_000


class MappingError(ValueError):
    """The mapping can't be used. The message names the key, the value received and what is allowed."""


S = TypeVar("S", bound="Section")


class Section(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Base of all sections: keys we don't know are refused."""


class FileSection(Section, frozen=True):
    """How the file is written. `missing`: texts that stand for no value; an empty cell always does."""

    delimiter: str = "auto"
    encoding: str = "auto"
    missing: list[str] = []


class Place(Section, frozen=True):
    """What is known of one Thing beforehand."""

    name: str = ""
    name_en: str = ""
    longitude: float | None = None
    latitude: float | None = None


class ThingSection(Section, frozen=True):
    """Whose values they are. Texts may hold {column} of the file, and {group} of `file_name`.

    Args:
        file_name: Regular expression with named groups, searched in the file's name.
        places: By the text of `key`, or of `name`: better names and coordinates.
    """

    key: str
    name: str = ""
    name_en: str = ""
    kind: str = ""
    file_name: str = ""
    places: dict[str, Place] = {}


class TimeSection(Section, frozen=True):
    """When the values were measured: one column with a format, or a column each for year, month, day …

    Args:
        format: `iso`, `unix` (seconds), or a pattern of strptime such as %Y-%m-%d %H:%M.
        zone: IANA zone of times that don't carry one.
    """

    zone: str
    column: str = ""
    format: str = "iso"
    columns: dict[str, str] = {}


class ColumnSection(Section, frozen=True):
    """What a column holds: result = value × factor + offset, in the unit of the property."""

    property: str
    factor: float = 1.0
    offset: float = 0.0


class PropertySection(Section, frozen=True):
    """A property as it is entered when it is not known yet. `valid`: least and most, inclusive."""

    label: str
    unit: str
    label_en: str = ""
    definition: str = ""
    description: str = ""
    description_en: str = ""
    valid: tuple[float | None, float | None] = (None, None)
    rate_max: float | None = None
    stuck_after_s: int | None = None
    stuck_above: float | None = None


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """A whole mapping."""

    file: FileSection
    thing: ThingSection
    time: TimeSection
    columns: dict[str, ColumnSection]
    properties: dict[str, PropertySection]


def parse_mapping(document: object) -> Mapping:
    """Read a mapping that came out of YAML.

    Raises:
        MappingError: A key is missing, unknown or holds something that is not allowed.
    """
    if not isinstance(document, dict):
        raise MappingError(f"the mapping is {_kind(document)}; allowed: keys file, thing, time, columns, properties")
    allowed = ("file", "thing", "time", "columns", "properties")
    for name in document:
        if name not in allowed:
            raise MappingError(f"key {name!r}; allowed: {', '.join(allowed)}")
    for name in ("thing", "time", "columns"):
        if name not in document:
            raise MappingError(f"key {name!r} is missing; needed: thing, time and columns")
    mapping = Mapping(
        file=read_section(document.get("file", {}), "file", FileSection),
        thing=_thing(document["thing"]),
        time=read_section(document["time"], "time", TimeSection),
        columns=read_sections(document["columns"], "columns", ColumnSection),
        properties=read_sections(document.get("properties", {}), "properties", PropertySection),
    )
    _check_file(mapping.file)
    _check_time(mapping.time)
    _check_thing(mapping.thing)
    if not 1 <= len(mapping.columns) <= COLUMNS_MAX:
        raise MappingError(f"columns has {len(mapping.columns)} entries; allowed: 1 to {COLUMNS_MAX}")
    return mapping


def _thing(document: Any) -> ThingSection:
    if isinstance(document, dict) and isinstance(document.get("places"), dict):
        document = {**document, "places": read_sections(document["places"], "thing.places", Place)}
    return read_section(document, "thing", ThingSection)


def read_sections(document: Any, where: str, kind: type[S]) -> dict[str, S]:
    """Named sections of one kind.

    Raises:
        MappingError: As `read_section`.
    """
    if not isinstance(document, dict):
        raise MappingError(f"{where} is {_kind(document)}; allowed: names, each with its own keys")
    return {str(name): read_section(value, f"{where}.{name}", kind) for name, value in document.items()}


def read_section(document: Any, where: str, kind: type[S]) -> S:
    """One section of a file.

    Args:
        where: The key it stands under, for messages.

    Raises:
        MappingError: A key is missing, unknown or holds something that is not allowed.
    """
    allowed = ", ".join(kind.__struct_fields__)
    if isinstance(document, dict):
        for name in document:
            if name not in kind.__struct_fields__:
                raise MappingError(f"{where}.{name} is not a key; allowed in {where}: {allowed}")
    try:
        return msgspec.convert(document, kind, strict=True)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        raise MappingError(f"{where}{path.rstrip('`')}: {reason}; allowed in {where}: {allowed}") from None


def _check_file(section: FileSection) -> None:
    if section.encoding.lower() not in ENCODINGS:
        raise MappingError(f"file.encoding is {section.encoding!r}; allowed: {', '.join(ENCODINGS)}")
    if section.delimiter != "auto" and (len(section.delimiter) != 1 or section.delimiter in '"\r\n'):
        raise MappingError(f"file.delimiter is {section.delimiter!r}; allowed: one character, or auto")


def _check_time(section: TimeSection) -> None:
    try:
        ZoneInfo(section.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MappingError(
            f"time.zone is {section.zone!r}; allowed: an IANA name such as Asia/Shanghai, or UTC"
        ) from None
    if bool(section.column) == bool(section.columns):
        raise MappingError("time needs either `column` (with `format`) or `columns`, not both and not neither")
    for part in section.columns:
        if part not in TIME_PARTS:
            raise MappingError(f"time.columns.{part} is not a part of a time; allowed: {', '.join(TIME_PARTS)}")
    if section.columns and not {"year", "month", "day"} <= set(section.columns):
        raise MappingError(f"time.columns has {', '.join(section.columns)}; needed: year, month and day at least")
    if section.column and section.format not in ("iso", "unix") and "%" not in section.format:
        raise MappingError(
            f"time.format is {section.format!r}; allowed: iso, unix, or a pattern such as %Y-%m-%d %H:%M"
        )


def _check_thing(section: ThingSection) -> None:
    try:
        re.compile(section.file_name)
    except re.error as error:
        raise MappingError(
            f"thing.file_name is {section.file_name!r}; allowed: a regular expression ({error})"
        ) from None
    if not section.key:
        raise MappingError("thing.key is empty; allowed: a text such as weather/{station}")


def _kind(value: object) -> str:
    return "empty" if value is None else f"a {type(value).__name__}"
