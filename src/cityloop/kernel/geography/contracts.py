"""What other features see of the city's geography."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DistrictView:
    """A district. `code` is its GB/T 2260 division code (6 digits)."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Place:
    """Where a point lies: cell, district and the department that looks after the ground there (empty where unknown)."""

    cell_code: str
    cell_name: str
    cell_name_en: str
    district_code: str
    district_name: str
    district_name_en: str
    department_code: str


NOWHERE = Place("", "", "", "", "", "", "")
