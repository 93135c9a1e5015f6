"""What other features see of incidents."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from cityloop.kernel.events.contracts import Event
from cityloop.kernel.loop.contracts import Ref, Step
from cityloop.serve.incidents.moves import (
    REASON_LEAST,
    REASON_MOST,
    IllegalMove,
    Move,
    Moves,
    ReasonMissing,
    check,
    moves,
    moves_from,
)

__all__ = [
    "LIVE_STATES",
    "PAST_AFTER",
    "REASON_LEAST",
    "REASON_MOST",
    "STEPS",
    "IllegalMove",
    "IncidentChanged",
    "IncidentClassView",
    "IncidentClosed",
    "IncidentFilter",
    "IncidentOpened",
    "IncidentState",
    "IncidentView",
    "Move",
    "Moves",
    "ReasonMissing",
    "Result",
    "StageDraft",
    "StageView",
    "Tally",
    "check",
    "moves",
    "moves_from",
]


class IncidentState(StrEnum):
    """Where an incident stands, in the order of GB/T 47678."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    REPORTED = "reported"
    CLOSED = "closed"
    ASSESSED = "assessed"
    VOID = "void"


LIVE_STATES: Final = frozenset(
    {IncidentState.OPEN, IncidentState.DISPATCHED, IncidentState.HANDLING, IncidentState.REPORTED}
)

# A fact that was over for longer is of the past: its incident may wait to be closed, but it is no state of the day.
PAST_AFTER: Final = timedelta(days=1)

STEPS: Final[Mapping[IncidentState, Step]] = {
    IncidentState.OPEN: Step.DECIDE,
    IncidentState.DISPATCHED: Step.DISPATCH,
    IncidentState.HANDLING: Step.HANDLE,
    IncidentState.REPORTED: Step.VERIFY,
    IncidentState.CLOSED: Step.SCORE,
    IncidentState.ASSESSED: Step.CLOSED,
    IncidentState.VOID: Step.CLOSED,
}


class Result(StrEnum):
    """What the verification found."""

    CONFIRMED = "confirmed"
    FALSE = "false"


@dataclass(frozen=True)
class IncidentView:
    """An incident as shown to people. Values are in `unit`; level 1 (gravest) to 4; times UTC.

    Args:
        department_code: The department in charge, and its names.
        peak: Highest value so far. `last_at`: newest observation that belongs to the fact.
        fact_ended_at: When the fact itself was over; None while it goes on.
        source, rule: The episode and the rule behind it.
    """

    number: str
    fact_key: str
    state: IncidentState
    level: int
    class_kind: str
    class_code: str
    class_name: str
    class_name_en: str
    title: str
    title_en: str
    longitude: float | None
    latitude: float | None
    district_code: str
    cell_code: str
    cell_name: str
    cell_name_en: str
    department_code: str
    department_name: str
    department_name_en: str
    datastream_id: int
    property: str
    unit: str
    at_least: float
    value: float
    peak: float
    peak_at: datetime
    began_at: datetime
    last_at: datetime
    opened_at: datetime
    fact_ended_at: datetime | None
    reported_at: datetime | None
    verify_due_at: datetime | None
    closed_at: datetime | None
    result: str
    version: int
    source: Ref
    rule: Ref

    @builtins.property
    def live(self) -> bool:
        """Whether there is still something to do."""
        return self.state in LIVE_STATES

    def past(self, now: datetime) -> bool:
        """Whether what it tells of was over long before now."""
        return self.fact_ended_at is not None and self.fact_ended_at < now - PAST_AFTER

    @builtins.property
    def step(self) -> Step:
        """The step of the loop it is at."""
        return STEPS[self.state]

    @builtins.property
    def name(self) -> str:
        """The title, for `localized`."""
        return self.title

    @builtins.property
    def name_en(self) -> str:
        """The title in English."""
        return self.title_en


@dataclass(frozen=True)
class IncidentFilter:
    """Which incidents; what is left empty does not narrow. `levels` 1–4; `class_keys` are (kind, code); `past`: only
    those whose fact was over long ago, or only the others.
    """

    states: frozenset[IncidentState] | None = None
    levels: frozenset[int] | None = None
    level_max: int | None = None
    class_codes: frozenset[tuple[str, str]] | None = None
    district_code: str = ""
    department_code: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    past: bool | None = None


@dataclass(frozen=True)
class Tally:
    """Counts for the top of a page; today is the city's day.

    Args:
        live: Incidents with something to do, `past` of them about a fact that was over long ago.
        opened_today: Without those about a fact that was over long before.
    """

    live: int
    past: int
    by_level: Mapping[int, int]
    by_state: Mapping[str, int]
    opened_today: int
    closed_today: int

    @builtins.property
    def of_the_day(self) -> int:
        """Live incidents about what is going on, or was a short while ago."""
        return self.live - self.past


@dataclass(frozen=True)
class StageView:
    """One move of an incident or of one of its orders. `photo_href` is empty where no photo was taken, `note_en` where
    the note was written in one language.
    """

    id: int
    incident_number: str
    order_number: str
    stage: str
    at: datetime
    actor: str
    note: str
    note_en: str
    longitude: float | None
    latitude: float | None
    photo_href: str


@dataclass(frozen=True)
class IncidentClassView:
    """A class of incident; `own` marks the city's additions."""

    kind: str
    code: str
    main_code: str
    main_name: str
    main_name_en: str
    name: str
    name_en: str
    own: bool


@dataclass(frozen=True)
class StageDraft:
    """What is noted with a move. Coordinates in degrees, CGCS2000."""

    note: str = ""
    note_en: str = ""
    longitude: float | None = None
    latitude: float | None = None
    photo: str = ""


@dataclass(frozen=True)
class IncidentOpened(Event):
    """A fact became an incident."""

    kind: ClassVar[str] = "incident.opened"
    number: str
    level: int
    class_kind: str
    class_code: str
    department_code: str
    opened_at: datetime


@dataclass(frozen=True)
class IncidentChanged(Event):
    """An incident moved on. `what`: state, level, fact, ended, withdrawn, assessed."""

    kind: ClassVar[str] = "incident.changed"
    number: str
    what: str
    state: str


@dataclass(frozen=True)
class IncidentClosed(Event):
    """An incident was verified and closed; `result` is `confirmed` or `false`."""

    kind: ClassVar[str] = "incident.closed"
    number: str
    result: str
    closed_at: datetime
