"""Whole numbers from addresses and forms: what looks like a digit and is none gets no further."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.kernel.ui.parameters import whole_number


@pytest.mark.parametrize(
    "text", ["", " ", "²", "③", "१", "１", "-1", "+1", "1.0", "1e3", "1_0", " 1", "9" * 10, "9" * 9999]
)
def test_what_is_no_whole_number_is_none(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("999999999", 999_999_999)])
def test_a_whole_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@given(st.text(max_size=20) | st.text(st.characters(categories=["Nd", "No", "Nl"]), max_size=12))
def test_any_text_is_read_or_none(text: str) -> None:
    number = whole_number(text)
    assert number is None or (0 <= number < 10**9 and number == int(text))
