"""The whole loop of one fact, from the first observation to the score, and the moves made on its page."""

import csv
from io import StringIO

import pytest
from django.test import Client
from tests.serve.made_city import CityClock, settle, signed_in, staff

from cityloop.decide.ledger.port import current_decision
from cityloop.serve.incidents.contracts import IncidentState
from cityloop.serve.incidents.port import incident
from cityloop.serve.orders import port as orders

MACHINE = {"accept": "application/json"}


def text_of(client: Client, number: str) -> str:
    page = client.get(f"/incidents/{number}")
    assert page.status_code == 200
    return page.content.decode()


def decided(number: str, option: str = "甲", reason: str = "") -> None:
    found = current_decision(number)
    assert found is not None
    reason = reason or ("" if option == found.default_key else "另一方案需要的人手不足")
    answer = signed_in("officer").post(f"/incidents/{number}/decide", {"option": option, "reason": reason})
    assert answer.status_code == 302, answer.content.decode()
    settle()


def reported(number: str, clock: CityClock) -> None:
    for order in orders.orders_of(number):
        crew = staff("police" if order.department_code == "traffic_police" else "crew")
        clock.forward(4)
        orders.accept(order.number, by=crew)
        clock.forward(30)
        orders.report(order.number, note="已抽干", longitude=121.5001, latitude=31.5, by=crew)
    settle()


def test_before_the_decision_the_page_asks_those_who_may(flooded: str) -> None:
    text = text_of(signed_in("officer"), flooded)
    assert 'id="decide-form"' in text
    assert "待值班长决定" in text
    assert "未到" in text
    assert 'id="verify-form"' not in text
    assert 'id="decide-form"' not in text_of(signed_in("viewer"), flooded)


def test_the_loop_comes_round_and_every_arrow_opens(flooded: str, city: CityClock) -> None:
    city.forward(2)
    decided(flooded)
    reported(flooded, city)
    city.forward(10)
    text = text_of(signed_in("grid"), flooded)
    assert 'id="verify-form"' in text
    answer = signed_in("grid").post(
        f"/incidents/{flooded}/verify",
        {"result": "confirmed", "note": "水已退", "longitude": "121.5", "latitude": "31.5"},
    )
    assert answer.status_code == 302, answer.content.decode()
    settle()
    client = signed_in("officer")
    text = text_of(client, flooded)
    for words in ("水已退", "距案件点 9 米", "评分：预测对实测", "全部环节关系", "写回"):
        assert words in text
    document = client.get(f"/incidents/{flooded}?format=json").json()
    assert document["incident"]["state"] == "assessed"
    assert [step["state"] for step in document["steps"]] == ["done"] * 7
    assert document["steps"][0]["name"] == "sense"
    kinds = {(link["from"]["kind"], link["to"]["kind"]) for link in document["links"]}
    assert {
        ("observation", "episode"), ("rule", "episode"), ("episode", "incident"), ("incident", "decision"),
        ("decision", "work_order"), ("work_order", "report"), ("report", "verification"), ("verification", "score"),
        ("score", "rule"),
    } <= kinds  # fmt: skip
    steward = signed_in("officer")
    for link in document["links"]:
        for end in (link["from"], link["to"]):
            path, _hash, part = end["href"].partition("#")
            page = steward.get(path)
            assert page.status_code == 200, end
            assert not part or f'id="{part}"' in page.content.decode(), end
    lines = list(csv.DictReader(StringIO(b"".join(client.get(f"/incidents/{flooded}?format=csv")).decode("utf-8-sig"))))
    assert len(lines) == len(document["links"])


def test_another_option_needs_a_reason_and_the_page_keeps_what_was_typed(flooded: str) -> None:
    found = current_decision(flooded)
    assert found is not None
    other = next(option.key for option in found.options if option.key != found.default_key)
    answer = signed_in("officer").post(f"/incidents/{flooded}/decide", {"option": other, "reason": "x"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'href="#decide-reason"' in text
    assert 'class="error-summary"' in text
    assert f'value="{other}" checked' in text
    made = current_decision(flooded)
    assert made is not None
    assert made.state == "proposed"


def test_who_decides_second_learns_who_was_faster(flooded: str) -> None:
    second = signed_in("second")
    found = current_decision(flooded)
    assert found is not None
    decided(flooded, found.default_key)
    sent = {"option": found.default_key, "decision": found.number}
    answer = second.post(f"/incidents/{flooded}/decide", sent)
    assert answer.status_code == 409
    assert "2107" in answer.content.decode()
    assert second.post(f"/incidents/{flooded}/decide", sent, headers=MACHINE).json()["status"] == 409


def test_rework_needs_a_reason_and_starts_another_round(flooded: str, city: CityClock) -> None:
    decided(flooded)
    reported(flooded, city)
    grid = signed_in("grid")
    answer = grid.post(f"/incidents/{flooded}/rework", {"reason": ""})
    assert answer.status_code == 422
    assert 'id="rework-reason"' in answer.content.decode()
    assert grid.post(f"/incidents/{flooded}/rework", {"reason": "还有积水"}).status_code == 302
    assert "第 2 轮" in text_of(signed_in("officer"), flooded)


def test_void_ends_it_with_its_reason(flooded: str) -> None:
    officer = signed_in("officer")
    assert officer.post(f"/incidents/{flooded}/void", {"reason": "演练误报"}).status_code == 302
    found = incident(flooded)
    assert found is not None
    assert found.state is IncidentState.VOID
    text = text_of(officer, flooded)
    assert "演练误报" in text
    assert "作废的案件不评分" in text
    assert 'id="void-form"' not in text


def test_a_stale_page_changes_nothing(flooded: str, city: CityClock) -> None:
    decided(flooded)
    reported(flooded, city)
    answer = signed_in("grid").post(f"/incidents/{flooded}/verify", {"result": "confirmed", "version": "1"})
    assert answer.status_code == 409
    found = incident(flooded)
    assert found is not None
    assert found.state is IncidentState.REPORTED


@pytest.mark.parametrize(
    "sent", [{"result": "perhaps"}, {"result": "confirmed", "longitude": "east", "latitude": "31"}, {}]
)
def test_a_bad_verification_is_shown_at_its_field(flooded: str, city: CityClock, sent: dict[str, str]) -> None:
    decided(flooded)
    reported(flooded, city)
    answer = signed_in("grid").post(f"/incidents/{flooded}/verify", sent)
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.content.decode()


@pytest.mark.parametrize("move", ["decide", "verify", "rework", "void"])
def test_each_move_has_its_guard(flooded: str, move: str) -> None:
    assert signed_in("viewer").post(f"/incidents/{flooded}/{move}", {}).status_code == 403
    assert Client().post(f"/incidents/{flooded}/{move}", {}).status_code == 401
    assert signed_in("officer").get(f"/incidents/{flooded}/{move}").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in("officer").cookies
    assert strict.post(f"/incidents/{flooded}/{move}", {}).status_code == 403


@pytest.mark.usefixtures("city")
def test_an_unknown_number_and_format_say_what_to_do() -> None:
    answer = signed_in("viewer").get("/incidents/AJ-20260716-9999")
    assert answer.status_code == 404
    assert "请核对编号" in answer.content.decode()
    assert signed_in("officer").post("/incidents/AJ-20260716-9999/void", {"reason": "没有"}).status_code == 404


def test_only_known_formats(flooded: str) -> None:
    answer = signed_in("viewer").get(f"/incidents/{flooded}?format=pdf", headers=MACHINE)
    assert answer.status_code == 400
    assert "html, json, csv" in answer.json()["detail"]


def test_a_crew_sees_its_orders_not_the_whole_loop(flooded: str) -> None:
    assert signed_in("crew").get(f"/incidents/{flooded}").status_code == 403
    assert signed_in("grid").get(f"/incidents/{flooded}").status_code == 200
