"""What pages hand to the parts of a page: plain data, no rows of tables."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["done", "now", "todo"]


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere."""

    text: str
    href: str


@dataclass(frozen=True)
class Figure:
    """A key number.

    Args:
        label: What it is.
        value: As text, already rounded. `unit`: words beside it.
        note: A comparison, or where.
        at: Time of the data; shown as its age.
        level: 1 to 4 when the number is abnormal.
        stale: The source has gone quiet: the value stays, muted.
    """

    label: str
    value: str
    unit: str = ""
    note: str = ""
    at: datetime | None = None
    level: int | None = None
    href: str = ""
    stale: bool = False


@dataclass(frozen=True)
class Compared:
    """Predicted beside measured, always with the unit. Either may still be missing (empty)."""

    label: str
    predicted: str = ""
    measured: str = ""
    unit: str = ""


@dataclass(frozen=True)
class LoopStep:
    """A step of the loop in a list: who or what, when, predicted beside measured.

    Args:
        step: 1 sense to 7 score.
        text: What happened, or will.
        at: When. `when`: words instead of a time ("待 18:50").
        compared: Predicted beside measured.
        href: The row behind it.
    """

    step: int
    text: str
    state: State = "done"
    at: datetime | None = None
    when: str = ""
    compared: Compared | None = None
    href: str = ""


@dataclass(frozen=True)
class ChainLink:
    """A step of the loop in the chain across the page: `headline` is its time or figure, `href` its section."""

    step: int
    headline: str
    text: str
    href: str
    state: State = "done"


@dataclass(frozen=True)
class TimelineEntry:
    """A line of a log or an audit trail. `actor` is a role and staff number, or the machine; never a name."""

    at: datetime
    text: str
    actor: str = ""
    href: str = ""


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a form; `field` is the id of its control."""

    field: str
    message: str
