"""The lifecycle of orders and of their incident: legal moves succeed, all others are refused with what is allowed."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cityloop.serve.incidents.contracts import (
    REASON_LEAST,
    IllegalMove,
    IncidentState,
    ReasonMissing,
    check,
    moves_from,
)
from cityloop.serve.incidents.lifecycle import INCIDENT_MOVES
from cityloop.serve.orders.contracts import LIVE_ORDERS, OrderState
from cityloop.serve.orders.lifecycle import ORDER_MOVES, progress

REASON = "不在管养范围"


@pytest.mark.parametrize("moves", [INCIDENT_MOVES, ORDER_MOVES])
@pytest.mark.parametrize("state", sorted({*IncidentState, *OrderState}))
def test_what_is_not_allowed_is_refused_with_what_is(moves: dict, state: str) -> None:
    allowed = moves_from(moves, state)
    for name in moves:
        if name in allowed:
            assert check(moves, name, state, REASON) == (moves[name].target or state)
            continue
        with pytest.raises(IllegalMove, match="allowed from here") as refused:
            check(moves, name, state, REASON)
        assert refused.value.allowed == allowed


def test_an_unknown_move_is_refused() -> None:
    with pytest.raises(
        IllegalMove,
        match=r"'close-eyes' from state 'handling' is not allowed; .*: assign, report, return",
    ):
        check(ORDER_MOVES, "close-eyes", "handling")


@pytest.mark.parametrize("name", ["return", "rework", "void"])
def test_a_reason_is_compulsory(name: str) -> None:
    state = OrderState.REPORTED if name == "rework" else OrderState.DISPATCHED
    for reason in ("", " ", "x", "x" * 1001):
        with pytest.raises(ReasonMissing, match=f"needs a reason of {REASON_LEAST} to 1000 characters"):
            check(ORDER_MOVES, name, state, reason)
    assert check(ORDER_MOVES, name, state, REASON)


def test_nothing_leaves_a_final_state() -> None:
    for state in (OrderState.CLOSED, OrderState.VOID):
        assert moves_from(ORDER_MOVES, state) == ()
    for state in (IncidentState.ASSESSED, IncidentState.VOID):
        assert moves_from(INCIDENT_MOVES, state) == ()


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([], "open"),
        (["dispatched"], "dispatched"),
        (["dispatched", "handling"], "handling"),
        (["reported", "dispatched"], "handling"),
        (["reported", "reported"], "reported"),
        (["reported", "void"], "reported"),
        (["returned"], "open"),
        (["returned", "reported"], "handling"),
        (["returned", "dispatched"], "dispatched"),
        (["void"], "open"),
    ],
)
def test_the_incident_follows_its_orders(orders: list[str], expected: str) -> None:
    assert progress((state, False) for state in orders) == expected


def test_a_returned_order_that_was_sent_out_again_no_longer_waits() -> None:
    assert progress([("returned", True), ("reported", False)]) == "reported"


class Lifecycle(RuleBasedStateMachine):
    """An incident with orders, moved at random by people who may do everything."""

    def __init__(self) -> None:
        super().__init__()
        self.incident: str = IncidentState.OPEN
        self.orders: list[list] = []
        self.final: set[int] = set()

    def _follow(self) -> None:
        self.incident = progress((state, replaced) for state, replaced in self.orders)

    @property
    def live(self) -> bool:
        return self.incident in {"open", "dispatched", "handling", "reported"}

    @precondition(lambda self: self.live and len(self.orders) < 4)
    @rule()
    def dispatch(self) -> None:
        self.orders.append([OrderState.DISPATCHED, False])
        self._follow()

    @precondition(lambda self: self.live and self.orders)
    @rule(number=st.integers(0, 9), name=st.sampled_from(sorted(set(ORDER_MOVES) - {"close"})))
    def move(self, number: int, name: str) -> None:
        order = self.orders[number % len(self.orders)]
        if name == "dispatch_again" and order[1]:
            return
        if order[1] and name == "void":
            return
        if order[0] not in ORDER_MOVES[name].origin:
            with pytest.raises(IllegalMove):
                check(ORDER_MOVES, name, order[0], REASON)
            return
        after = check(ORDER_MOVES, name, order[0], REASON)
        order[0] = after
        if name == "dispatch_again":
            order[1] = True
            self.orders.append([OrderState.DISPATCHED, False])
        self._follow()

    @rule()
    def verify(self) -> None:
        try:
            self.incident = check(INCIDENT_MOVES, "verify", self.incident)
        except IllegalMove:
            assert self.incident != IncidentState.REPORTED
            return
        for order in self.orders:
            if order[0] == OrderState.REPORTED:
                order[0] = check(ORDER_MOVES, "close", order[0])

    @precondition(lambda self: self.incident == IncidentState.CLOSED)
    @rule()
    def assess(self) -> None:
        self.incident = check(INCIDENT_MOVES, "assess", self.incident)

    @invariant()
    def reported_means_that_all_work_is_done(self) -> None:
        if self.incident == IncidentState.REPORTED:
            assert all(state in {"reported", "void", "returned"} for state, _ in self.orders)
            assert not any(state == "returned" and not replaced for state, replaced in self.orders)

    @invariant()
    def a_closed_incident_has_no_work_left(self) -> None:
        if self.incident in {IncidentState.CLOSED, IncidentState.ASSESSED}:
            assert not any(state in LIVE_ORDERS for state, _ in self.orders)
            assert any(state == OrderState.CLOSED for state, _ in self.orders)


Lifecycle.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestLifecycle = Lifecycle.TestCase
