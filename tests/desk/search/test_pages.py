"""Search leads to what the reader may open."""

import pytest
from django.test import Client
from tests.serve.made_city import settle, signed_in

from cityloop.decide.ledger.port import current_decision


def test_whole_numbers_lead_straight_there(flooded: str) -> None:
    officer = signed_in("officer")
    assert officer.get("/search", {"q": flooded.lower()}).headers["Location"] == f"/incidents/{flooded}"
    found = current_decision(flooded)
    assert found is not None
    assert officer.get("/search", {"q": found.number}).headers["Location"] == f"/incidents/{flooded}#decide"
    officer.post(f"/incidents/{flooded}/decide", {"option": found.default_key})
    settle()
    from cityloop.serve.orders.port import orders_of

    number = orders_of(flooded)[0].number
    assert officer.get("/search", {"q": number}).headers["Location"] == f"/orders/{number}"
    assert number in officer.get("/search", {"q": number[-6:]}).content.decode()


def test_words_find_incidents_devices_and_districts(flooded: str) -> None:
    officer = signed_in("officer")
    text = officer.get("/search", {"q": "青溪"}).content.decode()
    assert f"/incidents/{flooded}" in text
    assert "/data/" in text
    assert "/operations?district=310102" in officer.get("/search", {"q": "东泽"}).content.decode()


def test_nobody_finds_what_they_may_not_open(flooded: str) -> None:
    text = signed_in("crew").get("/search", {"q": "青溪"}).content.decode()
    assert flooded not in text
    assert "您可查看的范围内没有“青溪”" in text
    assert signed_in("crew").get("/search", {"q": flooded}).status_code == 200


@pytest.mark.usefixtures("city")
def test_nothing_typed_and_too_much_typed() -> None:
    client = signed_in("viewer")
    assert "输入案件号" in client.get("/search").content.decode()
    answer = client.get("/search", {"q": "x" * 101})
    assert answer.status_code == 400
    assert Client().get("/search").status_code == 401
