"""The proposed option: the fastest; of equals the one with fewer crews; with the reason in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.decide.ledger.contracts import ActionLine, Option, Prediction
from cityloop.decide.responses.choice import NoOption, allowed, choose
from cityloop.decide.responses.contracts import ResponseView

LINE = ActionLine("drainage", "", "", "抽排", "Pump", 30)


def option(key: str, minutes: float, crews: int = 1, source: str = "table", n: int = 0) -> Option:
    return Option(key, key, key, False, (LINE,) * crews, Prediction(minutes, minutes / 2, minutes * 2, source, n))


def test_the_fastest_is_proposed() -> None:
    found = choose([option("甲", 70), option("乙", 55, 3, "history", 12)])
    assert found.key == "乙"
    assert found.reason == "方案乙预计最快：55 分钟（依据本市 12 次同类处置），其次方案甲 70 分钟。"
    assert found.reason_en == (
        "Option B is expected to be fastest: 55 min (from 12 earlier cases of this city); next is A with 70 min."
    )


def test_of_equals_the_one_with_fewer_crews() -> None:
    found = choose([option("甲", 55, 3), option("乙", 55, 2)])
    assert found.key == "乙"
    assert "方案乙动用队伍较少：2 支" in found.reason


def test_of_full_equals_the_first() -> None:
    found = choose([option("乙", 55), option("甲", 55)])
    assert (found.key, "取排在前面的" in found.reason) == ("甲", True)


def test_a_single_option_says_so() -> None:
    assert choose([option("甲", 55)]).reason == "该等级只有方案甲，预计 55 分钟结束（依据处置预案）。"


def test_no_option_is_an_error() -> None:
    with pytest.raises(NoOption, match="give at least one"):
        choose([])


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 4)), min_size=1, max_size=5))
def test_nothing_is_faster_than_the_proposed(given_options: list[tuple[int, int]]) -> None:
    options = [option(key, minutes, crews) for key, (minutes, crews) in zip("甲乙丙丁戊", given_options, strict=False)]
    found = next(one for one in options if one.key == choose(options).key)
    assert all((found.prediction.minutes, found.crews) <= (one.prediction.minutes, one.crews) for one in options)
    assert choose(list(reversed(options))).key == found.key


def test_the_table_at_a_level() -> None:
    rows = [
        ResponseView(1, "matter", "10999", 3, 4, "甲", "", "", True, 70, True, ()),
        ResponseView(2, "matter", "10999", 1, 3, "乙", "", "", False, 55, True, ()),
        ResponseView(3, "matter", "10999", 1, 4, "丙", "", "", False, 55, False, ()),
    ]
    assert [[row.key for row in allowed(rows, level)] for level in (1, 3, 4)] == [["乙"], ["甲", "乙"], ["甲"]]
