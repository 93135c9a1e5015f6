"""What a chart is made of: values with their quality, thresholds, events, a predicted band. No Django."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

GOOD: Final = 0
SUSPECT: Final = 1
BAD: Final = 2

POINTS_DRAWN_MAX: Final = 2000
"""More points than this on one line are thinned; peaks stay."""


@dataclass(frozen=True)
class Point:
    """A value at a time. `quality`: 0 good, 1 suspect (hollow dot), 2 bad (a cross; the line leaves it out)."""

    at: datetime
    value: float
    quality: int = GOOD


@dataclass(frozen=True)
class Series:
    """A line.

    Args:
        name: For the key below the chart.
        points: In order of time.
        style: `measured` is the full line; `predicted` dotted; `without` (what would come if nothing were done) dashed.
        gap: A longer pause breaks the line; None: four times the usual distance of points.
        note: Words beside its highest point.
    """

    name: str
    points: tuple[Point, ...]
    style: Literal["measured", "predicted", "without"] = "measured"
    gap: timedelta | None = None
    note: str = ""


@dataclass(frozen=True)
class Band:
    """A predicted interval: (time, low, high) in order of time."""

    points: tuple[tuple[datetime, float, float], ...]
    name: str = ""


@dataclass(frozen=True)
class Threshold:
    """A limit of a warning level, 1 to 4, with what it means."""

    value: float
    level: int
    label: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened: a thin line with words above the chart."""

    at: datetime
    label: str
    href: str = ""


@dataclass(frozen=True)
class Bar:
    """A column. `own` is the one the reader looks for."""

    label: str
    value: float
    own: bool = False


@dataclass(frozen=True)
class Size:
    """Width and height of a drawing's own units; it is enlarged or shrunk with its box."""

    width: int
    height: int


WIDE: Final = Size(820, 340)
NARROW: Final = Size(340, 236)


@dataclass(frozen=True)
class ChartWords:
    """The words a chart says by itself, in the reader's language (`cityloop.kernel.ui.words` has them translated)."""

    language: str = "en"
    nothing: str = "No values in this time"
    peak: str = "Highest {value}"
    now: str = "Now {time}"
    suspect: str = "suspect value"
    bad: str = "impossible value, left out"
    suspect_count: str = "{count} suspect values."
    bad_count: str = "{count} impossible values."
    summary: str = (
        "{quantity}, {unit}, {since} to {until}: lowest {low}, highest {high} at {high_at}, last {last} at {last_at}."
    )
    empty_summary: str = "{quantity}, {unit}: no values in this time."
    threshold_summary: str = "Level {numeral} begins at {value}."
    rain: str = "Rain"
    incidents: str = "Incidents"
    decisions: str = "Decisions"
    rain_most: str = "at most {value} mm in 10 min"
    timeline_summary: str = (
        "{hours} hours to {now}: {incidents} incidents, {decisions} decisions, rain at most {rain} mm in 10 minutes."
    )


@dataclass(frozen=True)
class Chart:
    """A line chart over time.

    Args:
        series: Drawn in this order; the first `measured` one carries flags, peak and summary.
        quantity, unit: What is measured, and in what, for the axis.
        zone: The city's time zone.
        thresholds, events, band: See there.
        since, until: Range of the time axis; None: that of the values.
        now: Draws the line of the present when it lies in the range.
        zero: Begin the axis at zero; None: when the values come near it.
        show_peak: Mark the highest measured value.
    """

    series: tuple[Series, ...]
    quantity: str
    unit: str
    zone: ZoneInfo
    thresholds: tuple[Threshold, ...] = ()
    events: tuple[Event, ...] = ()
    band: Band | None = None
    since: datetime | None = None
    until: datetime | None = None
    now: datetime | None = None
    zero: bool | None = None
    show_peak: bool = True


@dataclass(frozen=True)
class Timeline:
    """The last hours of the city: rain, incidents, decisions.

    Args:
        rain: (time, millimetres in the ten minutes from then).
        incidents: (time, level, title). `decisions`: (time, label).
        now: Right edge. `hours`: width in time.
    """

    now: datetime
    zone: ZoneInfo
    rain: tuple[tuple[datetime, float], ...] = ()
    incidents: tuple[tuple[datetime, int, str], ...] = ()
    decisions: tuple[tuple[datetime, str], ...] = ()
    hours: int = 6
    words: ChartWords = field(default_factory=ChartWords)
