"""The pure core of clocks: which limit applies, and how much of it is used."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

SOON = 0.75


class Limit(Protocol):
    """A limit of the table; see `contracts.ClockLimitView`."""

    @property
    def step(self) -> str: ...
    @property
    def class_kind(self) -> str: ...
    @property
    def class_code(self) -> str: ...
    @property
    def level(self) -> int | None: ...
    @property
    def minutes(self) -> int: ...


class NoLimit(LookupError):
    """The table has no limit that fits."""


def minutes_for(limits: Sequence[Limit], *, step: str, class_kind: str, class_code: str, level: int) -> int:
    """The limit of a step in minutes. The class's own limit at this level comes first, then the class's for any level,
    then any class's at this level, then any class's for any level.

    Raises:
        NoLimit: None fits; the message says which row is missing.
    """

    def fits(limit: Limit) -> bool:
        own = (limit.class_kind, limit.class_code) in {(class_kind, class_code), ("", "")}
        return limit.step == step and own and limit.level in {level, None}

    found = [limit for limit in limits if fits(limit)]
    if not found:
        raise NoLimit(f"no clock limit for step {step!r}; enter one for any class and any level.")
    return max(found, key=lambda limit: (limit.class_code != "", limit.level is not None)).minutes


def share_used(started_at: datetime | None, due_at: datetime | None, now: datetime) -> float:
    """How much of a limit is used: 0 at its start, 1 when it is up, more after; 0 when no clock runs."""
    if started_at is None or due_at is None:
        return 0.0
    whole = (due_at - started_at).total_seconds()
    if whole <= 0:
        return 1.0
    return max(0.0, (now - started_at).total_seconds() / whole)
