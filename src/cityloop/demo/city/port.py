"""What other features may call."""

from cityloop.demo.city.build import build_city, description
from cityloop.demo.city.drawing import metres, sheet_m
from cityloop.demo.city.people import ADMINISTRATOR, CREWS, DUTY_OFFICERS, STEWARD

__all__ = [
    "ADMINISTRATOR",
    "CREWS",
    "DUTY_OFFICERS",
    "STEWARD",
    "build_city",
    "description",
    "metres",
    "sheet_m",
]
