"""The pages of the data."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from cityloop.kernel.organisations.port import found_city
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.people.models import Person
from cityloop.kernel.people.port import enter_person
from cityloop.kernel.times import parse_instant
from cityloop.kernel.ui import place
from cityloop.sense.observations import port
from cityloop.sense.observations.contracts import Row
from cityloop.sense.observations.store import ObservationStore

pytestmark = pytest.mark.django_db

T = parse_instant("2026-07-16T00:00:00Z")
HOUR = 3_600_000_000


@pytest.fixture
def client(sqlite_in_force: ObservationStore) -> Client:
    place.forget()
    found_city(name="澜川市", name_en="Lanchuan", time_zone="Asia/Shanghai")
    number = enter_person(
        staff_number="2107",
        password="x" * 12,
        role=Role.VIEWER,
        organization_code="city",
        must_change_password=False,
        check_password=False,
    )
    client = Client()
    client.force_login(Person.objects.get(id=number), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def stream(client: Client, make_stream: Callable[..., int]) -> int:
    stream = make_stream()
    port.write([Row(stream, T + hour * HOUR, 20.0 + hour % 24) for hour in range(100)])
    port.write([Row(stream, T + 100 * HOUR, 5000.0), Row(stream, T, 99.0)])
    return stream


def text_of(client: Client, path: str, language: str = "zh-hans", status: int = 200) -> str:
    client.cookies["cityloop_language"] = language
    answer = client.get(path, HTTP_ACCEPT="text/html")
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_city_without_devices_says_so(client: Client) -> None:
    assert "尚未接入设备。" in text_of(client, "/data")


def test_every_stream_stands_with_its_newest_value_and_its_flags(
    client: Client, stream: int, make_stream: Callable[..., int]
) -> None:
    silent = make_stream("silent/pm25")
    text = text_of(client, "/data")
    assert f'href="/data/{stream}"' in text
    assert f'href="/data/{silent}"' in text
    assert re.search(r"5\s?000 微克", text)
    assert "100 条中 1 条" in text
    english = text_of(client, "/data", "en")
    assert "Station" in english
    assert "1 of 100" in english
    assert "bad" in english


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?q=station", True),
        ("?q=测站", True),
        ("?q=nothing", False),
        ("?property=pm25", True),
        ("?property=noise", False),
        ("?flagged=some", True),
        ("?flagged=half", False),
        ("?sort=-property&page=9", True),
    ],
)
def test_filters(client: Client, stream: int, query: str, shown: bool) -> None:
    text = text_of(client, f"/data{query}")
    assert (f'href="/data/{stream}"' in text) is shown
    if not shown:
        assert "没有符合筛选条件的数据流。" in text


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/data?sort=colour", 400, "thing, property, id"),
        ("/data?flagged=all", 400, "allowed: some, tenth, half"),
        ("/data/99", 404, "没有数据流 99"),
        ("/data/99999999999999999999", 404, "没有数据流"),
        ("/data/1?period=1w", 400, "允许：1d、7d、30d、1y、all"),
        ("/data/1?observation=x", 404, "has no observation"),
    ],
)
def test_what_is_not_there_is_said(client: Client, stream: int, path: str, status: int, message: str) -> None:
    path = path.replace("/data/1?", f"/data/{stream}?")
    assert message in text_of(client, path, status=status).replace("&#x27;", "'")


def test_a_stream_is_shown_as_chart_numbers_table_and_reasons(client: Client, stream: int) -> None:
    text = text_of(client, f"/data/{stream}")
    assert 'class="chart' in text
    assert "存疑 0 条，无效 1 条" in text
    assert "超出有效范围" in text
    everything = text_of(client, f"/data/{stream}?period=all")
    assert "存疑 1 条，无效 1 条" in everything
    assert "同一时刻另有结果" in everything
    english = text_of(client, f"/data/{stream}?period=all", "en")
    assert "another result for the same time" in english
    assert 'aria-current="true">Everything' in english


def test_an_observation_can_be_pointed_at(client: Client, stream: int) -> None:
    text = text_of(client, f"/data/{stream}?observation=10")
    assert '<tr class="picked" id="observation-10">' in text
    assert 'id="observation-11"' in text
    assert 'id="observation-100"' not in text


def test_a_stream_without_values_says_so(client: Client, make_stream: Callable[..., int]) -> None:
    text = text_of(client, f"/data/{make_stream('silent/pm25')}")
    assert "尚无监测值。设备一上报，数值就会显示在这里。" in text


def test_a_period_is_downloaded_as_csv(client: Client, stream: int) -> None:
    answer = client.get(f"/data/{stream}?period=all&format=csv")
    assert answer["Content-Type"].startswith("text/csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "id,phenomenon_time,result,unit,quality,reasons,result_time"
    assert lines[1] == "1,2026-07-16T00:00:00Z,20.0,ug/m3,good,,"
    assert lines[2] == "102,2026-07-16T00:00:00Z,99.0,ug/m3,suspect,doubled,"
    assert lines[-1] == "101,2026-07-20T04:00:00Z,5000.0,ug/m3,bad,range,"
    assert len(lines) == 103


def test_data_are_for_people_who_may_see_them(sqlite_in_force: ObservationStore) -> None:
    answer = Client().get("/data", HTTP_ACCEPT="text/html")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=/data")
