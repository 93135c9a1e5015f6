"""Predictions: the table without history, the median with it, and intervals that hold what they promise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.decide.ledger.prediction import OUTCOMES_LEAST, log_normal_interval, predict, quantile

MINUTES = st.floats(0.5, 5000)


@pytest.mark.parametrize("outcomes", [[], [40.0], [40.0, 60.0], [0.0, 0.0, 0.0, 40.0]])
def test_too_little_history_is_the_table(outcomes: list[float]) -> None:
    found = predict(outcomes, 60)
    assert (found.minutes, found.low, found.high, found.source, found.n) == (60, 30, 90, "table", 0)


def test_three_outcomes_are_history() -> None:
    found = predict([50.0, 40.0, 90.0], 60)
    assert (found.minutes, found.source, found.n) == (50.0, "history", 3)
    assert found.low < 40
    assert found.high > 90


def test_quantiles_of_nine_are_its_ends() -> None:
    values = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]
    assert (quantile(values, 0.1), quantile(values, 0.5), quantile(values, 0.9)) == (10.0, 50.0, 90.0)
    found = predict(values, 60)
    assert (found.low, found.minutes, found.high) == (10.0, 50.0, 90.0)


@given(st.lists(MINUTES, min_size=OUTCOMES_LEAST, max_size=60), MINUTES)
def test_the_value_lies_in_its_interval(outcomes: list[float], table: float) -> None:
    found = predict(outcomes, table)
    assert 0 <= found.low <= found.minutes <= found.high
    assert found.n == len(outcomes)


@given(st.lists(MINUTES, min_size=1, max_size=40), st.floats(0, 1))
def test_a_quantile_lies_within_the_sample(values: list[float], share: float) -> None:
    assert min(values) - 1e-6 <= quantile(values, share) <= max(values) + 1e-6


@pytest.mark.parametrize("n", [3, 5, 8, 9, 20, 100])
def test_an_interval_holds_eight_of_ten(n: int) -> None:
    """The next log-normal value lies in the interval made from n before it, about 80 times in 100."""
    dice = random.Random(20260716)
    inside = 0
    rounds = 3000
    for _ in range(rounds):
        found = predict([dice.lognormvariate(4, 0.5) for _ in range(n)], 60)
        inside += found.low <= dice.lognormvariate(4, 0.5) <= found.high
    assert inside / rounds == pytest.approx(0.8, abs=0.03)


def test_equal_outcomes_have_no_spread() -> None:
    low, high = log_normal_interval([30.0, 30.0, 30.0])
    assert (low, high) == (pytest.approx(30), pytest.approx(30))
