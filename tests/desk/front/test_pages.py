"""The first page tells anybody the state of the day, and nothing that is nobody's business."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.serve.made_city import CityClock, changed, detected, send

from cityloop.desk.front import selectors as front
from cityloop.desk.readings import port as readings


def page(language: str = "zh-hans") -> str:
    answer = Client(headers={"accept-language": language, "accept": "text/html"}).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_before_there_is_a_city_it_names_the_next_step() -> None:
    assert "cityloop init" in page()


@pytest.mark.usefixtures("city")
def test_a_city_that_has_just_begun_has_one_sentence_and_one_step() -> None:
    text = page()
    assert "这座城市刚刚起步，还没有设备送来数据。" in text
    assert "/sign-in?next=/data" in text
    assert "今日立案" not in text


def test_the_day_is_told_by_class_and_district(flooded: str) -> None:
    text = page()
    assert "目前有 1 件案件在办" in text
    assert "东泽区" in text
    assert "道路积水" in text
    assert "水深" in text
    for secret in ("青溪下穿", flooded, "2107", "3350", "SW-0417", "121.5"):
        assert secret not in text, secret
    english = page("en")
    assert "1 incident is in hand" in english
    assert "Dongze" in english


def test_all_that_is_grave_is_said(city: CityClock) -> None:
    send(detected(level=1))
    assert "其中有严重事项" in page()


def queries() -> int:
    """How many one look at the first page takes when nothing is kept from the last one."""
    for forget in (front.forget, readings.forget):
        forget()
    with CaptureQueriesContext(connection) as seen:
        page()
    return len(seen)


def test_it_costs_as_many_queries_with_many_incidents_as_with_one_and_next_to_none_when_kept(flooded: str) -> None:
    page()
    few = queries()
    assert few <= 30
    for number in range(20):
        send(detected(f"more {number}", level=1 + number % 4))
    assert queries() == few
    assert f"<b>{21}</b>" in page()
    with CaptureQueriesContext(connection) as seen:
        page()
    assert len(seen) <= 8 < few


def test_it_needs_no_session(flooded: str) -> None:
    answer = Client().get("/")
    assert "cityloop_session" not in answer.cookies
    assert "sessionid" not in answer.cookies


def test_what_was_over_long_ago_is_told_apart(city: CityClock) -> None:
    """A rule that judged years of history opened incidents; none of them is what goes on today."""
    year_ago = city() - timedelta(days=365)
    for number in range(3):
        send(detected(f"old {number}", level=1, began_at=year_ago, last_at=year_ago))
        send(changed(f"old {number}", level=1, last_at=year_ago, ended=True, ended_at=year_ago))
    text = page()
    assert "目前没有在办的案件。" in text
    assert "另有 3 件往期案件待结案" in text
    assert "道路积水" not in text
    assert 'class="marker"' not in text
    send(detected(level=4))
    front.forget()
    text = page()
    assert "目前有 1 件案件在办。" in text, "the grave ones are of the past"
    english = page("en")
    assert "Besides, 3 incidents of the past wait to be closed" in english
    opened = re.search(r"Opened today</dt><dd><b>(\d+)</b>", english)
    assert opened is not None
    assert opened[1] == "1"
