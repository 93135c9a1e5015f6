"""Departments and staff of the made city.

Source of the departments: `demo/data/departments.csv`, copied from the project's national reference data.
"""

import csv
import random
from importlib.resources import files
from typing import Final

from cityloop.demo.city.contracts import Department, StaffMember
from cityloop.demo.city.drawing import degrees, drawing
from cityloop.demo.city.ground import DISTRICTS, street_office
from cityloop.demo.city.polygons import middle

# Departments that send crews, the first digits of their staff numbers and how many workers they have on the road.
CREWS: Final = (
    ("housing", 41, 12),
    ("traffic_police", 42, 6),
    ("urban_mgmt", 43, 4),
    ("eco", 44, 4),
    ("psb", 45, 2),
)
DUTY_OFFICERS: Final = ("2107", "2108")
ADMINISTRATOR: Final = "1001"
STEWARD: Final = "1201"
GRID_WORKERS_A_DISTRICT: Final = 2


def departments() -> tuple[Department, ...]:
    """The city's departments, then the subdistrict offices of its five districts."""
    text = (files("cityloop.demo") / "data" / "departments.csv").read_text(encoding="utf-8")
    found = [
        Department(row["key"], row["name_zh"], row["name_en"], "city", row["duty_en"])
        for row in csv.DictReader(text.splitlines())
    ]
    for short, _, english, code, _ in DISTRICTS:
        name_en = f"{english.removesuffix(' District')} Subdistrict Office"
        found.append(
            Department(
                street_office(code), f"{short}街道办事处", name_en, "subdistrict", "first handling on the ground"
            )
        )
    return tuple(found)


def staff(rng: random.Random) -> tuple[StaffMember, ...]:
    """Everybody who signs in. A department's people share the first two digits of their staff numbers."""
    found = [
        StaffMember(ADMINISTRATOR, "administrator", "city"),
        StaffMember(STEWARD, "steward", "data"),
        *(StaffMember(number, "duty_officer", "city") for number in DUTY_OFFICERS),
    ]
    rings = [ring for _, ring in drawing().cells]
    for code, prefix, workers in CREWS:
        found.append(StaffMember(f"{prefix}01", "department_head", code))
        found.append(StaffMember(f"{prefix}02", "clerk", code))
        # Vehicles stand spread over the city, as they do when rain is forecast.
        for number, ring in enumerate(rng.sample(rings, workers)):
            found.append(StaffMember(f"{prefix}{11 + number}", "worker", code, "", *degrees(middle(ring))))
    for order, (short, _, _, code, _) in enumerate(DISTRICTS, 1):
        own = [ring for owner, ring in drawing().cells if owner == short]
        for number, ring in enumerate(rng.sample(own, GRID_WORKERS_A_DISTRICT)):
            found.append(
                StaffMember(f"5{order}{11 + number}", "grid_worker", street_office(code), code, *degrees(middle(ring)))
            )
    return tuple(found)
