"""Resource paths."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.sense.sensorthings.resource_path import (
    ID_MAX,
    NAVIGATION,
    PROPERTIES,
    SETS,
    PathError,
    ResourcePath,
    Segment,
    parse_path,
)

THING = Segment("Things", 1)
STREAM = Segment("Datastreams", 1)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("", ResourcePath()),
        ("/", ResourcePath()),
        ("Things", ResourcePath((Segment("Things"),))),
        ("Things/", ResourcePath((Segment("Things"),))),
        ("Things(1)", ResourcePath((THING,))),
        (f"Things({ID_MAX})", ResourcePath((Segment("Things", ID_MAX),))),
        (
            "Things(1)/Datastreams(2)/Observations",
            ResourcePath((THING, Segment("Datastreams", 2), Segment("Observations"))),
        ),
        (
            "Observations(3)/Datastream/Thing/Locations(4)",
            ResourcePath(
                (Segment("Observations", 3), Segment("Datastream"), Segment("Thing"), Segment("Locations", 4))
            ),
        ),
        ("Datastreams(1)/Observations/$ref", ResourcePath((STREAM, Segment("Observations")), (), "$ref")),
        ("Datastreams(1)/Thing/$ref", ResourcePath((STREAM, Segment("Thing")), (), "$ref")),
        ("Things/$ref", ResourcePath((Segment("Things"),), (), "$ref")),
        ("Things/$count", ResourcePath((Segment("Things"),), (), "$count")),
        ("Things(1)/Locations/$count", ResourcePath((THING, Segment("Locations")), (), "$count")),
        ("Observations(1)/result", ResourcePath((Segment("Observations", 1),), ("result",))),
        ("Observations(1)/result/$value", ResourcePath((Segment("Observations", 1),), ("result",), "$value")),
        ("Things(1)/properties/a/b c/", ResourcePath((THING,), ("properties", "a", "b c"))),
        ("Things(1)/properties/Locations(1)", ResourcePath((THING,), ("properties", "Locations(1)"))),
        ("Things(1)/@iot.id", ResourcePath((THING,), ("@iot.id",))),
        ("Datastreams(1)/Thing/name/$value", ResourcePath((STREAM, Segment("Thing")), ("name",), "$value")),
        ("$batch", ResourcePath((Segment("$batch"),))),
        ("CreateObservations", ResourcePath((Segment("CreateObservations"),))),
    ],
)
def test_each_form_is_read(written: str, path: ResourcePath) -> None:
    assert parse_path(written) == path


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("Thing(1)", "step 'Thing(1)' at the start; allowed there: Things, Locations, HistoricalLocations,"),
        ("things", "step 'things' at the start; allowed there: Things"),
        (
            "Things(1)/Sensor",
            "step 'Sensor' after one Thing; allowed there: Locations, HistoricalLocations, Datastreams,",
        ),
        ("Things/1", "step '1' after Things; allowed there: Things(ID), $count, $ref"),
        ("Things/Datastreams", "step 'Datastreams' after Things; allowed there: Things(ID), $count, $ref"),
        ("Things(1)/Datastreams/name", "step 'name' after Datastreams; allowed there: Datastreams(ID), $count, $ref"),
        (
            "Things('abc')",
            "id \"('abc')\" in \"Things('abc')\"; allowed: ids are whole numbers, 0 to 9223372036854775807",
        ),
        ("Things(-1)", "allowed: ids are whole numbers"),
        ("Things(1.0)", "allowed: ids are whole numbers"),
        ("Things(١)", "allowed: ids are whole numbers"),
        ("Things()", "allowed: ids are whole numbers"),
        ("Things(1)(2)", "id '(1)(2)' in 'Things(1)(2)'; allowed: ids are whole numbers"),
        (f"Things({ID_MAX + 1})", "allowed: ids are whole numbers"),
        (f"Things({'9' * 1900})", "allowed: ids are whole numbers"),
        ("Things(1", "step 'Things(1' at the start"),
        ("Things(1)x", "step 'Things(1)x' at the start"),
        (
            "Datastreams(1)/Thing(2)",
            "step 'Thing(2)' after one Datastream, where there is one Thing; allowed there: Thing",
        ),
        ("Things//name", "step '' in path 'Things//name'; allowed: names between single slashes"),
        ("/Things", "step '' in path '/Things'"),
        ("Things//", "step '' in path"),
        ("Things(1)/properties/../x", "step '..' in path"),
        ("./Things", "step '.' in path"),
        ("Things(1)/properties/a\0", "step 'a\\x00' in path"),
        ("Things(1)/name/x", "step 'x' after name, which is no object; allowed there: $value"),
        ("Things(1)/name/$ref", "step '$ref' after name, which is no object; allowed there: $value"),
        ("Things(1)/name/$value/$value", "step '$value' after name"),
        ("Things(1)/properties/$count", "step '$count' in properties; allowed there: names, and $value at the end"),
        ("Things(1)/$value", "step '$value' after one Thing; allowed there: Locations"),
        ("Things(1)/$count", "step '$count' after one Thing; allowed there: Locations"),
        ("Things/$value", "step '$value' after Things; allowed there: Things(ID), $count, $ref"),
        ("Things/$count/$ref", "step '$ref' after $count; allowed there: nothing"),
        ("Things/$ref/x", "step 'x' after $ref; allowed there: nothing"),
        ("$batch/x", "step 'x' after $batch; allowed there: nothing"),
        ("CreateObservations(1)", "step 'CreateObservations(1)' at the start"),
        ("Things(1)/Statistics", "step 'Statistics' after one Thing"),
        ("Things(1)/" + "Datastreams(1)/Thing/" * 30, "path of more than 20 entities; allowed: up to 20"),
        ("x" * 2001, "path of 2001 characters; allowed: up to 2000"),
    ],
)
def test_what_is_refused_says_what_is_allowed_there(written: str, message: str) -> None:
    with pytest.raises(PathError) as refused:
        parse_path(written)
    assert message in str(refused.value)


names = [*SETS, *(name for steps in NAVIGATION.values() for name in steps), "name", "properties"]
pieces = st.sampled_from(
    [*names, *(f"{name}(1)" for name in SETS), "$ref", "$count", "$value", "", "..", "(1)", "$batch"]
)


@given(st.text(max_size=40) | st.lists(pieces, max_size=7).map("/".join))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    with suppress(PathError):
        path = parse_path(text)
        steps = [one.name if one.id is None else f"{one.name}({one.id})" for one in path.segments]
        again = "/".join([*steps, *path.property, *([path.suffix] if path.suffix else [])])
        assert parse_path(again) == path


def test_every_navigation_of_the_model_leads_to_a_known_type() -> None:
    assert set(NAVIGATION) == set(SETS.values()) == set(PROPERTIES)
    for entity_set, entity in SETS.items():
        for name, (target, many) in NAVIGATION[entity].items():
            assert many == (name in SETS)
            assert (SETS[name] if many else name) == target
            assert parse_path(f"{entity_set}(1)/{name}").segments[-1].name == name
