"""Tables: what may be asked for, where a page ends, and CSV that no spreadsheet is fooled by."""

import csv
from collections.abc import Iterator
from io import StringIO

import pytest
from django.utils.translation import override, trans_real
from hypothesis import given
from hypothesis import strategies as st

from cityloop.kernel.ui.messages import compile_all
from cityloop.kernel.ui.table import CSV_PIECE_CHARACTERS, BadTableQueryError, Page, csv_pieces, parse
from cityloop.kernel.ui.words import table_query_words

SORTABLE = ("due_at", "level")


def ask(**parameters: str) -> object:
    return parse(parameters, sortable=SORTABLE, default_sort="-due_at")


def test_defaults() -> None:
    query = parse({}, sortable=SORTABLE, default_sort="-due_at", page_size=14)
    assert (query.sort, query.descending, query.page, query.page_size, query.q) == ("due_at", True, 1, 14, "")
    assert query.order_by == "-due_at"


def test_everything_at_once() -> None:
    query = parse(
        {"sort": "level", "page": "3", "size": "20", "q": "  青溪 "}, sortable=SORTABLE, default_sort="due_at"
    )
    assert (query.order_by, query.offset, query.q) == ("level", 40, "青溪")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"sort": "password"}, "sort is 'password'; allowed: due_at, level"),
        ({"sort": "--level"}, "sort is '--level'; allowed"),
        ({"page": "0"}, "page is '0'; allowed: a whole number from 1"),
        ({"page": "-1"}, "page is '-1'"),
        ({"page": "１"}, "page is '１'"),
        ({"page": "²"}, "page is '²'"),
        ({"page": "9" * 30}, "allowed: a whole number from 1 to 100000"),
        ({"size": "501"}, "size is '501'; allowed: a whole number from 1 to 500"),
        ({"q": "x" * 101}, "q has 101 characters; allowed: at most 100"),
    ],
)
def test_what_is_not_allowed(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(BadTableQueryError, match=message):
        ask(**parameters)


@pytest.mark.parametrize(
    ("parameters", "chinese", "english"),
    [
        (
            {"page": "abc"},
            "参数 page 为“abc”，允许 1 至 100000 的整数。",
            "page is “abc”; allowed: a whole number from 1",
        ),
        ({"sort": "x"}, "排序参数 sort 为“x”，允许：due_at, level；", "sort is “x”; allowed: due_at, level, with -"),
        ({"q": "x" * 101}, "搜索内容有 101 个字，最多 100 个", "The search has 101 characters; allowed: at most 100"),
    ],
)
def test_the_reader_is_told_in_their_language(parameters: dict[str, str], chinese: str, english: str) -> None:
    if compile_all():
        trans_real._translations = {}  # type: ignore[attr-defined]
    with pytest.raises(BadTableQueryError) as caught:
        ask(**parameters)
    for language, words in (("zh-hans", chinese), ("en", english)):
        with override(language):
            assert table_query_words(caught.value).startswith(words)


@given(st.dictionaries(st.sampled_from(["sort", "page", "size", "q"]), st.text(max_size=120)))
def test_any_address_is_read_or_refused(parameters: dict[str, str]) -> None:
    try:
        query = parse(parameters, sortable=SORTABLE, default_sort="level")
    except BadTableQueryError:
        return
    assert query.sort in SORTABLE
    assert query.page >= 1
    assert 1 <= query.page_size <= 500


@given(st.integers(0, 10_000), st.integers(1, 500), st.integers(1, 100_000))
def test_pages_cover_every_row_once(total: int, size: int, number: int) -> None:
    query = parse({"page": str(number), "size": str(size)}, sortable=SORTABLE, default_sort="level")
    page = Page.of(query, total)
    assert 1 <= page.number <= page.pages
    assert page.last - page.first + 1 == min(size, total - page.offset) if total else page.first == page.last == 0
    if page.number == page.pages:
        assert page.last == total
        assert page.next is None
    numbers = [link for link in page.links if link is not None]
    assert numbers == sorted(set(numbers))
    assert {1, page.number, page.pages} <= set(numbers)
    assert len(page.links) <= 7


def test_page_links_leave_no_single_page_out() -> None:
    query = parse({"page": "4", "size": "10"}, sortable=SORTABLE, default_sort="level")
    assert Page.of(query, 482).links == [1, 2, 3, 4, 5, None, 49]


def read(header: list[str], rows: list[list[object]]) -> list[list[str]]:
    text = b"".join(csv_pieces(header, rows)).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def test_csv_begins_with_the_mark_that_spreadsheets_need() -> None:
    assert b"".join(csv_pieces(["工单"], [])) == "\N{ZERO WIDTH NO-BREAK SPACE}工单\r\n".encode()


def test_csv_comes_in_pieces_while_it_is_read() -> None:
    taken = 0

    def rows() -> Iterator[list[object]]:
        nonlocal taken
        for number in range(20_000):
            taken += 1
            yield [number, "道路积水"]

    pieces = csv_pieces(["number", "title"], rows())
    first = next(pieces)
    assert CSV_PIECE_CHARACTERS <= len(first.decode()) < CSV_PIECE_CHARACTERS + 100
    assert taken < 10_000, "the rest is not read before it is asked for"
    rest = list(pieces)
    assert len(rest) <= 5, "not a piece for every row"
    assert b"".join([first, *rest]).count(b"\r\n") == 20_001


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_no_formula_leaves_the_house(evil: str) -> None:
    assert read(["a"], [[evil]])[1] == ["'" + evil]


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert read(["a", "b", "c"], [[-1.5, None, 'a "b", c\nd']])[1] == ["-1.5", "", 'a "b", c\nd']


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=2, max_size=2), max_size=20
    )
)
def test_csv_can_be_read_back(rows: list[list[str]]) -> None:
    kept = read(["a", "b"], [list(row) for row in rows])[1:]
    assert len(kept) == len(rows)
    for before, after in zip(rows, kept, strict=True):
        assert [cell.removeprefix("'") if cell[:1] == "'" else cell for cell in after] == [
            cell.removeprefix("'") if cell[:1] == "'" else cell for cell in before
        ]
