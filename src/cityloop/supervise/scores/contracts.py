"""What other features see of scores."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StepTime:
    """How long a step took. `name`: open, decide, dispatch, accept, handle, verify; limit and on_time where a clock
    ran.
    """

    name: str
    minutes: float | None
    limit_minutes: float | None = None
    on_time: bool | None = None


@dataclass(frozen=True)
class ScorePart:
    """A part of the score. `name`: accept, handle, verify, rework, effect; `points` None: could not be judged."""

    name: str
    points: float | None
    of: float


@dataclass(frozen=True)
class ScoreView:
    """The score of an incident: 0 to 100. Predicted and measured are minutes from decision to the end of the fact."""

    id: int
    incident_number: str
    class_kind: str
    class_code: str
    level: int
    department_code: str
    rule_id: str
    result: str
    total: float
    parts: tuple[ScorePart, ...]
    steps: tuple[StepTime, ...]
    predicted: float | None
    low: float | None
    high: float | None
    measured: float | None
    error: float | None
    in_interval: bool | None
    reworks: int
    returns: int
    opened_at: datetime
    closed_at: datetime
    scored_at: datetime


@dataclass(frozen=True)
class RuleRecord:
    """How often a rule was right. `lower_bound`: its share of false alarms is at least this, with 95 % confidence."""

    rule_id: str
    closed: int
    false: int
    share: float
    lower_bound: float
    cries_wolf: bool


@dataclass(frozen=True)
class GroupRecord:
    """Figures of a department or a class. Minutes are medians; shares 0 to 1; None where nothing could be measured."""

    key: str
    incidents: int
    orders: int
    accept_minutes: float | None
    handle_minutes: float | None
    verify_minutes: float | None
    on_time_share: float | None
    rework_share: float | None
    absolute_error: float | None
    inside_share: float | None
    average_total: float | None
