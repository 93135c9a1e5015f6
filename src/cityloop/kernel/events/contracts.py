"""The shape of an event."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Event:
    """Base of all events: a frozen dataclass of plain values (text, numbers, aware datetimes, nested dataclasses).

    A subclass sets `kind`, such as `incident.detected`: the name in the outbox, never changed.
    """

    kind: ClassVar[str]
