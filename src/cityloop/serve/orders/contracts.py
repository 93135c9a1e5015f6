"""What other features see of work orders."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from cityloop.kernel.events.contracts import Event
from cityloop.kernel.loop.contracts import Ref, Step
from cityloop.serve.orders.clocks import share_used


class OrderState(StrEnum):
    """Where a work order stands."""

    DISPATCHED = "dispatched"
    HANDLING = "handling"
    REPORTED = "reported"
    CLOSED = "closed"
    RETURNED = "returned"
    VOID = "void"


LIVE_ORDERS: Final = frozenset({OrderState.DISPATCHED, OrderState.HANDLING, OrderState.REPORTED})

STEPS: Final = {
    OrderState.DISPATCHED: Step.DISPATCH,
    OrderState.HANDLING: Step.HANDLE,
    OrderState.REPORTED: Step.VERIFY,
    OrderState.CLOSED: Step.CLOSED,
    OrderState.RETURNED: Step.DISPATCH,
    OrderState.VOID: Step.CLOSED,
}


@dataclass(frozen=True)
class OrderView:
    """A work order as shown to people. Times UTC, level 1 (gravest) to 4.

    Args:
        origin: What it comes from: the decision, or the returned order it replaces.
        limit_minutes: Handling limit, counted from acceptance.
        due_at: When the clock that runs now is up (accepting, then handling); None when none runs.
        clock_started_at: When that clock started.
        round: 1, and one more after each rework.
        replaced_by: The order that took its place after a return.
        alarmed_at: When the department head was alarmed that it is overdue, in this round and step.
        late_accept, late_handle: A limit was missed, in any round.
    """

    number: str
    incident_number: str
    decision_number: str
    origin: Ref
    state: OrderState
    level: int
    class_kind: str
    class_code: str
    title: str
    title_en: str
    place_name: str
    place_name_en: str
    district_code: str
    cell_code: str
    longitude: float | None
    latitude: float | None
    department_id: int
    department_code: str
    department_name: str
    department_name_en: str
    crew: str
    crew_en: str
    action: str
    action_en: str
    expected_minutes: int
    limit_minutes: int
    dispatched_at: datetime
    accepted_at: datetime | None
    reported_at: datetime | None
    closed_at: datetime | None
    accept_due_at: datetime
    handle_due_at: datetime | None
    due_at: datetime | None
    clock_started_at: datetime | None
    assignee_id: int | None
    assignee_number: str
    round: int
    replaced_by: str
    alarmed_at: datetime | None
    late_accept: bool
    late_handle: bool
    version: int

    @property
    def step(self) -> Step:
        """The step of the loop it is at."""
        return STEPS[self.state]

    @property
    def live(self) -> bool:
        """Whether there is still something to do."""
        return self.state in LIVE_ORDERS

    def used(self, now: datetime) -> float:
        """Share of the running limit that is used: 0 fresh, 1 due, more when overdue."""
        return share_used(self.clock_started_at, self.due_at, now)


@dataclass(frozen=True)
class ClockLimitView:
    """A limit in minutes for a step (`accept`, `handle`, `verify`).

    An empty class or a level of None means any. `source` says where the figure is from.
    """

    step: str
    class_kind: str
    class_code: str
    level: int | None
    minutes: int
    source: str


@dataclass(frozen=True)
class BulkResult:
    """What became of a bulk act: numbers done, and those refused with the reason."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OrderFilter:
    """Which orders of a desk.

    Args:
        department_ids: None means every department.
        view: `open` (live), `new` (to be accepted), `soon` (three quarters of the limit used), `overdue`, `returned`,
            `mine` or `all`.
        person_id: Whose, for `mine`.
    """

    department_ids: frozenset[int] | None
    view: str = "open"
    person_id: int | None = None
    text: str = ""
    level: int | None = None


@dataclass(frozen=True)
class WorkOrderChanged(Event):
    """A work order moved. `what`: dispatched, accept, assign, report, return, dispatch_again, rework, void, close,
    level.
    """

    kind: ClassVar[str] = "work_order.changed"
    number: str
    incident_number: str
    what: str
    state: str
