"""The pages of scores: departments, classes, rules, incidents; and the loop's last arrow."""

import pytest

from cityloop.decide.ledger.contracts import ActionLine
from cityloop.decide.responses.port import enter_response
from cityloop.kernel.events.models import OutboxEvent
from cityloop.kernel.loop.contracts import Ref
from cityloop.serve.incidents import port as incidents
from cityloop.serve.orders import port as orders
from cityloop.supervise.scores.models import IncidentScore
from cityloop.supervise.scores.port import rule_records, score
from cityloop.supervise.scores.selectors import class_records, department_records
from tests.serve.made_city import CityClock, changed, detected, send, settle, signed_in, staff


def close(fact: str, city: CityClock, *, result: str = "confirmed", handle: float = 30, rule: str = "water") -> str:
    """Lead an incident of level 4 to its end."""
    send(detected(fact, level=4, rule=Ref("rule", rule), began_at=city.at, last_at=city.at))
    number = incidents.incident_by_fact(fact).number
    (order,) = orders.orders_of(number)
    city.forward(5)
    orders.accept(order.number, by=staff("crew"))
    city.forward(handle)
    orders.report(order.number, by=staff("crew"))
    send(changed(fact, level=4, last_at=city.at, ended=True, ended_at=city.at))
    orders.verify_and_close(number, result=result, by=staff("grid"))
    settle()
    return number


def test_departments_and_classes(city: CityClock) -> None:
    for place, minutes in enumerate((30, 60, 300)):
        close(f"f{place}", city, handle=minutes)
    (drainage,) = department_records()
    assert (drainage.key, drainage.incidents, drainage.orders) == ("drainage", 3, 3)
    assert (drainage.accept_minutes, drainage.handle_minutes, drainage.on_time_share) == (5.0, 60.0, 5 / 6)
    # Predicted 70 [35, 105]; measured 35, 65, 305: two inside, errors 35, 5, 235.
    assert (drainage.inside_share, drainage.absolute_error) == (2 / 3, 35.0)
    assert [one.key for one in class_records()] == ["matter 10999"]


def test_the_rule_that_cries_wolf_is_named(city: CityClock) -> None:
    for place in range(4):
        close(f"w{place}", city, result="false", rule="noise-night")
    close("once", city, result="false", rule="new-rule")
    close("true", city, rule="water")
    found = {one.rule_id: one.cries_wolf for one in rule_records()}
    assert found == {"noise-night": True, "new-rule": False, "water": False}
    page = signed_in("steward").get("/scores").content.decode()
    assert "规则 noise-night：结案 4 件，误报 4 件" in page
    assert "规则 new-rule" not in page


def test_a_false_alarm_has_no_effect_to_judge(city: CityClock) -> None:
    found = score(close("f", city, result="false"))
    assert (found.measured, found.in_interval, found.total) == (None, None, 100.0)


def test_scoring_again_leaves_one_score(city: CityClock) -> None:
    number = close("f", city)
    first = score(number)
    for event in OutboxEvent.objects.filter(kind__in=["incident.closed", "incident.changed"]):
        event.handled.all().delete()
        OutboxEvent.objects.filter(id=event.id).update(state="pending")
    settle()
    assert IncidentScore.objects.count() == 1
    assert (score(number).id, score(number).total) == (first.id, first.total)
    assert [stage.stage for stage in incidents.stages(number)].count("assess") == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["评分", "市排水管理处", "道路积水", "预测：1 次结果中 100 % 落在区间内"]),
        ("en", ["Drainage Office", "standing water on road", "1 outcomes fell into their interval"]),
    ],
)
def test_the_overview(city: CityClock, language: str, words: list[str]) -> None:
    number = close("f", city)
    page = signed_in("viewer", language).get("/scores").content.decode()
    for word in words:
        assert word in page
    assert f"/scores/{number}" in page


def test_the_score_of_an_incident(city: CityClock) -> None:
    number = close("f", city)
    page = signed_in("viewer").get(f"/scores/{number}").content.decode()
    for word in ("100", "按时接单", "预测对实测", "1 时 10 分", "派遣到接单", "5 分", f"/incidents/{number}"):
        assert word in page
    assert signed_in("viewer").get("/scores/AJ-0").status_code == 404
    assert signed_in("crew").get("/scores").status_code == 403


def test_levels_mark_incidents_and_nothing_else(city: CityClock) -> None:
    for place in range(4):
        close(f"w{place}", city, result="false", rule="noise-night")
    number = close("late", city, handle=300)
    for path in ("/scores", f"/scores/{number}"):
        page = signed_in("viewer").get(path).content.decode()
        assert "<b>否</b>" in page
        assert "lv3" not in page, "the incidents are of level 4"


def test_periods_and_files(city: CityClock) -> None:
    number = close("f", city)
    viewer = signed_in("viewer")
    for table, start in (
        ("departments", "drainage,1,1"),
        ("classes", "matter 10999,1"),
        ("incidents", number),
        ("rules", "water,1,0"),
    ):
        text = b"".join(viewer.get(f"/scores?format=csv&table={table}")).decode("utf-8-sig")
        assert text.splitlines()[1].startswith(start)
    city.forward(3 * 24 * 60)
    assert number not in viewer.get("/scores?period=day").content.decode()
    assert number in viewer.get("/scores?period=week").content.decode()
    assert viewer.get("/scores?period=year").status_code == 400
    assert viewer.get("/scores?format=csv&table=secrets").status_code == 400


@pytest.mark.usefixtures("city")
def test_an_empty_page_says_why() -> None:
    assert "这段时间没有结案的案件" in signed_in("viewer").get("/scores").content.decode()


def test_history_reaches_the_next_decision(city: CityClock) -> None:
    enter_response(
        class_kind="matter",
        class_code="06028",
        level_from=1,
        level_to=4,
        key="甲",
        name="上门",
        name_en="Visit",
        automatic=True,
        expected_minutes=500,
        actions=[ActionLine("drainage", "", "", "上门", "Visit", 30)],
        by=None,
    )
    for place in range(4):
        close(f"f{place}", city, handle=30)
        city.forward(1)
    from cityloop.decide.ledger.port import current_decision

    number = close("last", city, handle=30)
    assert current_decision(number).prediction.source == "history"
    assert 35 < current_decision(number).prediction.minutes < 120
