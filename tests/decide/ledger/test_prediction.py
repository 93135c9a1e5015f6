"""Predictions: the table without history, history with it, and intervals that hold what they promise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.decide.ledger.prediction import TABLE_FACTOR, predict, student_90

MINUTES = st.floats(0.5, 5000)


@pytest.mark.parametrize("outcomes", [[], [0.0], [-3.0, 0.0]])
def test_without_history_the_table_speaks_and_says_how_little_it_knows(outcomes: list[float]) -> None:
    found = predict(outcomes, 60)
    assert (found.minutes, found.source, found.n) == (60, "table", 0)
    assert found.low == pytest.approx(60 / TABLE_FACTOR, abs=0.1)
    assert found.high == pytest.approx(60 * TABLE_FACTOR, abs=0.1)


def test_the_first_outcomes_pull_and_a_long_history_speaks_alone() -> None:
    assert 60 > predict([30.0], 60).minutes > predict([30.0] * 3, 60).minutes > predict([30.0] * 50, 60).minutes
    assert predict([30.0] * 200, 60).minutes == pytest.approx(30, abs=0.5)


def test_a_table_that_outcomes_contradict_widens_the_interval() -> None:
    agreeing, contradicting = predict([58.0, 62.0, 60.0], 60), predict([14.0, 15.0, 16.0], 60)
    assert contradicting.high / contradicting.low > agreeing.high / agreeing.low


@given(st.lists(MINUTES, max_size=60), MINUTES)
def test_the_value_lies_in_its_interval(outcomes: list[float], table: float) -> None:
    found = predict(outcomes, table)
    assert 0 <= found.low <= found.minutes <= found.high
    assert found.n == len(outcomes)


@pytest.mark.parametrize("n", [3, 5, 8, 20, 100])
@pytest.mark.parametrize("table", [25.0, 55.0, 120.0])
def test_an_interval_holds_eight_of_ten_even_from_a_poor_table(n: int, table: float) -> None:
    """The next log-normal value lies in the interval made from n before it, 75 to 95 times in 100."""
    dice = random.Random(20260716)
    rounds, inside = 2000, 0
    for _ in range(rounds):
        found = predict([dice.lognormvariate(4, 0.5) for _ in range(n)], table)
        inside += found.low <= dice.lognormvariate(4, 0.5) <= found.high
    assert 0.75 <= inside / rounds <= 0.95


def test_a_long_history_is_calibrated() -> None:
    dice = random.Random(7)
    inside = 0
    for _ in range(2000):
        found = predict([dice.lognormvariate(4, 0.5) for _ in range(200)], 60)
        inside += found.low <= dice.lognormvariate(4, 0.5) <= found.high
    assert inside / 2000 == pytest.approx(0.8, abs=0.03)


# The 90 % points as printed in statistical tables.
@pytest.mark.parametrize(("freedom", "printed"), [(2, 1.886), (3, 1.638), (5, 1.476), (10, 1.372), (30, 1.310)])
def test_student_s_t_agrees_with_the_printed_table(freedom: int, printed: float) -> None:
    assert student_90(freedom) == pytest.approx(printed, rel=0.004)
