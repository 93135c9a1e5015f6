"""Tables: which page, which order, what was searched; and rows as CSV that a spreadsheet can't be fooled by. No Django.

parse(parameters) → TableQuery ── Page.of(query, total) ── Table → `ui/parts/table.html`
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Final

from cityloop.kernel.ui.parameters import whole_number

PAGE_SIZES_MAX: Final = 500
PAGES_MAX: Final = 100_000
SEARCH_LENGTH_MAX: Final = 100
CSV_PIECE_CHARACTERS: Final = 64 * 1024
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class BadTableQueryError(ValueError):
    """A parameter of a list's address that is not allowed. The message says which, what is allowed, what to do.

    Args:
        message: In English; `kernel.ui.words.table_query_words` says it in the reader's language.
        parameter: `sort`, `page`, `size` or `q`. `given`: what was received, cut short.
        allowed: Column keys, the largest number, or the most characters.
    """

    def __init__(self, message: str, *, parameter: str, given: str, allowed: str) -> None:
        super().__init__(message)
        self.parameter, self.given, self.allowed = parameter, given, allowed


@dataclass(frozen=True)
class TableQuery:
    """What of a list is asked for.

    Args:
        sort: Column key. `descending`: largest first.
        page: From 1. `page_size`: rows on a page.
        q: What was searched, without blanks around it; empty for everything.
    """

    sort: str
    descending: bool
    page: int
    page_size: int
    q: str = ""

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.page_size

    @property
    def order_by(self) -> str:
        """The order as Django and the address write it: `-` for descending."""
        return f"-{self.sort}" if self.descending else self.sort


def parse(
    parameters: Mapping[str, str], *, sortable: Sequence[str], default_sort: str, page_size: int = 50
) -> TableQuery:
    """Read `sort`, `page`, `size` and `q` from an address.

    Args:
        parameters: Of the query string.
        sortable: Column keys that may be sorted by.
        default_sort: Such a key, with `-` before it for descending.
        page_size: Rows on a page when the address does not say.

    Raises:
        BadTableQueryError: Unknown column, a page that is not a number from 1, a search that is too long.
    """
    wanted = parameters.get("sort") or default_sort
    key = wanted.removeprefix("-")
    if key not in sortable:
        columns = ", ".join(sortable)
        raise BadTableQueryError(
            f"sort is {wanted[:40]!r}; allowed: {columns}, with - before it for descending.",
            parameter="sort", given=wanted[:40], allowed=columns,
        )  # fmt: skip
    q = parameters.get("q", "").strip()
    if len(q) > SEARCH_LENGTH_MAX:
        raise BadTableQueryError(
            f"q has {len(q)} characters; allowed: at most {SEARCH_LENGTH_MAX}. Search for fewer words.",
            parameter="q", given=str(len(q)), allowed=str(SEARCH_LENGTH_MAX),
        )  # fmt: skip
    return TableQuery(
        sort=key,
        descending=wanted.startswith("-"),
        page=_whole(parameters, "page", 1, PAGES_MAX),
        page_size=_whole(parameters, "size", page_size, PAGE_SIZES_MAX),
        q=q.replace("\x00", ""),
    )


def _whole(parameters: Mapping[str, str], name: str, default: int, most: int) -> int:
    given = parameters.get(name, "")
    if not given:
        return default
    number = whole_number(given)
    if number is None or not 1 <= number <= most:
        raise BadTableQueryError(
            f"{name} is {given[:40]!r}; allowed: a whole number from 1 to {most}.",
            parameter=name, given=given[:40], allowed=str(most),
        )  # fmt: skip
    return number


@dataclass(frozen=True)
class Page:
    """Where in a list one stands. A page past the end becomes the last one: rows go while people read."""

    query: TableQuery
    total: int
    number: int

    @classmethod
    def of(cls, query: TableQuery, total: int) -> "Page":
        """The page that was asked for, of `total` rows."""
        last = max(1, -(-total // query.page_size))
        return cls(query, total, min(query.page, last))

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.query.page_size))

    @property
    def offset(self) -> int:
        """Rows before this page: use this one to read."""
        return (self.number - 1) * self.query.page_size

    @property
    def limit(self) -> int:
        """Rows on a page."""
        return self.query.page_size

    @property
    def first(self) -> int:
        """Number of the first row on this page, from 1; 0 when there is none."""
        return min(self.total, self.offset + 1)

    @property
    def last(self) -> int:
        """Number of the last row on this page."""
        return min(self.total, self.offset + self.limit)

    @property
    def previous(self) -> int | None:
        """The page before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after."""
        return self.number + 1 if self.number < self.pages else None

    @property
    def links(self) -> list[int | None]:
        """Pages worth a link: the first, the last and those around this one; None is a gap."""
        near = sorted({1, self.pages, *range(max(1, self.number - 1), min(self.pages, self.number + 1) + 1)})
        found: list[int | None] = []
        for number in near:
            if found and found[-1] is not None and number - found[-1] == 2:
                found.append(number - 1)
            elif found and found[-1] is not None and number - found[-1] > 2:
                found.append(None)
            found.append(number)
        return found


@dataclass(frozen=True)
class Column:
    """A column: its key in the address, its head, whether it can be sorted by, whether it holds figures."""

    key: str
    label: str
    sortable: bool = False
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """A row: one cell for each column (text, or markup from a template part); `href` makes the first one a link."""

    cells: tuple[object, ...]
    href: str = ""
    picked: bool = False
    id: str = ""


@dataclass(frozen=True)
class Table:
    """A whole table for `ui/parts/table.html`.

    Args:
        caption: What it lists, for everybody who can't see the page around it.
        csv_href: Where the same rows are as CSV. `empty…`: why there are none, and the one thing to do.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    page: Page | None = None
    csv_href: str = ""
    empty: str = ""
    empty_href: str = ""
    empty_action: str = ""
    id: str = "table"
    notes: tuple[str, ...] = field(default=())


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A CSV file in pieces of about 64 kB: UTF-8 with its mark, so that a spreadsheet reads Chinese right.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers.
    """
    buffer = StringIO()
    buffer.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in _with_header(header, rows):
        writer.writerow([plain_cell(value) for value in row])
        # Every piece costs a turn of the server, so a row alone is too little to hand on.
        if buffer.tell() >= CSV_PIECE_CHARACTERS:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue().encode()


def _with_header(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield header
    yield from rows


def plain_cell(value: object) -> object:
    """A value as a cell of a CSV file: a text that a spreadsheet would take for a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
