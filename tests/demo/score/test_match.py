"""The comparison, against a truth made by hand."""

import pytest

from cityloop.demo.score.contracts import Found
from cityloop.demo.score.match import MATCHING_RULE, compare
from cityloop.demo.storm.contracts import TrueIncident

HERE, THERE = (112.80, 30.60), (112.80, 30.6015)  # 167 m apart


def true(
    began: int, ended: int | None, *, key: str = "SW-1", code: str = "10999", at: tuple[float, float] = HERE
) -> TrueIncident:
    return TrueIncident(key, "water", code, at[0], at[1], began, began + 5, ended, 30.0)


def found(
    number: str,
    opened: float,
    ended: float | None,
    *,
    code: str = "10999",
    at: tuple[float, float] = HERE,
    began: float | None = None,
) -> Found:
    return Found(number, code, at[0], at[1], opened - 5 if began is None else began, opened, ended)


def test_a_hand_made_day() -> None:
    truth = [
        true(100, 160),
        true(300, 340),
        true(100, 150, key="SW-2", at=THERE),
        true(200, 400, key="AQ-1", code="10998"),
    ]
    incidents = [
        found("right", 107, 161),
        found("repeat", 140, 158, began=135),
        found("elsewhere", 108, 150, at=(112.81, 30.60)),
        found("other class", 310, 340, code="10997"),
        found("air", 392, 401, code="10998", began=205),
    ]
    score = compare(truth, incidents, now=500)
    assert (score.all.true, score.all.found, score.all.matched, score.all.repeats) == (4, 5, 2, 1)
    assert score.all.precision == pytest.approx(2 / 5)
    assert score.all.recall == pytest.approx(2 / 4)
    assert score.false == ("elsewhere", "other class")
    assert score.missed == (("SW-1", 300), ("SW-2", 100))
    by_class = {one.class_code: one for one in score.classes}
    assert by_class["10999"].delay_min == pytest.approx(2.0)
    assert by_class["10998"].delay_min == pytest.approx(187.0)
    assert by_class["10997"].precision == 0.0
    assert by_class["10997"].recall is None


def test_times_must_overlap_with_ten_minutes_of_slack() -> None:
    assert compare([true(100, 120)], [found("a", 134, 150, began=129)], now=500).all.matched == 1
    assert compare([true(100, 120)], [found("a", 140, 150, began=131)], now=500).all.matched == 0


def test_what_goes_on_overlaps_with_everything_after_it() -> None:
    assert compare([true(100, None)], [found("a", 300, None, began=290)], now=400).all.matched == 1


def test_the_young_are_not_judged_on_either_side() -> None:
    score = compare([true(100, None)], [found("a", 106, None)], now=110)
    assert (score.all.true, score.all.found, score.all.precision, score.all.recall) == (0, 0, None, None)


def test_two_true_ones_at_a_place_need_two_incidents() -> None:
    score = compare([true(100, 120), true(150, 170)], [found("a", 106, 121), found("b", 156, 171)], now=500)
    assert (score.all.matched, score.all.repeats) == (2, 0)


def test_the_rule_is_stated() -> None:
    assert "within 120 m" in MATCHING_RULE
    assert "count as wrong" in MATCHING_RULE
