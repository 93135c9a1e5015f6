"""Reading SensorThings."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from cityloop.kernel.organisations.port import found_city
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.people.models import Person
from cityloop.kernel.people.port import enter_person
from cityloop.sense.keys import port as keys
from cityloop.sense.observations import port
from cityloop.sense.observations.contracts import Row, to_us
from cityloop.sense.observations.store import ObservationStore
from cityloop.kernel.times import parse_instant

pytestmark = pytest.mark.django_db

T = parse_instant("2026-07-16T10:00:00Z")
MINUTE = 60_000_000
BASE = "http://localhost/v1.1"


@pytest.fixture
def stream(sqlite_in_force: ObservationStore, make_stream: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("CITYLOOP_STA_OPEN", "1")
    stream = make_stream(rate_max=600)
    other = make_stream("other/pm25")
    port.write([Row(stream, T + minute * MINUTE, float(minute)) for minute in range(5)])
    port.write([Row(stream, T, 99.0, T + MINUTE), Row(other, T, 7.0), Row(stream, T + 5 * MINUTE, 2000.0)])
    return stream


def get(path: str, status: int = 200, **options: str) -> Any:
    answer = Client(HTTP_HOST="localhost").get(path, options)
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"
    return answer.json()


def test_the_root_names_all_entity_sets_and_each_can_be_read(stream: int) -> None:
    sets = get("/v1.1")["value"]
    assert [one["name"] for one in sets] == [
        "Things",
        "Locations",
        "Sensors",
        "ObservedProperties",
        "Datastreams",
        "Observations",
    ]
    for one in sets:
        found = get(urlsplit(one["url"]).path, **{"$count": "true"})
        assert found["@iot.count"] == len(found["value"]) > 0
        for entity in found["value"]:
            assert isinstance(entity["@iot.id"], int)
            assert get(urlsplit(entity["@iot.selfLink"]).path) == entity


def test_every_navigation_link_leads_somewhere(stream: int) -> None:
    for name in ("Things", "Locations", "Sensors", "ObservedProperties", "Datastreams", "Observations"):
        entity = get(f"/v1.1/{name}")["value"][0]
        links = {key: value for key, value in entity.items() if key.endswith("@iot.navigationLink")}
        assert links
        for key, link in links.items():
            target = get(urlsplit(link).path)
            if key.split("@")[0].endswith("s"):
                assert target["value"], link
            else:
                assert target["@iot.id"]


def test_shapes_are_those_of_the_standard(stream: int) -> None:
    datastream = get(f"/v1.1/Datastreams({stream})")
    assert datastream["unitOfMeasurement"] == {
        "name": "microgram per cubic metre",
        "symbol": "µg/m³",
        "definition": "https://ucum.org/ucum#ug/m3",
    }
    assert datastream["observationType"].endswith("OM_Measurement")
    assert datastream["phenomenonTime"] == "2026-07-16T10:00:00Z/2026-07-16T10:05:00Z"
    location = get("/v1.1/Locations")["value"][0]
    assert location["encodingType"] == "application/geo+json"
    assert location["location"] == {"type": "Point", "coordinates": [120.1, 30.2]}
    assert get(f"/v1.1/Datastreams({stream})/Thing")["properties"]["name_en"] == "Station"
    measured = get("/v1.1/ObservedProperties")["value"][0]
    assert measured["properties"]["valid_most"] == 1000
    doubled = get("/v1.1/Observations(8)")
    assert doubled == {
        "@iot.id": 8,
        "@iot.selfLink": f"{BASE}/Observations(8)",
        "phenomenonTime": "2026-07-16T10:00:00Z",
        "resultTime": "2026-07-16T10:01:00Z",
        "result": 99.0,
        "resultQuality": {"quality": "suspect", "reasons": ["doubled"]},
        "Datastream@iot.navigationLink": f"{BASE}/Observations(8)/Datastream",
    }


def results(path: str, **options: str) -> list[float]:
    return [one["result"] for one in get(path, **options)["value"]]


def thing_of(stream: int) -> int:
    """The id of a Datastream's Thing."""
    found: int = get(f"/v1.1/Datastreams({stream})/Thing")["@iot.id"]
    return found


def test_filters_orders_and_windows(stream: int) -> None:
    of_stream = f"/v1.1/Datastreams({stream})/Observations"
    assert results(of_stream) == [0.0, 99.0, 1.0, 2.0, 3.0, 4.0, 2000.0]
    assert results(of_stream, **{"$orderby": "result desc", "$top": "2"}) == [2000.0, 99.0]
    assert results(of_stream, **{"$orderby": "phenomenonTime desc,id desc", "$top": "1"}) == [2000.0]
    since = "phenomenonTime ge 2026-07-16T18:02:00+08:00"
    assert results(of_stream, **{"$filter": f"{since} and phenomenonTime lt 2026-07-16T10:04:00Z"}) == [2.0, 3.0]
    assert results("/v1.1/Observations", **{"$filter": f"Datastream/id eq {stream} and result gt 50"}) == [99.0, 2000.0]
    assert results("/v1.1/Observations", **{"$filter": f"Datastream/@iot.id eq {stream + 1}"}) == [7.0]
    assert results(of_stream, **{"$filter": f"Datastream/id eq {stream + 1}"}) == []
    assert results("/v1.1/Observations", **{"$filter": "id eq 2"}) == [1.0]
    thing = thing_of(stream)
    names = get("/v1.1/Datastreams", **{"$filter": f"Thing/id eq {thing} and ObservedProperty/name eq 'pm25'"})["value"]
    assert len(names) == 1
    assert get("/v1.1/Things", **{"$filter": "name eq 'nobody''s'"})["value"] == []


def test_pages_follow_each_other_to_the_end(stream: int) -> None:
    link, seen = f"/v1.1/Observations?$top=3&$count=true&$filter=Datastream/id eq {stream}", []
    while link:
        page = Client(HTTP_HOST="localhost").get(link).json()
        assert page["@iot.count"] == 7
        seen += [one["@iot.id"] for one in page["value"]]
        link = page.get("@iot.nextLink", "")
    assert seen == [1, 8, 2, 3, 4, 5, 6], "by time, each once"


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("Observations", {"$filter": "result ge 5 or result lt 2"}, "can't be read from 'or result lt 2' on"),
        ("Observations", {"$filter": "colour eq 5"}, "field 'colour'; allowed: id, @iot.id, phenomenonTime"),
        ("Observations", {"$filter": "phenomenonTime ge 5"}, "allowed: a time such as"),
        ("Observations", {"$filter": "result ge 2026-07-16T10:00:00Z"}, "allowed: a number"),
        ("Observations", {"$filter": "Datastream/id gt 5"}, "allowed: Datastream/id eq NUMBER"),
        ("Observations", {"$orderby": "result"}, "Ask one Datastream"),
        ("Observations", {"$expand": "Datastream"}, "query option '$expand'; allowed so far"),
        ("Observations", {"$top": "100000"}, "allowed: a whole number, 0 to 10000"),
        ("Things", {"$filter": "name gt 5"}, "name in $filter; allowed: a text in quotes"),
        ("Things", {"$filter": "id eq 'x'"}, "id in $filter; allowed: a whole number"),
        ("Things", {"$orderby": "colour"}, "field 'colour'; allowed: id, @iot.id, name"),
    ],
)
def test_what_is_not_supported_is_400_with_the_reason(
    stream: int, path: str, options: dict[str, str], message: str
) -> None:
    assert message in get(f"/v1.1/{path}", 400, **options)["detail"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("Colours", "allowed: Things, Locations"),
        ("Things(x)", "is nothing we have"),
        ("Things(99)", "There is no Things(99)"),
        ("Things(99999999999999999999)", "is nothing we have"),
        ("Observations(9999999999999999999)", "There is no Observations"),
        ("Things(1)/Observations", "does not lead to Observations; allowed: Locations, Datastreams"),
        ("Datastreams(1)/Colours", "allowed: Thing, Sensor, ObservedProperty, Observations"),
        ("Datastreams(99)/Observations", "There is no Datastreams(99)"),
        ("Things(1)/Datastreams/Observations", "is nothing we have"),
    ],
)
def test_what_is_not_there_is_404(stream: int, path: str, message: str) -> None:
    path = path.replace("Things(1)", f"Things({thing_of(stream)})").replace("Datastreams(1)", f"Datastreams({stream})")
    assert message in get(f"/v1.1/{path}", 404)["detail"]


def test_writing_single_entities_comes_later(stream: int) -> None:
    answer = Client(HTTP_HOST="localhost").post("/v1.1/Things", "{}", content_type="application/json")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


def test_reading_needs_a_key_or_somebody_signed_in(stream: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLOOP_STA_OPEN", "0")
    client = Client(HTTP_HOST="localhost")
    for path in ("/v1.1", "/v1.1/Things", f"/v1.1/Datastreams({stream})/Observations"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert client.get(path, HTTP_AUTHORIZATION="Bearer cl_" + "x" * 43).status_code == 401
    _, token = keys.create_key("reader")
    assert client.get("/v1.1/Things", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200
    keys.revoke_key("reader")
    assert client.get("/v1.1/Things", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 200), (Role.WORKER, 403)])
def test_people_need_the_permission_to_see_data(
    stream: int, monkeypatch: pytest.MonkeyPatch, role: Role, status: int
) -> None:
    monkeypatch.setenv("CITYLOOP_STA_OPEN", "0")
    found_city(name="澜川市", name_en="Lanchuan", time_zone="Asia/Shanghai")
    number = enter_person(
        staff_number="2107", password="x" * 12, role=role, organization_code="city", check_password=False
    )
    client = Client(HTTP_HOST="localhost")
    client.force_login(Person.objects.get(id=number), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/v1.1/Things").status_code == status


def test_times_are_those_that_were_sent(stream: int) -> None:
    moment = "2026-07-16T10:06:00.123456Z"
    port.write([Row(stream, parse_instant(moment), 5.0)])
    newest = get(f"/v1.1/Datastreams({stream})/Observations", **{"$orderby": "id desc", "$top": "1"})["value"][0]
    assert newest["phenomenonTime"] == moment
    at = port.store().latest([stream])[stream].at
    assert to_us(at) == parse_instant(moment)
