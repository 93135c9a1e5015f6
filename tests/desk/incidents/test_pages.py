"""The list of incidents as people and programs get it."""

import csv
from io import StringIO

import pytest
from django.test import Client
from tests.serve.made_city import CityClock, detected, send, signed_in


@pytest.mark.usefixtures("city")
def test_a_city_without_incidents_says_so() -> None:
    page = signed_in("viewer").get("/incidents")
    assert page.status_code == 200
    assert "还没有立过案件" in page.content.decode()


def test_incidents_are_listed_filtered_and_sorted(city: CityClock) -> None:
    send(detected("a", level=4, title="甲地积水"), detected("b", level=2, title="乙地积水"))
    client = signed_in("viewer")
    page = client.get("/incidents?sort=level").content.decode()
    assert page.index("乙地积水") < page.index("甲地积水")
    page = client.get("/incidents?level=2").content.decode()
    assert "乙地积水" in page
    assert "甲地积水" not in page
    assert "没有符合筛选条件的案件" in client.get("/incidents?q=丙地").content.decode()


@pytest.mark.parametrize("query", ["sort=colour", "level=9", "state=gone", "page=0", "class=x"])
@pytest.mark.usefixtures("city")
def test_a_bad_address_says_what_is_allowed(query: str) -> None:
    page = signed_in("viewer").get(f"/incidents?{query}", headers={"accept": "application/json"})
    assert page.status_code == 400
    detail = page.json()["detail"]
    assert "allowed" in detail or "允许" in detail


@pytest.mark.usefixtures("city")
def test_the_same_rows_come_as_csv() -> None:
    send(detected("a", level=4, title="=1+1"), detected("b", level=2))
    answer = signed_in("viewer").get("/incidents?format=csv&level=4")
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row["level"] for row in rows] == ["4"]
    assert rows[0]["title"] == "'=1+1"


@pytest.mark.usefixtures("city")
def test_it_is_for_operations_staff() -> None:
    assert signed_in("crew").get("/incidents").status_code == 403
    assert Client().get("/incidents").status_code == 401
