"""What crosses the wall of detection."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

LEAST_LEVEL: Final = 4


class RuleKind(StrEnum):
    """How a rule looks for episodes."""

    SUSTAINED_EXCEEDANCE = "sustained_exceedance"


@dataclass(frozen=True)
class Level:
    """From this peak on (inclusive, the property's unit) an episode has this level: 1 gravest to 4."""

    level: int
    at_least: float


@dataclass(frozen=True)
class RuleDefinition:
    """What a rule says.

    Args:
        name, name_en: Unique name, and the same in English.
        property: Machine name of an ObservedProperty. `at_least`: threshold in its unit, inclusive.
        minimum_s: Least duration of an episode, seconds. `gap_s`: largest distance of neighbours, seconds.
        levels: By peak; an episode below all of them has level 4.
        class_kind, class_code: Incident class of GB/T 47678.5 (kind `component` or `matter`).
        title, title_en: Of the incident; `{place}` stands for the Thing's name.
        datastream_ids: Only these Datastreams; empty: all of the property.
    """

    name: str
    property: str
    at_least: float
    minimum_s: int
    gap_s: int
    class_kind: str
    class_code: str
    title: str
    name_en: str = ""
    title_en: str = ""
    levels: tuple[Level, ...] = ()
    datastream_ids: tuple[int, ...] = ()
    kind: RuleKind = RuleKind.SUSTAINED_EXCEEDANCE

    @builtins.property
    def minimum_us(self) -> int:
        """Least duration in microseconds."""
        return self.minimum_s * 1_000_000

    @builtins.property
    def gap_us(self) -> int:
        """Largest distance of neighbours in microseconds."""
        return self.gap_s * 1_000_000

    def level_of(self, peak: float) -> int:
        """The level of an episode with this peak."""
        return min((one.level for one in self.levels if peak >= one.at_least), default=LEAST_LEVEL)


@dataclass(frozen=True)
class RuleView:
    """A rule as others see it.

    Args:
        version: Counts the changes, from 1.
        since_at: Observations before this time are not judged by this version; None: all are.
        examined: Whether the observations that were there when it came into force have been judged.
    """

    id: int
    definition: RuleDefinition
    enabled: bool
    version: int
    since_at: datetime | None
    examined: bool
    changed_at: datetime

    @property
    def name(self) -> str:
        """Its name."""
        return self.definition.name

    @property
    def name_en(self) -> str:
        """Its name in English."""
        return self.definition.name_en or self.definition.name


@dataclass(frozen=True)
class RuleVersionView:
    """A version of a rule: what it said, from when on, by whom, why."""

    number: int
    at: datetime
    actor: str
    reason: str
    enabled: bool
    definition: RuleDefinition


@dataclass(frozen=True)
class EpisodeView:
    """An episode that counts.

    Args:
        start_at, end_at: First and last time. `count`: observations.
        peak: In the property's unit, first reached at `peak_at`.
        ended: No observation known so far can belong to it.
        ended_at: First time below the threshold, or `end_at` after a gap.
        withdrawn: Later data showed that it never was, or that it is part of `merged_into`.
    """

    id: int
    fact_key: str
    rule_id: int
    rule_version: int
    datastream_id: int
    start_at: datetime
    end_at: datetime
    count: int
    peak: float
    peak_at: datetime
    level: int
    ended: bool
    ended_at: datetime | None
    withdrawn: bool
    merged_into: int | None
    detected_at: datetime


@dataclass(frozen=True)
class Preview:
    """How many episodes a rule's numbers give over some days of history.

    Args:
        episodes: Their number. `streams`: Datastreams with at least one. `of_streams`: Datastreams that were read.
        levels: Number by level. `longest_s`: longest duration in seconds.
        since_at, until_at: What was read; until is the newest observation.
        complete: False when there was too much to read: `of_streams` then says how far it came.
    """

    episodes: int
    streams: int
    of_streams: int
    levels: Mapping[int, int] = field(default_factory=dict)
    longest_s: int = 0
    since_at: datetime | None = None
    until_at: datetime | None = None
    complete: bool = True
