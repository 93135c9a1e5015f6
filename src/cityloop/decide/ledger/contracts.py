"""What other features see of decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from cityloop.kernel.events.contracts import Event

_ENGLISH_KEYS: Final = dict(zip("甲乙丙丁戊", "ABCDE", strict=True))


def key_in_english(key: str) -> str:
    """The key of an option as English readers know it: 甲 is A; another key is what it is."""
    return _ENGLISH_KEYS.get(key, key)


@dataclass(frozen=True)
class ActionLine:
    """What one department is asked to do: it becomes one work order.

    Args:
        department_code: Code of the organisation.
        crew, crew_en: The crew meant for it; empty leaves the choice to the department.
        action, action_en: What to do, as an order reads.
        expected_minutes: How long the department's own work is expected to take.
        limit_minutes: Handling limit of this line; None takes the city's clock limits.
    """

    department_code: str
    crew: str
    crew_en: str
    action: str
    action_en: str
    expected_minutes: int
    limit_minutes: int | None = None


@dataclass(frozen=True)
class Prediction:
    """Minutes from the decision until the fact has ended.

    Args:
        minutes: The value expected. `low`, `high`: interval meant to hold 80 % of the outcomes.
        source: `history` (the city's own outcomes) or `table` (the response table).
        n: How many outcomes stand behind it; 0 for the table.
    """

    minutes: float
    low: float
    high: float
    source: str
    n: int


@dataclass(frozen=True)
class Option:
    """One way to respond, with its predicted effect."""

    key: str
    name: str
    name_en: str
    automatic: bool
    actions: tuple[ActionLine, ...]
    prediction: Prediction

    @property
    def key_en(self) -> str:
        """The key for readers of English."""
        return key_in_english(self.key)

    @property
    def crews(self) -> int:
        """How many crews it ties up."""
        return len(self.actions)


@dataclass(frozen=True)
class OptionDraft:
    """An option before its effect is predicted. `table_minutes` is what the response table expects."""

    key: str
    name: str
    name_en: str
    automatic: bool
    actions: tuple[ActionLine, ...]
    table_minutes: float


@dataclass(frozen=True)
class Outcome:
    """What was measured. `error` is measured minus predicted, in minutes."""

    measured_minutes: float
    ended_at: datetime
    recorded_at: datetime
    error: float
    in_interval: bool


@dataclass(frozen=True)
class DecisionView:
    """A decision as shown to people.

    Args:
        state: `proposed`, `decided` or `superseded`.
        inputs: The facts it was made from.
        reason, reason_en: Before deciding, why `default_key` is proposed; after, why the choice was made.
        decided_by: Actor of the audit trail; empty until decided.
        prediction: That of the chosen option.
    """

    number: str
    incident_number: str
    state: str
    class_kind: str
    class_code: str
    level: int
    inputs: Mapping[str, object]
    options: tuple[Option, ...]
    default_key: str
    chosen_key: str
    reason: str
    reason_en: str
    decided_by: str
    proposed_at: datetime
    decided_at: datetime | None
    prediction: Prediction | None
    outcome: Outcome | None

    @property
    def chosen(self) -> Option | None:
        """The option taken."""
        return self.option(self.chosen_key)

    def option(self, key: str) -> Option | None:
        """The option with this key."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True)
class Calibration:
    """How well predictions held: of `n` outcomes, `inside` fell into their interval; errors in minutes."""

    n: int
    inside: int
    share: float | None
    median_absolute_error: float | None


@dataclass(frozen=True)
class DecisionProposed(Event):
    """Options wait for a duty officer (or were decided at once by machine)."""

    kind: ClassVar[str] = "decision.proposed"
    decision_number: str
    incident_number: str


@dataclass(frozen=True)
class DecisionMade(Event):
    """An option was chosen: its actions become work orders."""

    kind: ClassVar[str] = "decision.made"
    decision_number: str
    incident_number: str
    option_key: str
    actions: tuple[ActionLine, ...]
    decided_by: str
    decided_at: datetime
