"""Units of measurement by code: the words and the symbol SensorThings wants. Pure.

Source of the definitions: UCUM, The Unified Code for Units of Measure, https://ucum.org.
"""

from typing import Final

# code: (name, symbol, UCUM code)
UNITS: Final[dict[str, tuple[str, str, str]]] = {
    "cm": ("centimetre", "cm", "cm"),
    "mm": ("millimetre", "mm", "mm"),
    "m": ("metre", "m", "m"),
    "km": ("kilometre", "km", "km"),
    "mm/h": ("millimetre per hour", "mm/h", "mm/h"),
    "m/s": ("metre per second", "m/s", "m/s"),
    "km/h": ("kilometre per hour", "km/h", "km/h"),
    "ug/m3": ("microgram per cubic metre", "µg/m³", "ug/m3"),
    "mg/m3": ("milligram per cubic metre", "mg/m³", "mg/m3"),
    "dB(A)": ("A-weighted decibel", "dB(A)", "dB[SPL]"),
    "celsius": ("degree Celsius", "°C", "Cel"),
    "hPa": ("hectopascal", "hPa", "hPa"),
    "%": ("percent", "%", "%"),
    "min": ("minute", "min", "min"),
    "h": ("hour", "h", "h"),
    "count": ("count", "1", "1"),
}


def unit_of_measurement(code: str) -> dict[str, str]:
    """A unit as a Datastream of SensorThings shows it; a code we don't know stands for itself."""
    name, symbol, ucum = UNITS.get(code, (code, code, code))
    return {"name": name, "symbol": symbol, "definition": f"https://ucum.org/ucum#{ucum}"}
