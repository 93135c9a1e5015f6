"""Clocks: which limit applies, how much is used, and what the limits that come along say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.serve.orders.clocks import NoLimit, minutes_for, share_used
from cityloop.serve.orders.contracts import ClockLimitView
from cityloop.serve.orders.limits import clock_limits, limit_minutes, load_clock_limits
from cityloop.serve.orders.models import ClockLimit

AT = datetime(2026, 7, 16, 10, tzinfo=UTC)
LIMITS = [
    ClockLimitView("handle", "", "", None, 240, "any"),
    ClockLimitView("handle", "", "", 2, 90, "any class, level 2"),
    ClockLimitView("handle", "matter", "10998", None, 300, "own, any level"),
    ClockLimitView("handle", "matter", "10998", 1, 60, "own, level 1"),
]


@pytest.mark.parametrize(
    ("code", "level", "minutes"),
    [("10999", 3, 240), ("10999", 2, 90), ("10998", 3, 300), ("10998", 2, 300), ("10998", 1, 60)],
)
def test_the_most_particular_limit_applies(code: str, level: int, minutes: int) -> None:
    assert minutes_for(LIMITS, step="handle", class_kind="matter", class_code=code, level=level) == minutes


def test_a_component_with_the_same_code_is_another_class() -> None:
    assert minutes_for(LIMITS, step="handle", class_kind="component", class_code="10998", level=1) == 240


def test_no_limit_says_which_is_missing() -> None:
    with pytest.raises(NoLimit, match="no clock limit for step 'verify'; enter one for any class and any level"):
        minutes_for(LIMITS, step="verify", class_kind="matter", class_code="10999", level=1)


@given(st.integers(1, 10_000), st.floats(-100, 20_000))
def test_share_used_is_linear_and_never_negative(limit: int, passed: float) -> None:
    share = share_used(AT, AT + timedelta(minutes=limit), AT + timedelta(minutes=passed))
    assert share == pytest.approx(max(0.0, passed / limit), abs=1e-6)


def test_no_clock_uses_nothing_and_an_empty_limit_is_used_up() -> None:
    assert share_used(None, AT, AT) == 0
    assert share_used(AT, None, AT) == 0
    assert share_used(AT, AT, AT) == 1


@pytest.mark.django_db
def test_limits_are_data_with_a_source_and_a_citys_own_stay() -> None:
    count = load_clock_limits()
    assert all(limit.source for limit in clock_limits())
    ClockLimit.objects.filter(step="accept", class_code="", level=None).update(minutes=7)
    assert load_clock_limits() == count
    assert limit_minutes("accept", class_kind="matter", class_code="06028", level=2) == 7


@pytest.mark.django_db
def test_a_city_without_limits_gets_those_that_come_along() -> None:
    assert limit_minutes("accept", class_kind="matter", class_code="06028", level=2) == 10
    assert ClockLimit.objects.exists()
