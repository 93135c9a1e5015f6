"""Scores and wolves, against values worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.supervise.scores.formula import WEIGHTS, cries_wolf, effect_share, parts, total, wilson_lower

FLAGS = st.lists(st.booleans(), max_size=5)


def test_weights_make_a_hundred() -> None:
    assert sum(WEIGHTS.values()) == 100


def test_all_well_is_a_hundred() -> None:
    found = parts(
        accepted_on_time=[True], handled_on_time=[True, True], verified_on_time=True, reworks=0, returns=0, effect=1.0
    )
    assert total(found) == 100


def test_worked_example() -> None:
    found = parts(
        accepted_on_time=[True, False], handled_on_time=[True], verified_on_time=False, reworks=1, returns=1, effect=0.5
    )
    assert {part.name: part.points for part in found} == {
        "accept": 7.5,
        "handle": 25,
        "verify": 0,
        "rework": 5.0,
        "effect": 15.0,
    }
    assert total(found) == 52.5


def test_what_cannot_be_judged_is_left_out() -> None:
    found = parts(
        accepted_on_time=[True], handled_on_time=[False], verified_on_time=None, reworks=0, returns=0, effect=None
    )
    assert [part.name for part in found if part.points is None] == ["verify", "effect"]
    assert total(found) == pytest.approx(100 * 35 / 60, abs=0.05)


@given(FLAGS, FLAGS, st.none() | st.booleans(), st.integers(0, 9), st.integers(0, 9), st.none() | st.floats(0, 1))
def test_a_score_is_0_to_100(
    accepted: list[bool], handled: list[bool], verified: bool | None, reworks: int, returns: int, effect: float | None
) -> None:
    found = parts(
        accepted_on_time=accepted,
        handled_on_time=handled,
        verified_on_time=verified,
        reworks=reworks,
        returns=returns,
        effect=effect,
    )
    assert 0 <= total(found) <= 100


@pytest.mark.parametrize(
    ("measured", "share"), [(60.0, 1.0), (30.0, 1.0), (90.0, 1.0), (96.0, 0.4), (120.0, 0.0), (500.0, 0.0), (0.0, None)]
)
def test_effect(measured: float, share: float | None) -> None:
    found = effect_share(60.0, 30.0, 90.0, measured)
    assert found == (pytest.approx(share) if share is not None else None)


def test_wilson_against_the_closed_form() -> None:
    # E. B. Wilson's interval for 8 of 10 at 95 %: 0.490 to 0.943.
    assert wilson_lower(8, 10) == pytest.approx(0.4902, abs=1e-4)
    assert wilson_lower(1, 1) == pytest.approx(0.2065, abs=1e-4)
    assert wilson_lower(0, 5) == 0
    assert wilson_lower(0, 0) == 0


@pytest.mark.parametrize(
    ("false", "closed", "wolf"),
    [(1, 1, False), (2, 2, False), (3, 3, True), (0, 9, False), (3, 9, False), (6, 9, True), (40, 99, False)],
)
def test_who_cries_wolf(false: int, closed: int, wolf: bool) -> None:
    assert cries_wolf(false, closed) is wolf


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_lower_end_lies_below_the_share(hits: int, others: int) -> None:
    n = hits + others
    assert 0 <= wilson_lower(hits, n) <= (hits / n if n else 0) + 1e-12
