"""The pure core: what may happen to a work order, from which state, by whom, with a reason or without, and what an
incident's orders make of it.

Steps of GB/T 47678: dispatch 派遣, handle 处置, report back 反馈; branches return 回退 (reason compulsory), rework
返工, void 作废.
"""

from collections.abc import Iterable
from typing import Final

from cityloop.kernel.people.contracts import Permission
from cityloop.serve.incidents.contracts import IncidentState, Move, Moves, moves
from cityloop.serve.orders.contracts import LIVE_ORDERS, OrderState

ORDER_MOVES: Final[Moves] = moves(
    Move("accept", frozenset({OrderState.DISPATCHED}), OrderState.HANDLING, Permission.HANDLE),
    Move("assign", frozenset({OrderState.DISPATCHED, OrderState.HANDLING}), None, Permission.DISPATCH),
    Move("report", frozenset({OrderState.HANDLING}), OrderState.REPORTED, Permission.HANDLE),
    Move(
        "return",
        frozenset({OrderState.DISPATCHED, OrderState.HANDLING}),
        OrderState.RETURNED,
        Permission.HANDLE,
        reason=True,
    ),
    # The returned order stays as it is and a new one takes its place.
    Move("dispatch_again", frozenset({OrderState.RETURNED}), None, Permission.DISPATCH),
    Move("rework", frozenset({OrderState.REPORTED}), OrderState.DISPATCHED, Permission.VERIFY, reason=True),
    Move("void", LIVE_ORDERS | {OrderState.RETURNED}, OrderState.VOID, Permission.VOID, reason=True),
    # Closing an order is part of verifying its incident.
    Move("close", frozenset({OrderState.REPORTED}), OrderState.CLOSED, Permission.VERIFY),
)


def progress(orders: Iterable[tuple[str, bool]]) -> IncidentState:
    """The state of an incident that is neither closed nor void, from its orders.

    Args:
        orders: State of each order, and whether another order took its place.

    Returns:
        OPEN while nobody is at work, REPORTED when all work is reported and nothing returned waits to be sent out
        again.
    """
    waiting = [OrderState(state) for state, replaced in orders if not replaced]
    live = [state for state in waiting if state in LIVE_ORDERS]
    if not live:
        return IncidentState.OPEN
    if all(state is OrderState.REPORTED for state in live):
        return IncidentState.HANDLING if OrderState.RETURNED in waiting else IncidentState.REPORTED
    if all(state is OrderState.DISPATCHED for state in live):
        return IncidentState.DISPATCHED
    return IncidentState.HANDLING
