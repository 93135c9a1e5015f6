"""The pure core of measuring: times of the steps of an incident and its orders, from their stage records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cityloop.serve.incidents.contracts import IncidentView, StageView
from cityloop.serve.orders.contracts import OrderState, OrderView
from cityloop.supervise.scores.contracts import StepTime


@dataclass(frozen=True)
class OrderTimes:
    """How long a department took: minutes from dispatch to acceptance, and from there to the last report."""

    order_number: str
    department_code: str
    accept_minutes: float | None
    handle_minutes: float | None
    accept_on_time: bool | None
    handle_on_time: bool | None
    reworks: int
    returned: bool


def order_times(order: OrderView, stages: Sequence[StageView]) -> OrderTimes:
    """Measure one order. Work done in several rounds counts from the first acceptance to the last report."""
    own = [stage for stage in stages if stage.order_number == order.number]
    accepted = _first(own, "accept")
    reported = _last(own, "report")
    return OrderTimes(
        order_number=order.number,
        department_code=order.department_code,
        accept_minutes=minutes(_first(own, "dispatch"), accepted),
        handle_minutes=minutes(accepted, reported),
        accept_on_time=None if accepted is None else not order.late_accept,
        handle_on_time=None if reported is None else not order.late_handle,
        reworks=sum(1 for stage in own if stage.stage == "rework"),
        returned=order.state is OrderState.RETURNED,
    )


def step_times(
    incident: IncidentView,
    orders: Sequence[OrderTimes],
    stages: Sequence[StageView],
    *,
    proposed_at: datetime | None,
    decided_at: datetime | None,
    limits: Mapping[str, float],
) -> tuple[StepTime, ...]:
    """The time of each step of an incident; where several orders ran side by side, the slowest counts.

    Args:
        limits: Limit in minutes of `verify`, and where known of others.
    """
    accepts = [one.accept_minutes for one in orders if one.accept_minutes is not None]
    handles = [one.handle_minutes for one in orders if one.handle_minutes is not None]
    verified = minutes(incident.reported_at, incident.closed_at)
    on_time = verify_on_time(incident)
    return (
        StepTime("open", minutes(incident.began_at, incident.opened_at)),
        StepTime("decide", minutes(proposed_at or incident.opened_at, decided_at)),
        StepTime("dispatch", minutes(decided_at, _first(stages, "dispatch"))),
        StepTime(
            "accept", max(accepts, default=None), limits.get("accept"), _all(one.accept_on_time for one in orders)
        ),
        StepTime(
            "handle", max(handles, default=None), limits.get("handle"), _all(one.handle_on_time for one in orders)
        ),
        StepTime("verify", verified, limits.get("verify"), on_time),
    )


def verify_on_time(incident: IncidentView) -> bool | None:
    """Whether an incident was verified in time; None where no clock ran."""
    if incident.verify_due_at is None or incident.closed_at is None:
        return None
    return incident.closed_at <= incident.verify_due_at


def minutes(start: datetime | None, end: datetime | None) -> float | None:
    """Minutes from start to end, never negative; None where either is not known."""
    if start is None or end is None:
        return None
    return round(max(0.0, (end - start).total_seconds() / 60), 1)


def _first(stages: Sequence[StageView], name: str) -> datetime | None:
    return next((stage.at for stage in stages if stage.stage == name), None)


def _last(stages: Sequence[StageView], name: str) -> datetime | None:
    return next((stage.at for stage in reversed(stages) if stage.stage == name), None)


def _all(flags: Iterable[bool | None]) -> bool | None:
    known = [flag for flag in flags if flag is not None]
    return all(known) if known else None
