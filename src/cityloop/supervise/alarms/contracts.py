"""What other features see of alarms."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from cityloop.kernel.events.contracts import Event


@dataclass(frozen=True)
class AlarmView:
    """An order whose clock ran out. `step` is `accept` or `handle`; `cleared_at` is None while it goes on."""

    id: int
    order_number: str
    incident_number: str
    step: str
    round: int
    department_code: str
    department_name: str
    department_name_en: str
    due_at: datetime
    raised_at: datetime
    cleared_at: datetime | None


@dataclass(frozen=True)
class AlarmChanged(Event):
    """An alarm was `raised` or `cleared`."""

    kind: ClassVar[str] = "alarm.changed"
    order_number: str
    step: str
    what: str
