"""An overdue order: one alarm for each step and round, to those it is for, cleared when the order moves on."""

import pytest

from cityloop.kernel.audit.port import trail
from cityloop.serve.orders import port as orders
from cityloop.supervise.alarms.models import Alarm
from cityloop.supervise.alarms.port import alarms_for, check_overdue, open_alarms
from tests.serve.made_city import CityClock, detected, send, settle, signed_in, staff


@pytest.fixture
def order(city: CityClock) -> str:
    """An order whose accepting limit is 15 minutes."""
    send(detected(level=4))
    return orders.live_orders()[0].number


def test_one_alarm_for_each_step_and_round(order: str, city: CityClock) -> None:
    assert check_overdue() == 0
    city.forward(16)
    assert (check_overdue(), check_overdue()) == (1, 0)
    assert orders.order(order).alarmed_at == city.at
    orders.accept(order, by=staff("crew"))
    settle()
    assert orders.order(order).alarmed_at is None
    city.forward(241)
    assert check_overdue() == 1
    orders.report(order, by=staff("crew"))
    orders.rework(order, reason="没办好", by=staff("grid"))
    settle()
    city.forward(16)
    assert check_overdue() == 1
    found = [(alarm.step, alarm.round, alarm.cleared_at is None) for alarm in Alarm.objects.order_by("id")]
    assert found == [("accept", 1, False), ("handle", 1, False), ("accept", 2, True)]


def test_whom_an_alarm_is_for(order: str, city: CityClock) -> None:
    city.forward(16)
    check_overdue()
    assert {name: open_alarms(staff(name)) for name in ("head", "officer", "police_head", "crew", "viewer")} == {
        "head": 1,
        "officer": 1,
        "police_head": 0,
        "crew": 0,
        "viewer": 0,
    }
    (alarm,) = alarms_for(staff("head"))
    assert (alarm.order_number, alarm.step, alarm.department_code) == (order, "accept", "drainage")


def test_an_alarm_clears_with_the_next_look_even_without_events(order: str, city: CityClock) -> None:
    city.forward(16)
    check_overdue()
    orders.accept(order, by=staff("crew"))
    check_overdue()
    assert open_alarms(staff("head")) == 0
    assert next(one.action for one in trail([("work_order", order)])) == "alarm.cleared"


def test_the_page_and_the_bar(order: str, city: CityClock) -> None:
    head = signed_in("head")
    assert "没有告警" in head.get("/alarms").content.decode()
    city.forward(16)
    check_overdue()
    page = head.get("/alarms").content.decode()
    assert order in page
    assert "没有按时接单" in page
    assert 'class="alarm-count" href="/alarms"' in head.get("/orders?view=open").content.decode()
    assert "Not accepted in time" in signed_in("head", "en").get("/alarms").content.decode()
    assert order not in signed_in("police_head").get("/alarms").content.decode()
    orders.accept(order, by=staff("crew"))
    settle()
    assert "已解除" in head.get("/alarms").content.decode()
