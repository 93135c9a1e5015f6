"""What other features see of the response table."""

from dataclasses import dataclass
from datetime import datetime

from cityloop.decide.ledger.contracts import ActionLine, key_in_english


@dataclass(frozen=True)
class Case:
    """An incident as the decision needs it. `value` and `at_least` are in `unit`; `level` 1 (gravest) to 4."""

    incident_number: str
    class_kind: str
    class_code: str
    level: int
    department_code: str
    title: str
    title_en: str
    value: float
    unit: str
    at_least: float
    property: str
    began_at: datetime
    opened_at: datetime
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True)
class ClassName:
    """The name of a class of incident, made known from above; key (kind, code)."""

    kind: str
    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class ResponseView:
    """A row of the response table: an option for a class at levels `level_from` (graver) to `level_to`."""

    id: int
    class_kind: str
    class_code: str
    level_from: int
    level_to: int
    key: str
    name: str
    name_en: str
    automatic: bool
    expected_minutes: int
    enabled: bool
    actions: tuple[ActionLine, ...]
    version: int = 1

    @property
    def key_en(self) -> str:
        """The key for readers of English."""
        return key_in_english(self.key)
