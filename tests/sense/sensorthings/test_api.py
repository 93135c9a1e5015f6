"""The service as a client of the standard meets it."""

import json
from typing import Any

import pytest
from django.test import Client

from cityloop.kernel.organisations.port import found_city
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.people.models import Person
from cityloop.kernel.people.port import enter_person
from cityloop.sense.keys import port as keys

pytestmark = pytest.mark.usefixtures("service")

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
OVEN: dict[str, Any] = {
    "name": "Oven",
    "description": "An oven",
    "properties": {"owner": "Noah", "limit": 30, "a": {"b": [1, 2]}},
    "Locations": [
        {
            "name": "Kitchen",
            "description": "Where one cooks",
            "encodingType": "application/vnd.geo+json",
            "location": {"type": "Point", "coordinates": [120.1, 30.2]},
        }
    ],
    "Datastreams": [
        {
            "name": "Oven temperature",
            "description": "Inside",
            "observationType": MEASUREMENT,
            "unitOfMeasurement": {"name": "degree Celsius", "symbol": "°C", "definition": "http://ucum.org#Cel"},
            "ObservedProperty": {"name": "Temperature", "definition": "http://example.org/t", "description": "How hot"},
            "Sensor": {
                "name": "DS18B20",
                "description": "A thermometer",
                "encodingType": "application/pdf",
                "metadata": "http://example.org/ds18b20.pdf",
            },
            "Observations": [
                {"phenomenonTime": "2026-07-16T10:00:00Z", "result": 20},
                {"phenomenonTime": "2026-07-16T11:00:00Z", "result": 21.5, "resultTime": "2026-07-16T11:00:01Z"},
                {
                    "phenomenonTime": "2026-07-16T12:00:00Z/2026-07-16T13:00:00Z",
                    "result": "hot",
                    "parameters": {"x": 1},
                },
            ],
        }
    ],
}


def ask(method: str, path: str, document: object = None, *, status: int = 200, **headers: str) -> Any:
    """One request; gives what was answered, parsed when it is JSON."""
    kind = headers.pop("content_type", "application/json")
    body = document if isinstance(document, str) else "" if document is None else json.dumps(document)
    answer = Client(HTTP_HOST="localhost").generic(
        method, f"/v1.1{path.partition('?')[0]}", body, kind, QUERY_STRING=path.partition("?")[2], **headers
    )
    assert answer.status_code == status, answer.content
    if status == 201:
        return int(answer["Location"].rpartition("(")[2].rstrip(")"))
    return answer.json() if answer.content and "json" in answer.get("Content-Type", "") else answer.content.decode()


def oven() -> int:
    number: int = ask("POST", "/Things", OVEN, status=201)
    return number


def stream_of(thing: int) -> int:
    number: int = ask("GET", f"/Things({thing})/Datastreams")["value"][0]["@iot.id"]
    return number


def results(path: str) -> list[Any]:
    return [one["result"] for one in ask("GET", path)["value"]]


def test_the_root_says_what_there_is_and_what_it_conforms_to() -> None:
    root = ask("GET", "")
    assert [one["name"] for one in root["value"]] == [
        "Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "ObservedProperties", "Observations",
        "FeaturesOfInterest",
    ]  # fmt: skip
    assert "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel" in root["serverSettings"]["conformance"]


def test_a_deep_insert_makes_everything_and_every_link_leads_somewhere() -> None:
    oven()
    for one in ask("GET", "")["value"]:
        page = ask("GET", "/" + one["name"] + "?$count=true")
        assert page["@iot.count"] == len(page["value"]) > 0, one["name"]
        for entity in page["value"]:
            assert ask("GET", entity["@iot.selfLink"].partition("/v1.1")[2]) == entity
            links = [value for name, value in entity.items() if name.endswith("@iot.navigationLink")]
            assert links
            for link in links:
                assert ask("GET", link.partition("/v1.1")[2])


def test_a_deep_insert_with_a_fault_makes_nothing() -> None:
    faulty = {**OVEN, "Datastreams": [{**OVEN["Datastreams"][0], "Sensor": {"name": "no metadata"}}]}
    problem = ask("POST", "/Things", faulty, status=400)
    assert "Thing/Datastreams[0]/Sensor lacks description, encodingType, metadata" in problem["detail"]
    for name in ("Things", "Locations", "ObservedProperties", "Observations"):
        assert ask("GET", f"/{name}/$count") == "0"
    ask("POST", "/Things", {"name": "x", "description": "d", "Locations": [{"@iot.id": 999}]}, status=400)
    assert ask("GET", "/Things/$count") == "0"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("result gt 20.5", [21.5]),
        ("result eq 'hot'", ["hot"]),
        ("not (result gt 20)", [20, "hot"]),
        ("result lt Datastream/Thing/properties/limit", [20, 21.5]),
        ("Datastream/Thing/name eq 'Oven' and result mod 2 eq 0", [20]),
        ("round(result) eq 22", [21.5]),
        ("phenomenonTime gt 2026-07-16T10:30:00Z", [21.5, "hot"]),
        ("phenomenonTime ge 2026-07-16T19:00:00+08:00 and result gt 0", [21.5]),
        ("phenomenonTime add duration'PT1H' gt 2026-07-16T12:30:00Z", ["hot"]),
        ("during(phenomenonTime,2026-07-16T11:30:00Z/2026-07-16T14:00:00Z)", ["hot"]),
        ("year(phenomenonTime) eq 2026 and hour(phenomenonTime) ge 11", [21.5, "hot"]),
        ("date(phenomenonTime) eq 2026-07-16", [20, 21.5, "hot"]),
        ("resultTime ne null", [21.5]),
        ("parameters/x eq 1", ["hot"]),
        ("resultQuality/quality eq 'good'", [20, 21.5, "hot"]),
        ("id in (1, 99999) or result eq 'cold'", [20]),
    ],
)
def test_filters_of_observations(condition: str, expected: list[Any]) -> None:
    stream = stream_of(oven())
    first = ask("GET", f"/Datastreams({stream})/Observations?$top=1")["value"][0]["@iot.id"]
    assert results(f"/Observations?$filter={condition.replace('(1,', f'({first},')}") == expected


@pytest.mark.parametrize(
    "condition",
    [
        "Datastreams/any(d:d/Observations/any(o:o/result gt 21))",
        "Datastreams/all(d:startswith(d/name,'Oven'))",
        "st_within(Locations/location, geography'POLYGON((120 30,121 30,121 31,120 31,120 30))')",
        "geo.distance(Locations/location, geography'POINT(120.1 30.2)') lt 0.1",
        "substringof('ve',name) and endswith(toupper(name),'EN') and length(trim(concat(name,' '))) eq 4",
        "properties/a/b/1 eq 2 and indexof(name,'n') eq 3 and substring(name,1,2) eq 've'",
        "properties/missing eq null and properties/owner ne 'Ada'",
    ],
)
def test_filters_of_things(condition: str) -> None:
    oven()
    assert [one["name"] for one in ask("GET", f"/Things?$filter={condition}&$select=name")["value"]] == ["Oven"]
    assert ask("GET", f"/Things?$filter=not ({condition})&$select=name")["value"] == []


def test_conditions_over_a_relation_to_many_hold_for_one_and_the_same_entity() -> None:
    oven()
    both = "Datastreams/Observations/result gt 21 and Datastreams/Observations/phenomenonTime {} 2026-07-16T11:00:00Z"
    assert len(ask("GET", f"/Things?$filter={both.format('eq')} and properties/limit eq 30")["value"]) == 1
    assert ask("GET", f"/Things?$filter={both.format('lt')}")["value"] == []


def test_expand_nests_and_orders() -> None:
    thing = oven()
    deep = ask("GET", f"/Things({thing})?$expand=Datastreams($expand=Observations($top=1;$orderby=phenomenonTime desc;"
               "$count=true),Sensor($select=name)),Locations/HistoricalLocations")  # fmt: skip
    stream = deep["Datastreams"][0]
    assert [one["result"] for one in stream["Observations"]] == ["hot"]
    assert stream["Observations@iot.count"] == 3
    assert "$skip=1" in stream["Observations@iot.nextLink"]
    assert stream["Sensor"] == {"name": "DS18B20"}
    assert len(deep["Locations"][0]["HistoricalLocations"]) == 1


def test_pages_follow_each_other_to_the_end() -> None:
    stream = stream_of(oven())
    link, seen = f"/Datastreams({stream})/Observations?$top=2&$count=true", []
    while link:
        page = ask("GET", link)
        assert page["@iot.count"] == 3
        seen += [one["result"] for one in page["value"]]
        link = page.get("@iot.nextLink", "").partition("/v1.1")[2]
    assert seen == [20, 21.5, "hot"]


def test_properties_values_and_references() -> None:
    thing = oven()
    stream = stream_of(thing)
    assert ask("GET", f"/Things({thing})/name") == {"name": "Oven"}
    assert ask("GET", f"/Things({thing})/name/$value") == "Oven"
    assert ask("GET", f"/Things({thing})/properties/a/b/1") == {"1": 2}
    assert ask("GET", f"/Things({thing})/Datastreams/$ref")["value"] == [
        {"@iot.selfLink": f"http://localhost/v1.1/Datastreams({stream})"}
    ]
    assert ask("GET", f"/Datastreams({stream})/observedArea", status=204) == ""
    assert ask("GET", f"/Datastreams({stream})/phenomenonTime")["phenomenonTime"].startswith("2026-07-16T10:00:00Z/")


def test_formats() -> None:
    stream = stream_of(oven())
    block = ask("GET", f"/Datastreams({stream})/Observations?$resultFormat=dataArray&$select=result")["value"][0]
    assert (block["components"], block["dataArray"]) == (["result"], [[20], [21.5], ["hot"]])
    lines = ask("GET", f"/Datastreams({stream})/Observations?$resultFormat=CSV&$select=phenomenonTime,result")
    assert lines.splitlines()[:2] == ["phenomenonTime,result", "2026-07-16T10:00:00Z,20"]
    features = ask("GET", "/Locations?$resultFormat=GeoJSON")["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [120.1, 30.2]}


def test_changes_by_patch_put_and_json_patch() -> None:
    thing = oven()
    assert ask("PATCH", f"/Things({thing})", {"name": "Stove"})["description"] == "An oven"
    assert ask("PATCH", f"/Things({thing})", {})["name"] == "Stove"
    operations = [{"op": "test", "path": "/name", "value": "Stove"}, {"op": "add", "path": "/properties/z", "value": 5}]
    changed = ask("PATCH", f"/Things({thing})", operations, content_type="application/json-patch+json")
    assert (changed["properties"]["z"], changed["properties"]["owner"]) == (5, "Noah")
    assert ask("PUT", f"/Things({thing})", {"name": "Hob", "description": "new"})["properties"] == {}
    ask("PUT", f"/Things({thing})", {"name": "Hob"}, status=400)
    ask("PATCH", "/Things(99999)", {"name": "x"}, status=404)


@pytest.mark.parametrize("value", ["text", True, [1, 2], {"q": None}, 12345678901234567890, 0.1, -3, None, ""])
def test_results_keep_their_json_type(value: object) -> None:
    stream = stream_of(oven())
    number = ask("POST", f"/Datastreams({stream})/Observations", {"result": value}, status=201)
    found = ask("GET", f"/Observations({number})")
    assert (found["result"], type(found["result"])) == (value, type(value))
    assert found["resultTime"] is None
    assert ask("PATCH", f"/Observations({number})", {"result": 7})["result"] == 7
    assert ask("PATCH", f"/Observations({number})", {"result": value})["result"] == value


def test_an_observation_that_is_moved_or_erased_leaves_a_consistent_stream() -> None:
    stream = stream_of(oven())
    of_stream = f"/Datastreams({stream})/Observations"
    first = ask("GET", of_stream)["value"][0]["@iot.id"]
    ask("PATCH", f"/Observations({first})", {"phenomenonTime": "2026-07-17T00:00:00Z"})
    assert results(of_stream) == [21.5, "hot", 20]
    later = ask("POST", of_stream, {"phenomenonTime": "2026-07-17T00:00:00Z", "result": 1}, status=201)
    assert results(of_stream) == [21.5, "hot", 20, 1]
    ask("DELETE", f"/Observations({later})")
    ask("DELETE", f"/Observations({later})", status=404)
    assert ask("GET", "/Observations?$count=true")["@iot.count"] == 3


def test_a_thing_that_moves_writes_its_history_and_later_observations_are_about_the_new_place() -> None:
    thing = oven()
    stream = stream_of(thing)
    hall = {**OVEN["Locations"][0], "name": "Hall", "location": {"type": "Point", "coordinates": [121, 31]}}
    ask("POST", f"/Things({thing})/Locations", hall, status=201)
    assert [one["name"] for one in ask("GET", f"/Things({thing})/Locations")["value"]] == ["Hall"]
    assert ask("GET", f"/Things({thing})/HistoricalLocations?$count=true")["@iot.count"] == 2
    number = ask("POST", f"/Datastreams({stream})/Observations", {"result": 5}, status=201)
    about = ask("GET", f"/Observations({number})/FeatureOfInterest")
    assert about["feature"]["coordinates"] == [121, 31]
    assert len(ask("GET", f"/FeaturesOfInterest({about['@iot.id']})/Observations")["value"]) == 1


def test_what_is_removed_takes_along_what_cannot_be_without_it() -> None:
    thing = oven()
    sensor = ask("GET", "/Sensors")["value"][0]["@iot.id"]
    ask("DELETE", f"/Sensors({sensor})")
    assert [ask("GET", f"/{name}/$count") for name in ("Datastreams", "Observations", "Things")] == ["0", "0", "1"]
    ask("DELETE", f"/Things({thing})")
    assert ask("GET", "/HistoricalLocations/$count") == "0"
    ask("DELETE", f"/Things({thing})", status=404)


def named(name: str) -> dict[str, str]:
    return {"name": name, "description": "d"}


def test_a_batch_does_a_group_whole_or_not_at_all() -> None:
    place = OVEN["Locations"][0]
    good = [
        {
            "id": "a",
            "atomicityGroup": "g",
            "method": "post",
            "url": "Things",
            "body": {"name": "T", "description": "d"},
        },
        {"id": "b", "atomicityGroup": "g", "method": "post", "url": "$a/Locations", "body": place},
        {"id": "c", "method": "get", "url": "Things?$filter=name eq 'T'&$expand=Locations"},
    ]
    answers = ask("POST", "/$batch", {"requests": good})["responses"]
    assert [one["status"] for one in answers] == [201, 201, 200]
    assert answers[2]["body"]["value"][0]["Locations"][0]["name"] == "Kitchen"
    bad = [{**good[0], "body": named("U")}, {**good[1], "body": {"name": "no"}}, good[2]]
    answers = ask("POST", "/$batch", {"requests": bad})["responses"]
    assert [(one["id"], one["status"]) for one in answers] == [("b", 400), ("c", 200)]
    assert ask("GET", "/Things/$count") == "1"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/Things?$filter=colour eq 1", 400, "Thing has no 'colour'; allowed: id, name"),
        ("/Observations?$filter=result gt", 400, "ends too early"),
        ("/Observations?$colour=1", 400, "$colour"),
        ("/Observations?$top=-1", 400, "-1"),
        ("/Things?$expand=Colours", 400, "Thing has no 'Colours'"),
        ("/Colours", 404, "allowed there: Things"),
        ("/Things(99)", 404, "There is no Things(99)"),
        ("/Things(99)/Datastreams", 404, "There is no Things(99)"),
        ("/Datastreams(1)/Statistics", 404, "step 'Statistics' after one Datastream"),
        ("/CreateObservations", 405, "allowed: POST"),
        ("/$batch", 405, "allowed: POST"),
        ("/Datastreams(99)/Thing/name", 404, "There is no Datastreams(99)"),
    ],
)
def test_what_is_wrong_is_said(path: str, status: int, said: str) -> None:
    assert said in ask("GET", path, status=status)["detail"]


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', '{"name": 1, "description": "d"}', '{"colour": 1}'])
def test_what_is_no_entity_is_refused(body: str) -> None:
    assert ask("POST", "/Things", body, status=400)["status"] == 400
    assert ask("GET", "/Things/$count") == "0"


def test_without_a_key_nothing_is_read_or_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLOOP_STA_OPEN", "0")
    ask("GET", "/Things", status=401)
    ask("POST", "/Things", OVEN, status=401)
    _, token = keys.create_key("gateway")
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    ask("POST", "/Things", OVEN, status=201, **bearer)
    assert len(ask("GET", "/Things", **bearer)["value"]) == 1
    keys.revoke_key("gateway")
    ask("DELETE", "/Things(1)", status=401, **bearer)


@pytest.mark.parametrize(("role", "may_write"), [(Role.STEWARD, True), (Role.VIEWER, False)])
def test_somebody_signed_in_writes_by_their_post_and_never_by_a_form_of_another_site(
    role: Role, may_write: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYLOOP_STA_OPEN", "0")
    found_city(name="试验市", name_en="Trial", time_zone="Asia/Shanghai")
    enter_person(
        staff_number="3001", password="correct horse 9", role=role, organization_code="city", must_change_password=False
    )
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.force_login(Person.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/v1.1/Things").status_code == 200
    body = json.dumps({"name": "T", "description": "d"})
    assert client.post("/v1.1/Things", body, content_type="application/json").status_code == 403
    client.cookies["cityloop_csrf"] = token = "a" * 32
    answer = client.post("/v1.1/Things", body, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == (201 if may_write else 403), answer.content
