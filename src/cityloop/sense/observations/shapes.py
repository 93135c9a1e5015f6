"""Entities in the shape of SensorThings JSON. Pure but for the rows it is given.

Source: OGC 18-088, clause 8.2 (entities) and 9.2 (control information).
"""

from typing import Any

from cityloop.sense.observations.contracts import ObservationView, Reason
from cityloop.sense.observations.models import Datastream, Location, ObservedProperty, Sensor, Thing
from cityloop.sense.observations.times import format_instant
from cityloop.sense.observations.units import unit_of_measurement

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
NO_DEFINITION = "urn:cityloop:property:"

Shape = dict[str, Any]


def thing(row: Thing, base: str) -> Shape:
    """A Thing; what its owner calls it, and its English name, stand among its properties."""
    return {
        **_control(base, "Things", row.id),
        "name": row.name,
        "description": row.description or row.name,
        "properties": {**row.properties, "key": row.key, **_if(name_en=row.name_en, kind=row.kind)},
        **_links(base, "Things", row.id, "Locations", "Datastreams"),
    }


def location(row: Location, base: str) -> Shape:
    """A Location: a GeoJSON point."""
    return {
        **_control(base, "Locations", row.id),
        "name": row.name,
        "description": row.name,
        "encodingType": "application/geo+json",
        "location": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
        **_links(base, "Locations", row.id, "Things"),
    }


def sensor(row: Sensor, base: str) -> Shape:
    """A Sensor."""
    return {
        **_control(base, "Sensors", row.id),
        "name": row.name,
        "description": row.description or row.name,
        "encodingType": row.encoding_type,
        "metadata": row.metadata,
        **_links(base, "Sensors", row.id, "Datastreams"),
    }


def observed_property(row: ObservedProperty, base: str) -> Shape:
    """An ObservedProperty; its words, unit and limits stand among its properties."""
    return {
        **_control(base, "ObservedProperties", row.id),
        "name": row.name,
        "definition": row.definition or NO_DEFINITION + row.name,
        "description": row.description or row.label,
        "properties": {
            "label": row.label,
            "unit": row.unit,
            **_if(
                label_en=row.label_en,
                description_en=row.description_en,
                valid_least=row.valid_least,
                valid_most=row.valid_most,
                rate_max=row.rate_max,
                stuck_after_s=row.stuck_after_s,
                stuck_above=row.stuck_above,
            ),
        },
        **_links(base, "ObservedProperties", row.id, "Datastreams"),
    }


def datastream(row: Datastream, base: str, extent: tuple[int, int] | None) -> Shape:
    """A Datastream; `extent` is the first and last time of its observations, if it has any."""
    shape: Shape = {
        **_control(base, "Datastreams", row.id),
        "name": row.name,
        "description": row.description or row.name,
        "observationType": MEASUREMENT,
        "unitOfMeasurement": unit_of_measurement(row.observed_property.unit),
        "properties": {"key": row.key, **_if(name_en=row.name_en)},
    }
    if extent is not None:
        shape["phenomenonTime"] = f"{format_instant(extent[0])}/{format_instant(extent[1])}"
    return shape | _links(base, "Datastreams", row.id, "Thing", "Sensor", "ObservedProperty", "Observations")


def observation(row: ObservationView, base: str) -> Shape:
    """An Observation; `resultQuality` is our flag with its reasons."""
    return {
        **_control(base, "Observations", row.id),
        "phenomenonTime": format_instant(row.time_us),
        "resultTime": None if row.result_time_us is None else format_instant(row.result_time_us),
        "result": row.result,
        "resultQuality": {"quality": row.quality.name.lower(), "reasons": reason_words(row.reasons)},
        **_links(base, "Observations", row.id, "Datastream"),
    }


def reason_words(reasons: Reason) -> list[str]:
    """Reasons as their names in lower case."""
    return [one.name.lower() for one in Reason if one in reasons and one.name]


def _control(base: str, name: str, number: int) -> Shape:
    return {"@iot.id": number, "@iot.selfLink": f"{base}/{name}({number})"}


def _links(base: str, name: str, number: int, *targets: str) -> Shape:
    return {f"{target}@iot.navigationLink": f"{base}/{name}({number})/{target}" for target in targets}


def _if(**values: object) -> Shape:
    return {name: value for name, value in values.items() if value not in (None, "")}
