"""Numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.desk.search.numbers import quoted_number


@pytest.mark.parametrize("typed", ["AJ-20260716-0183", "aj-20260716-0183", " AJ20260716 0183 ", "aj202607160183"])
def test_one_number_has_many_spellings(typed: str) -> None:
    assert quoted_number(typed) == ("incident", "AJ-20260716-0183")


@pytest.mark.parametrize("typed", ["", "0183", "AJ-2026-0183", "XX-20260716-0183", "AJ-20260716-0183 积水"])
def test_what_is_no_whole_number_is_searched_for(typed: str) -> None:
    assert quoted_number(typed) is None


@given(st.text(max_size=40))
def test_any_text_is_read(text: str) -> None:
    found = quoted_number(text)
    assert found is None or found[0] in ("incident", "work_order", "decision")
