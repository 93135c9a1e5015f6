"""The description of a made city. Frozen values only: two equal descriptions are the same city."""

from dataclasses import dataclass
from enum import StrEnum


class Site(StrEnum):
    """What a device looks at: it decides how water gathers there."""

    RAIN = "rain"
    UNDERPASS = "underpass"
    ROAD = "road"
    MANHOLE = "manhole"
    AIR = "air"
    NOISE = "noise"


@dataclass(frozen=True)
class District:
    """A district. `code`: 6 digits, `ring`: its border, degrees."""

    code: str
    name: str
    name_en: str
    ring: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Cell:
    """A unit grid cell. `code`: 15 digits (division 6, subdistrict 3, community 3, sequence 3)."""

    code: str
    name: str
    name_en: str
    district_code: str
    department_code: str
    ring: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Department:
    """A department or a unit of one (`parent` is another's code, or `city`)."""

    code: str
    name: str
    name_en: str
    parent: str
    duty_en: str


@dataclass(frozen=True)
class Device:
    """A sensor in the street.

    Args:
        key: Stable name, such as SW-0417.
        name, name_en: Of the device. `place`, `place_en`: of the spot it looks at, such as 青溪下穿.
        site: What it looks at.
        property: What it measures (`water_depth`, `manhole_level`, `rain_rate`, `pm25`, `noise`).
        longitude, latitude: Degrees, CGCS2000.
        every_min: Minutes of the city's time between two readings.
        department: Code of the department that owns it.
    """

    key: str
    name: str
    name_en: str
    place: str
    place_en: str
    site: Site
    property: str
    longitude: float
    latitude: float
    every_min: int
    department: str


@dataclass(frozen=True)
class StaffMember:
    """Somebody at work. `role` is a role of kernel.people; `district_code` only for grid workers.

    `longitude`, `latitude`: where the person's vehicle stands in the morning (workers and grid workers).
    """

    staff_number: str
    role: str
    department: str
    district_code: str = ""
    longitude: float = 0.0
    latitude: float = 0.0


@dataclass(frozen=True)
class MapFeature:
    """A shape of the base map, its geometry as in GeoJSON; `rank`: class of a road, style of a label."""

    kind: str
    name: str
    name_en: str
    rank: int
    geometry_type: str
    coordinates: tuple[object, ...]


@dataclass(frozen=True)
class City:
    """The whole made city."""

    seed: int
    name: str
    name_en: str
    code: str
    districts: tuple[District, ...]
    cells: tuple[Cell, ...]
    departments: tuple[Department, ...]
    features: tuple[MapFeature, ...]
    devices: tuple[Device, ...]
    staff: tuple[StaffMember, ...]
