"""The words of the loop, and the events that start it."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import ClassVar

from cityloop.kernel.events.contracts import Event


class Step(IntEnum):
    """The seven steps of the loop, in the order of GB/T 47678; 8 means closed and scored."""

    SENSE = 1
    ANALYSE = 2
    DECIDE = 3
    DISPATCH = 4
    HANDLE = 5
    VERIFY = 6
    SCORE = 7
    CLOSED = 8


@dataclass(frozen=True)
class Ref:
    """A thing in the loop: its kind (observation, episode, incident, decision, work_order, report, verification, score,
    rule) and its id there."""

    kind: str
    id: str


@dataclass(frozen=True)
class LinkView:
    """An arrow of the loop, from cause to effect."""

    origin: Ref
    target: Ref
    relation: str
    at: datetime


@dataclass(frozen=True)
class IncidentDetected(Event):
    """A detection has found something a department has to act on.

    Args:
        fact_key: The same fact has the same key, so that one incident is opened.
        source: The episode (or, later, the camera's finding).
        rule: The rule that spoke.
        class_kind, class_code: Incident class of GB/T 47678.5 (kind `component` or `matter`).
        level: 1 (gravest) to 4.
        title, title_en: What people read.
        longitude, latitude: Degrees, CGCS2000 (equal to WGS 84 at a street's scale).
        datastream_id, property: What was measured where; `at_least` and `value` in its `unit`.
        began_at: Time of the first observation of the fact. `last_at`: of the newest.
    """

    kind: ClassVar[str] = "incident.detected"
    fact_key: str
    source: Ref
    rule: Ref
    class_kind: str
    class_code: str
    level: int
    title: str
    title_en: str
    longitude: float | None
    latitude: float | None
    datastream_id: int
    property: str
    unit: str
    at_least: float
    value: float
    began_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class FactChanged(Event):
    """A fact that was detected went on, grew, or ended.

    Args:
        fact_key: As in `IncidentDetected`.
        level: 1 to 4, now.
        peak: Highest value so far, in the property's unit. `peak_at`: when.
        last_at: Time of the newest observation that belongs to the fact.
        ended: No observation since can belong to it. `ended_at`: first time below the threshold, or
            `last_at` after a gap.
        withdrawn: Later data showed that the fact never was (a late observation split it).
    """

    kind: ClassVar[str] = "incident.fact_changed"
    fact_key: str
    level: int
    peak: float
    peak_at: datetime
    last_at: datetime
    ended: bool
    ended_at: datetime | None
    withdrawn: bool = False
