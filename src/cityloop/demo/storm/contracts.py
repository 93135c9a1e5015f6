"""What a made day consists of, and what is true in it."""

from dataclasses import dataclass
from enum import StrEnum

MINUTES_A_DAY = 1440


@dataclass(frozen=True)
class RainCell:
    """A shower that moves over the city.

    Args:
        begins, lasts: Minutes (from midnight of the first day; length).
        x_m, y_m: Its middle when it begins, metres from the sheet's upper left corner.
        east_m, south_m: Its way in a minute.
        radius_m: Distance at which the intensity has fallen to 61 % (one standard deviation).
        peak_mmh: Intensity in its middle at its height.
    """

    begins: int
    lasts: int
    x_m: float
    y_m: float
    east_m: float
    south_m: float
    radius_m: float
    peak_mmh: float


@dataclass(frozen=True)
class Plume:
    """Dirty air that gathers over a quarter. `added_ugm3`: PM2.5 above the city's background in its middle."""

    begins: int
    lasts: int
    x_m: float
    y_m: float
    radius_m: float
    added_ugm3: float


@dataclass(frozen=True)
class WorkSite:
    """A building site that works when it must be quiet, beside a sound meter."""

    device_key: str
    begins: int
    lasts: int
    level_dba: float


class FaultKind(StrEnum):
    """How a sensor goes wrong."""

    STICK = "stick"
    DRIFT = "drift"
    DROP = "drop"
    SPIKE = "spike"


@dataclass(frozen=True)
class Fault:
    """A sensor's fault. `size`: for a drift the unit an hour, for a spike the unit added; else without meaning."""

    device_key: str
    kind: FaultKind
    begins: int
    lasts: int
    size: float


@dataclass(frozen=True)
class DayPlan:
    """Everything that is going to happen on a made day."""

    day: int
    rain: tuple[RainCell, ...]
    plumes: tuple[Plume, ...]
    work_sites: tuple[WorkSite, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Basin:
    """How water gathers at a spot.

    Args:
        catchment_m2: Ground that drains to it.
        runoff: Share of the rain that runs off (0 to 1).
        drains_m3min: What its drains carry away at most.
        delay_min: Time constant of the way of the water to it.
        spread: Volume to depth, m³, m: an open basin widens as it fills, V = spread · h² / 2; a shaft: V = spread · h.
        shaft: Which of the two.
        depth_max_m: Above it the water runs off elsewhere.
    """

    catchment_m2: float
    runoff: float
    drains_m3min: float
    delay_min: float
    spread: float
    shaft: bool
    depth_max_m: float


@dataclass(frozen=True)
class CityRule:
    """A detection rule of the demo city, and so the definition of its true incidents.

    Args:
        at_least: Threshold in the property's unit. `for_min`: how long. `gap_min`: longest silence within one fact.
        levels: (peak, level) from the mildest to the gravest, for level 4 to 1.
    """

    key: str
    name: str
    name_en: str
    property: str
    at_least: float
    for_min: int
    gap_min: int
    class_kind: str
    class_code: str
    levels: tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class TrueIncident:
    """Something that really happened in the made city.

    Args:
        device_key: The sensor that looks at the spot.
        began, qualified: Minutes: first at the threshold; when it had lasted as long as the rule asks.
        ended: First minute below the threshold for good; None while it goes on.
        peak: Highest true value so far.
    """

    device_key: str
    rule_key: str
    class_code: str
    longitude: float
    latitude: float
    began: int
    qualified: int
    ended: int | None
    peak: float


@dataclass(frozen=True)
class Reading:
    """What a device sends for a minute. `minute` counts from midnight of the first day."""

    device_key: str
    property: str
    minute: int
    result: float
