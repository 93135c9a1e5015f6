"""How far a fact has come round the loop: which step was reached when, predicted beside measured. No Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.kernel.loop.contracts import Step
from cityloop.serve.incidents.contracts import IncidentState

State = Literal["done", "now", "todo"]
DEAD_ORDERS = frozenset({"void", "returned"})


@dataclass(frozen=True)
class Stand:
    """A step of the loop.

    Args:
        state: `done`, `now` (it is waited for) or `todo`.
        at: When it was done.
        predicted, measured: Minutes; either may be missing. `low`, `high`: interval of the prediction.
    """

    step: Step
    state: State
    at: datetime | None = None
    predicted: float | None = None
    measured: float | None = None
    low: float | None = None
    high: float | None = None


def stands(loop: WholeLoop) -> tuple[Stand, ...]:
    """The seven steps, in order."""
    incident, decision, outcome = loop.incident, loop.decision, loop.decision.outcome if loop.decision else None
    decided_at = decision.decided_at if decision else None
    prediction = decision.prediction if decision else None
    live = [order for order in loop.orders if order.state not in DEAD_ORDERS] or list(loop.orders)
    accepted = [order.accepted_at for order in live]
    reported_at = latest_of_all(order.reported_at for order in live) or incident.reported_at
    return (
        Stand(Step.SENSE, "done", incident.began_at),
        Stand(Step.ANALYSE, "done", incident.opened_at),
        Stand(
            Step.DECIDE,
            _state(incident.state, incident.step, Step.DECIDE, decided_at),
            decided_at,
            predicted=prediction.minutes if prediction else None,
            low=prediction.low if prediction else None,
            high=prediction.high if prediction else None,
            measured=outcome.measured_minutes if outcome else None,
        ),
        Stand(
            Step.DISPATCH,
            _state(incident.state, incident.step, Step.DISPATCH, min((o.dispatched_at for o in live), default=None)),
            min((order.dispatched_at for order in live), default=None),
            predicted=max((minutes(o.dispatched_at, o.accept_due_at) or 0 for o in live), default=None),
            measured=longest((o.dispatched_at, o.accepted_at) for o in live) if live and all(accepted) else None,
        ),
        Stand(
            Step.HANDLE,
            _state(incident.state, incident.step, Step.HANDLE, reported_at),
            reported_at,
            predicted=max((float(order.expected_minutes) for order in live), default=None),
            measured=longest((o.accepted_at, o.reported_at) for o in live) if reported_at else None,
        ),
        Stand(
            Step.VERIFY,
            _state(incident.state, incident.step, Step.VERIFY, incident.closed_at),
            incident.closed_at,
            predicted=minutes(incident.reported_at, incident.verify_due_at),
            measured=minutes(incident.reported_at, incident.closed_at),
        ),
        Stand(
            Step.SCORE,
            _state(incident.state, incident.step, Step.SCORE, loop.score.scored_at if loop.score else None),
            loop.score.scored_at if loop.score else None,
        ),
    )


def expected_end(loop: WholeLoop) -> tuple[datetime, datetime, datetime] | None:
    """When the fact was predicted to end: low, expected, high; None before a decision."""
    decision = loop.decision
    if decision is None or decision.prediction is None or decision.decided_at is None:
        return None
    low, at, high = (
        decision.decided_at + timedelta(minutes=value)
        for value in (decision.prediction.low, decision.prediction.minutes, decision.prediction.high)
    )
    return low, at, high


def minutes(since: datetime | None, until: datetime | None) -> float | None:
    """Minutes between two times, never below 0; None when either is missing."""
    if since is None or until is None:
        return None
    return max(0.0, (until - since).total_seconds() / 60)


def longest(spans: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    """The longest of some spans, minutes; those that are not complete are left out."""
    return max((found for span in spans if (found := minutes(*span)) is not None), default=None)


def latest_of_all(times: Iterable[datetime | None]) -> datetime | None:
    """The latest of some times; None when one is missing or there is none."""
    known = list(times)
    return max(at for at in known if at is not None) if known and all(known) else None


def _state(state: IncidentState, at_step: Step, step: Step, at: datetime | None) -> State:
    if state is IncidentState.VOID:
        return "done" if at is not None else "todo"
    if step < at_step:
        return "done"
    return "now" if step == at_step else "todo"
