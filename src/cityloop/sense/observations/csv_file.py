"""Reading a CSV file of any delimiter and encoding, line by line, with a reason for every row that can't be read."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DELIMITERS = (",", ";", "\t", "|")
FIELD_CHARACTERS_MAX = 100_000


class FileError(ValueError):
    """The file as a whole can't be read; the message says where and what to do."""


@dataclass(frozen=True)
class Header:
    """How a file is written.

    Args:
        columns: Names in the first line.
        torn_character: The last bytes of the file are the beginning of a character.
    """

    encoding: str
    delimiter: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class BadRow:
    """A row that can't be read."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class GoodRow:
    """A row. `line`: its last physical line; `end`: offset of the byte after it; `ended`: it has a line end."""

    line: int
    end: int
    cells: list[str]
    ended: bool


def read_header(path: Path, encoding: str, delimiter: str) -> Header:
    """Find out how a file is written; reads it once, to be sure of its encoding before anything is stored.

    Raises:
        FileError: No such file, empty, another encoding, or no delimiter that splits the first line.
    """
    try:
        with path.open("rb") as file:
            found = _encoding(file.read(4), path, encoding.lower())
            file.seek(0)
            first = file.readline()
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from None
    line = first.decode(found, errors="replace").lstrip("\ufeff").rstrip("\r\n")
    if not line.strip():
        raise FileError(f"{path}: the first line is empty; allowed: the names of the columns")
    if delimiter == "auto":
        delimiter = max(DELIMITERS, key=line.count)
        if not line.count(delimiter):
            raise FileError(f"{path}: no delimiter found in the first line; name it in the mapping (file.delimiter)")
    columns = tuple(name.strip() for name in next(csv.reader([line], delimiter=delimiter)))
    doubled = sorted({name for name in columns if name and columns.count(name) > 1})
    if doubled:
        raise FileError(f"{path}: two columns are named {doubled[0]!r}; allowed: each name once")
    return Header(found, delimiter, columns)


def read_rows(path: Path, header: Header) -> Iterator[GoodRow | BadRow]:
    """Every row after the first line. Rows that can't be read come with the reason, the others stand."""
    lines = _Lines(path, header.encoding)
    reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
    width = len(header.columns)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(lines.number, lines.text[:200], f"not CSV: {error}")
            continue
        except UnicodeDecodeError:
            yield BadRow(lines.number, "", "torn line: the file ends in the middle of a character")
            return
        if lines.number == 1 or not cells:
            continue
        if len(cells) != width:
            torn = "" if lines.ended else "torn line: "
            yield BadRow(lines.number, lines.text.rstrip("\r\n")[:200], f"{torn}{len(cells)} fields; allowed: {width}")
            continue
        yield GoodRow(lines.number, lines.offset, cells, lines.ended)


class _Lines:
    """Decoded lines of a file; remembers the newest."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.number = 0
        self.offset = 0
        self.text = ""
        self.ended = True
        self._lines = self._read(path, encoding)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _read(self, path: Path, encoding: str) -> Iterator[str]:
        with path.open("rb") as file:
            for line in file:
                self.number += 1
                self.offset += len(line)
                self.ended = line.endswith(b"\n")
                self.text = line.decode("utf-8-sig" if self.number == 1 and encoding == "utf-8" else encoding)
                yield self.text


def _encoding(start: bytes, path: Path, wanted: str) -> str:
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise FileError(f"{path}: the file is UTF-16; allowed: utf-8, gb18030. Save it as UTF-8")
    if wanted != "auto":
        encoding = "utf-8" if wanted == "utf-8-sig" else wanted
        trouble = _trouble(path, encoding)
        if trouble:
            raise FileError(
                f"{path}: {trouble}; the mapping says {wanted}. Correct file.encoding "
                "(utf-8, utf-8-sig, gb18030, auto). Nothing was stored"
            )
        return encoding
    trouble = _trouble(path, "utf-8")
    if not trouble:
        return "utf-8"
    if not _trouble(path, "gb18030"):
        return "gb18030"
    raise FileError(f"{path}: {trouble}, and it is not gb18030 either. Save it as UTF-8. Nothing was stored")


def _trouble(path: Path, encoding: str) -> str:
    """Where the file is not in this encoding; empty when it is. A character torn at the very end is no trouble yet."""
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                if not line.endswith(b"\n") and error.end == len(line) and _is_start(line[error.start :], encoding):
                    return ""
                place = f"line {number}, byte {error.start + 1} (offset {offset + error.start})"
                return f"{place} is 0x{line[error.start]:02x}, not {encoding}"
            offset += len(line)
    return ""


def _is_start(rest: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(rest, final=False)
    except UnicodeDecodeError:
        return False
    return True
