"""The city's day in a few numbers that anybody may see. No Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from cityloop.desk.readings.port import Highest, Online
from cityloop.serve.incidents.contracts import IncidentView


@dataclass(frozen=True)
class Matter:
    """What goes on of one class in one district.

    Args:
        level: Of the gravest. `count`: how many. `since`: opening of the oldest.
    """

    level: int
    class_name: str
    class_name_en: str
    district: str
    district_en: str
    count: int
    since: datetime

    @property
    def name(self) -> str:
        """The class, for `localized`."""
        return self.class_name

    @property
    def name_en(self) -> str:
        """The class in English."""
        return self.class_name_en


@dataclass(frozen=True)
class Measured:
    """A value worth telling, and the district it was measured in (empty when unknown)."""

    highest: Highest
    district: str
    district_en: str


@dataclass(frozen=True)
class LoopToday:
    """What each step of the loop did today.

    Args:
        rules: Rules in force. `found`: facts found today.
        decisions: Made today, of them `by_machine`.
        orders, handling: Work orders in hand, and those a crew is at.
        closed, false: Incidents closed today, of them false alarms.
        judged: Predictions that could be compared so far, `inside` their interval.
    """

    online: Online
    rules: int
    found: int
    decisions: int
    by_machine: int
    orders: int
    handling: int
    closed: int
    false: int
    judged: int
    inside: int


@dataclass(frozen=True)
class CityDay:
    """The state of the day. `past`: incidents to be closed about what was over long ago; they are not counted
    `in_hand`, nor told. `median_min`: from opening to closing, minutes, of the newest closed ones (`of`)."""

    at: datetime
    in_hand: int
    past: int
    gravest: int | None
    opened: int
    closed: int
    median_min: float | None
    of: int
    matters: tuple[Matter, ...]
    measured: tuple[Measured, ...]
    loop: LoopToday
    cells: tuple[tuple[str, int], ...]

    @property
    def begun(self) -> bool:
        """Whether the city has any device or incident yet."""
        return bool(self.loop.online.streams or self.in_hand or self.past or self.of)


def matters_of(live: Iterable[IncidentView], districts: Mapping[str, tuple[str, str]]) -> tuple[Matter, ...]:
    """Live incidents told by class and district, the gravest first.

    Args:
        districts: Code → name and English name.
    """
    groups: dict[tuple[str, str, str], list[IncidentView]] = {}
    for one in live:
        groups.setdefault((one.class_kind, one.class_code, one.district_code), []).append(one)
    found = []
    for (_kind, _code, district), group in groups.items():
        name, name_en = districts.get(district, ("", ""))
        found.append(
            Matter(
                level=min(one.level for one in group),
                class_name=group[0].class_name,
                class_name_en=group[0].class_name_en,
                district=name,
                district_en=name_en,
                count=len(group),
                since=min(one.opened_at for one in group),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.level, -one.count, one.since)))


def cells_of(live: Iterable[IncidentView]) -> tuple[tuple[str, int], ...]:
    """Grid cells with an incident, each with its gravest level."""
    found: dict[str, int] = {}
    for one in live:
        if one.cell_code:
            found[one.cell_code] = min(found.get(one.cell_code, 4), one.level)
    return tuple(sorted(found.items()))


def median_minutes(closed: Iterable[IncidentView]) -> float | None:
    """Median minutes from opening to closing; None when nothing was closed."""
    taken = [(one.closed_at - one.opened_at).total_seconds() / 60 for one in closed if one.closed_at is not None]
    return median(taken) if taken else None
