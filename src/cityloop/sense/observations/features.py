"""Features of interest made from where Things stand: what an observation is about when it does not say it itself.

Source: OGC 18-088, clause 10.2 (creating an Observation without a FeatureOfInterest). A Thing without a Location gets a
feature without a geometry, so that its observations need not be refused.
"""

from collections.abc import Iterable, Sequence

from cityloop.sense.observations.models import GEOJSON, Datastream, FeatureOfInterest, Location, Thing

IDS_A_QUERY = 500


def features_of(streams: Iterable[int]) -> dict[int, int]:
    """The feature of each Datastream's Thing as it stands now, made where there is none yet."""
    wanted = sorted(set(streams))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), IDS_A_QUERY):
        found |= _features(wanted[start : start + IDS_A_QUERY])
    return found


def _features(streams: Sequence[int]) -> dict[int, int]:
    thing_of = dict(Datastream.objects.filter(id__in=streams).values_list("id", "thing_id"))
    things = Thing.objects.filter(id__in=set(thing_of.values())).prefetch_related("locations")
    place_of = {thing.id: _place(thing) for thing in things}
    by_location = _ensure("of_location", {one.id: one for one in place_of.values() if one is not None})
    by_thing = _ensure("of_thing", {thing.id: thing for thing in things if place_of[thing.id] is None})
    feature_of_thing = by_thing | {
        thing_id: by_location[place.id] for thing_id, place in place_of.items() if place is not None
    }
    return {stream: feature_of_thing[thing_id] for stream, thing_id in thing_of.items()}


def _place(thing: Thing) -> Location | None:
    """The Location observations are about: the first that is GeoJSON, else the first."""
    places = sorted(thing.locations.all(), key=lambda one: (one.longitude is None, one.id))
    return places[0] if places else None


def _ensure(link: str, sources: dict[int, Location] | dict[int, Thing]) -> dict[int, int]:
    rows = FeatureOfInterest.objects.filter(**{f"{link}__in": list(sources)})
    found = dict(rows.values_list(link, "id"))
    missing = [source for number, source in sources.items() if number not in found]
    if missing:
        # Somebody else may make the same ones meanwhile: the constraint keeps one of each.
        FeatureOfInterest.objects.bulk_create([_made_from(link, one) for one in missing], ignore_conflicts=True)
        found = dict(rows.values_list(link, "id"))
    return found


def _made_from(link: str, source: Location | Thing) -> FeatureOfInterest:
    geometry = (
        source.location if isinstance(source, Location) else {"type": "Feature", "geometry": None, "properties": {}}
    )
    return FeatureOfInterest(
        name=source.name,
        description=source.description or source.name,
        encoding_type=source.encoding_type if isinstance(source, Location) else GEOJSON,
        feature=geometry,
        **{link: source},
    )
