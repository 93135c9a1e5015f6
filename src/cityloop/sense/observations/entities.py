"""The entity sets of SensorThings: fields that may be asked for, how entities lead to each other, how they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from cityloop.sense.observations import shapes
from cityloop.sense.observations.models import Datastream, Location, ObservedProperty, Sensor, Thing
from cityloop.sense.observations.query import Comparison, Instant, Query, QueryError
from cityloop.sense.observations.store import Select, store

LOOKUPS = {"=": "", ">": "__gt", ">=": "__gte", "<": "__lt", "<=": "__lte"}
OBSERVATION_FIELDS = {
    "id": "id",
    "@iot.id": "id",
    "phenomenonTime": "time_us",
    "resultTime": "result_time_us",
    "result": "result",
}
STREAM_FIELDS = ("Datastream/id", "Datastream/@iot.id")
ID_MAX = 2**63 - 1


@dataclass(frozen=True)
class EntitySet:
    """An entity set that lies in the registers.

    Args:
        fields: Name in a query → field of the model.
        leads_to: Navigation name → (entity set, field of that set's model that points back, or of this model that
            points there when the name is singular).
    """

    model: type[Model]
    fields: Mapping[str, str]
    leads_to: Mapping[str, tuple[str, str]]
    shape: Callable[[Any, str], shapes.Shape]

    def rows(self) -> "QuerySet[Any]":
        """All rows, with what the shape needs."""
        found = self.model._default_manager.all()
        return found.select_related("observed_property") if self.model is Datastream else found


_OWN = {"id": "id", "@iot.id": "id", "name": "name"}
_SINGULAR = {"Thing": "thing_id", "Sensor": "sensor_id", "ObservedProperty": "observed_property_id"}
_BY_ID = {f"{name}/{key}": field for name, field in _SINGULAR.items() for key in ("id", "@iot.id")}

SETS: Mapping[str, EntitySet] = {
    "Things": EntitySet(
        Thing, _OWN, {"Locations": ("Locations", "things"), "Datastreams": ("Datastreams", "thing")}, shapes.thing
    ),
    "Locations": EntitySet(Location, _OWN, {"Things": ("Things", "location")}, shapes.location),
    "Sensors": EntitySet(Sensor, _OWN, {"Datastreams": ("Datastreams", "sensor")}, shapes.sensor),
    "ObservedProperties": EntitySet(
        ObservedProperty, _OWN, {"Datastreams": ("Datastreams", "observed_property")}, shapes.observed_property
    ),
    "Datastreams": EntitySet(
        Datastream,
        {**_OWN, **_BY_ID, "ObservedProperty/name": "observed_property__name"},
        {
            "Thing": ("Things", "thing_id"),
            "Sensor": ("Sensors", "sensor_id"),
            "ObservedProperty": ("ObservedProperties", "observed_property_id"),
        },
        lambda row, base: shapes.datastream(row, base, store().extent([row.id]).get(row.id)),
    ),
}


@dataclass(frozen=True)
class Page:
    """Part of an entity set: shapes, whether more follow, and how many there are when asked."""

    values: list[shapes.Shape]
    more: bool
    count: int | None


def read_set(name: str, query: Query, base: str, within: Mapping[str, int] | None = None) -> Page:
    """A page of an entity set in the registers.

    Args:
        within: Field → id: only entities that another one leads to.

    Raises:
        QueryError: A field or comparison this set does not have.
    """
    entity_set = SETS[name]
    rows = entity_set.rows().filter(**dict(within or {}))
    for condition in query.conditions:
        rows = _narrowed(rows, entity_set, condition)
    order = [("-" if descending else "") + _field(entity_set.fields, one) for one, descending in query.order]
    found = list(rows.order_by(*order, "id")[query.skip : query.skip + query.top + 1])
    shown = found[: query.top]
    if entity_set.model is Datastream:
        extents = store().extent([row.id for row in shown])
        values = [shapes.datastream(row, base, extents.get(row.id)) for row in shown]
    else:
        values = [entity_set.shape(row, base) for row in shown]
    return Page(values, len(found) > query.top, rows.count() if query.count else None)


def read_observations(query: Query, base: str, datastream_id: int | None = None) -> Page:
    """A page of observations, of one Datastream or of all.

    Raises:
        QueryError: A field or comparison observations don't have, or an order that needs one Datastream.
    """
    question = _select(query, datastream_id)
    found = store().select(question)
    values = [shapes.observation(row, base) for row in found[: query.top]]
    return Page(values, len(found) > query.top, store().count(question) if query.count else None)


def _select(query: Query, datastream_id: int | None) -> Select:
    conditions: list[tuple[str, str, float]] = []
    for condition in query.conditions:
        if condition.field in STREAM_FIELDS:
            if condition.operator != "=" or not isinstance(condition.value, int):
                raise QueryError(f"{condition.field} in $filter; allowed: {condition.field} eq NUMBER")
            if datastream_id not in (None, condition.value):
                conditions.append(("id", "<", 0))
            datastream_id = condition.value if -ID_MAX <= condition.value <= ID_MAX else 0
        else:
            conditions.append((_field(OBSERVATION_FIELDS, condition.field), condition.operator, _number(condition)))
    order = tuple((_field(OBSERVATION_FIELDS, name), descending) for name, descending in query.order)
    if datastream_id is None and any(column != "id" for column, _ in order):
        raise QueryError("$orderby over all Datastreams; allowed: id. Ask one Datastream, or filter by Datastream/id")
    if not order and datastream_id is not None:
        order = (("time_us", False),)
    return Select(datastream_id, tuple(conditions), order, query.top + 1, query.skip)


def _narrowed(rows: "QuerySet[Any]", entity_set: EntitySet, condition: Comparison) -> "QuerySet[Any]":
    field = _field(entity_set.fields, condition.field)
    text = field.endswith("name")
    if text is not isinstance(condition.value, str) or isinstance(condition.value, Instant | float):
        raise QueryError(f"{condition.field} in $filter; allowed: {'a text in quotes' if text else 'a whole number'}")
    if condition.operator == "!=":
        return rows.exclude(**{field: condition.value})
    return rows.filter(**{field + LOOKUPS[condition.operator]: condition.value})


def _number(condition: Comparison) -> float:
    time = condition.field.endswith("Time")
    if isinstance(condition.value, Instant) and time:
        return condition.value.time_us
    if isinstance(condition.value, int | float) and not time:
        return condition.value
    raise QueryError(
        f"{condition.field} in $filter; allowed: {'a time such as 2026-07-16T10:24:36Z' if time else 'a number'}"
    )


def _field(fields: Mapping[str, str], name: str) -> str:
    found = fields.get(name)
    if found is None:
        raise QueryError(f"field {name!r}; allowed: {', '.join(fields)}")
    return found
