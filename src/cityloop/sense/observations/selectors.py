"""Reads of the registers."""

from collections.abc import Iterable

from cityloop.sense.observations.contracts import DatastreamView, PropertyView
from cityloop.sense.observations.models import Datastream, ObservedProperty

ROWS_MAX = 20_000
IDS_A_QUERY = 500


def observed_property(name: str) -> PropertyView | None:
    """One property by its machine name."""
    row = ObservedProperty.objects.filter(key=name).first()
    return property_view(row) if row else None


def observed_properties() -> list[PropertyView]:
    """Every property, by name (at most 20,000)."""
    return [property_view(row) for row in ObservedProperty.objects.order_by("key")[:ROWS_MAX]]


def datastream(number: int) -> DatastreamView | None:
    """One Datastream by id."""
    found = datastreams(ids=[number])
    return found[0] if found else None


def datastreams(property: str | None = None, ids: Iterable[int] | None = None) -> list[DatastreamView]:
    """Datastreams by id (at most 20,000): all, of one property, or the named ones."""
    rows = (
        Datastream.objects.select_related("thing", "observed_property")
        .prefetch_related("thing__locations")
        .order_by("id")
    )
    if property is not None:
        rows = rows.filter(observed_property__key=property)
    if ids is None:
        return [datastream_view(row) for row in rows[:ROWS_MAX]]
    wanted = sorted({number for number in ids if 0 < number < 2**63})[:ROWS_MAX]
    parts = (wanted[start : start + IDS_A_QUERY] for start in range(0, len(wanted), IDS_A_QUERY))
    return [datastream_view(row) for part in parts for row in rows.filter(id__in=part)]


def property_view(row: ObservedProperty) -> PropertyView:
    """A property's row as other features see it."""
    return PropertyView(
        id=row.id,
        name=row.key,
        label=row.label,
        label_en=row.label_en,
        unit=row.unit,
        definition=row.definition,
        description=row.description,
        description_en=row.description_en,
        valid_least=row.valid_least,
        valid_most=row.valid_most,
        rate_max=row.rate_max,
        stuck_after_s=row.stuck_after_s,
        stuck_above=row.stuck_above,
    )


def datastream_view(row: Datastream) -> DatastreamView:
    """A Datastream's row as other features see it."""
    # Several Locations of a Thing are the same place said in several ways; the first with a point serves.
    place = next((one for one in row.thing.locations.all() if one.longitude is not None), None)
    return DatastreamView(
        id=row.id,
        key=row.key or f"Datastreams({row.id})",
        name=row.name,
        name_en=row.name_en,
        property=row.observed_property.key,
        property_label=row.observed_property.label,
        property_label_en=row.observed_property.label_en,
        unit=row.unit or row.observed_property.unit,
        # Limits are in the property's unit; a stream with a unit of its own is not judged by them.
        valid_least=None if row.unit else row.observed_property.valid_least,
        valid_most=None if row.unit else row.observed_property.valid_most,
        thing_id=row.thing_id,
        thing_key=row.thing.key or f"Things({row.thing_id})",
        thing_name=row.thing.name,
        thing_name_en=row.thing.name_en,
        thing_kind=row.thing.kind,
        longitude=place.longitude if place else None,
        latitude=place.latitude if place else None,
        department_id=row.department_id,
    )
