"""The eight entities: what they are called, what they have, where it lies in the tables, how they lead to each other.

Pure: names of tables and columns as data. `{registers}` stands for where the registers lie, `{a}` for an alias.
Source: OGC 18-088, clause 8.2; the rules of deletion are its table 25.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

REGISTERS = "{registers}sense_observations_"


class Shape(StrEnum):
    """What a property is, to a client and to a question."""

    TEXT = "text"
    JSON = "json"
    GEOMETRY = "geometry"
    INSTANT = "instant"
    SPAN = "span"
    RESULT = "result"
    QUALITY = "quality"


@dataclass(frozen=True)
class Property:
    """A property of an entity.

    Args:
        columns: SQL over `{a}`: one, or start and end of a span.
        needed: A client that makes the entity has to give it.
        computed: The server's own; a client that gives it is not heard.
        detail: The columns stand in the table of details, which has to be joined.
    """

    shape: Shape
    columns: tuple[str, ...]
    needed: bool = False
    computed: bool = False
    detail: bool = False


@dataclass(frozen=True)
class Relation:
    """How an entity leads to others.

    Args:
        target: Entity type.
        many: Whether it leads to any number of them.
        own: Column of this entity that holds the other's id (to one).
        theirs: Column of the others that holds this entity's id.
        through: Table of pairs, its column of this entity and its column of the other.
        needed: A client that makes the entity has to give it.
    """

    target: str
    many: bool
    own: str = ""
    theirs: str = ""
    through: tuple[str, str, str] | None = None
    needed: bool = False


@dataclass(frozen=True)
class Entity:
    """An entity type. `key` is the column of its id."""

    name: str
    set: str
    table: str
    properties: Mapping[str, Property]
    relations: Mapping[str, Relation]
    key: str = "id"


def _text(column: str, *, needed: bool = False) -> Property:
    return Property(Shape.TEXT, (f"{{a}}.{column}",), needed)


def _json(column: str, *, needed: bool = False) -> Property:
    return Property(Shape.JSON, (f"{{a}}.{column}",), needed)


_NAMED: Final = {"name": _text("name", needed=True), "description": _text("description", needed=True)}
_PROPERTIES: Final = {"properties": _json("properties")}
_ENCODED: Final = {"encodingType": _text("encoding_type", needed=True)}
_OF_STREAM: Final = "FROM observation WHERE datastream_id = {a}.id"
_RESULT_TIMES: Final = f"{_OF_STREAM} AND result_time IS NOT NULL"

_THINGS_LOCATIONS: Final = f"{REGISTERS}thing_locations"
_HISTORY_LOCATIONS: Final = f"{REGISTERS}historicallocation_locations"

ENTITIES: Final[Mapping[str, Entity]] = {
    one.name: one
    for one in (
        Entity(
            "Thing",
            "Things",
            f"{REGISTERS}thing",
            {**_NAMED, **_PROPERTIES},
            {
                "Locations": Relation("Location", True, through=(_THINGS_LOCATIONS, "thing_id", "location_id")),
                "HistoricalLocations": Relation("HistoricalLocation", True, theirs="thing_id"),
                "Datastreams": Relation("Datastream", True, theirs="thing_id"),
            },
        ),
        Entity(
            "Location",
            "Locations",
            f"{REGISTERS}location",
            {
                **_NAMED,
                **_ENCODED,
                "location": Property(Shape.GEOMETRY, ("{a}.location",), needed=True),
                **_PROPERTIES,
            },
            {
                "Things": Relation("Thing", True, through=(_THINGS_LOCATIONS, "location_id", "thing_id")),
                "HistoricalLocations": Relation(
                    "HistoricalLocation", True, through=(_HISTORY_LOCATIONS, "location_id", "historicallocation_id")
                ),
            },
        ),
        Entity(
            "HistoricalLocation",
            "HistoricalLocations",
            f"{REGISTERS}historicallocation",
            {"time": Property(Shape.INSTANT, ("{a}.time_us",), needed=True)},
            {
                "Thing": Relation("Thing", False, own="thing_id", needed=True),
                "Locations": Relation(
                    "Location", True, through=(_HISTORY_LOCATIONS, "historicallocation_id", "location_id"), needed=True
                ),
            },
        ),
        Entity(
            "Datastream",
            "Datastreams",
            f"{REGISTERS}datastream",
            {
                **_NAMED,
                "observationType": _text("observation_type", needed=True),
                "unitOfMeasurement": _json("unit_of_measurement", needed=True),
                "observedArea": Property(Shape.GEOMETRY, ("{a}.observed_area",)),
                # Each end is one look-up in an index; min and max in one query would read the whole stream.
                "phenomenonTime": Property(
                    Shape.SPAN,
                    (
                        f"(SELECT min(phenomenon_time) {_OF_STREAM})",
                        f"(SELECT max(phenomenon_time) {_OF_STREAM})",
                    ),
                    computed=True,
                ),
                "resultTime": Property(
                    Shape.SPAN,
                    (f"(SELECT min(result_time) {_RESULT_TIMES})", f"(SELECT max(result_time) {_RESULT_TIMES})"),
                    computed=True,
                ),
                **_PROPERTIES,
            },
            {
                "Thing": Relation("Thing", False, own="thing_id", needed=True),
                "Sensor": Relation("Sensor", False, own="sensor_id", needed=True),
                "ObservedProperty": Relation("ObservedProperty", False, own="observed_property_id", needed=True),
                "Observations": Relation("Observation", True, theirs="datastream_id"),
            },
        ),
        Entity(
            "Sensor",
            "Sensors",
            f"{REGISTERS}sensor",
            {**_NAMED, **_ENCODED, "metadata": _json("metadata", needed=True), **_PROPERTIES},
            {"Datastreams": Relation("Datastream", True, theirs="sensor_id")},
        ),
        Entity(
            "ObservedProperty",
            "ObservedProperties",
            f"{REGISTERS}observedproperty",
            {
                "name": _text("name", needed=True),
                "definition": _text("definition", needed=True),
                "description": _text("description", needed=True),
                **_PROPERTIES,
            },
            {"Datastreams": Relation("Datastream", True, theirs="observed_property_id")},
        ),
        Entity(
            "Observation",
            "Observations",
            "observation",
            {
                "phenomenonTime": Property(Shape.SPAN, ("{a}.phenomenon_time", "{a}_d.phenomenon_end"), detail=True),
                "result": Property(Shape.RESULT, ("{a}.result", "{a}_d.result"), needed=True, detail=True),
                "resultTime": Property(Shape.INSTANT, ("{a}.result_time",)),
                "resultQuality": Property(
                    Shape.QUALITY, ("{a}_d.result_quality", "{a}.quality", "{a}.reasons"), detail=True
                ),
                "validTime": Property(Shape.SPAN, ("{a}_d.valid_from", "{a}_d.valid_until"), detail=True),
                "parameters": Property(Shape.JSON, ("{a}_d.parameters",), detail=True),
            },
            {
                "Datastream": Relation("Datastream", False, own="datastream_id", needed=True),
                "FeatureOfInterest": Relation("FeatureOfInterest", False, own="feature_id"),
            },
        ),
        Entity(
            "FeatureOfInterest",
            "FeaturesOfInterest",
            f"{REGISTERS}featureofinterest",
            {
                **_NAMED,
                **_ENCODED,
                "feature": Property(Shape.GEOMETRY, ("{a}.feature",), needed=True),
                **_PROPERTIES,
            },
            {"Observations": Relation("Observation", True, theirs="feature_id")},
        ),
    )
}

ENTITY_OF_SET: Final[Mapping[str, Entity]] = {one.set: one for one in ENTITIES.values()}
