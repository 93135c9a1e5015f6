"""A fact opens one incident however often it is reported; what it does later reaches its incident."""

from datetime import timedelta

import pytest
from django.db import transaction

from cityloop.decide.ledger import port as ledger
from cityloop.kernel.audit.port import trail
from cityloop.kernel.events.models import OutboxEvent
from cityloop.kernel.events.port import deliver, publish
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import trace
from cityloop.serve.incidents import facts
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentFilter, IncidentState
from cityloop.serve.incidents.models import Incident
from cityloop.serve.orders import port as orders
from cityloop.serve.orders.models import WorkOrder
from tests.serve.made_city import CELL, START, CityClock, changed, detected, send, settle

FACT = "SW-0417/1"


@pytest.mark.usefixtures("city")
def test_the_same_fact_opens_one_incident() -> None:
    send(detected(level=4), detected(level=4), detected("SW-0417/2", level=4))
    assert Incident.objects.count() == 2
    assert WorkOrder.objects.count() == 2


@pytest.mark.usefixtures("city")
def test_events_delivered_again_change_nothing() -> None:
    send(detected(level=4))
    before = (Incident.objects.count(), WorkOrder.objects.count(), len(trace(Ref("episode", f"e-{FACT}"))))
    for event in OutboxEvent.objects.order_by("id"):
        # As after a crash between the handler's commit and the mark "delivered", on a queue that forgot its handlers.
        event.handled.all().delete()
        OutboxEvent.objects.filter(id=event.id).update(state="pending")
    settle()
    assert (Incident.objects.count(), WorkOrder.objects.count(), len(trace(Ref("episode", f"e-{FACT}")))) == before


@pytest.mark.usefixtures("city")
def test_an_incident_knows_its_place_and_class() -> None:
    send(detected())
    found = incidents.incident_by_fact(FACT)
    assert (found.cell_code, found.district_code, found.department_code) == (CELL, "310102", "subdistrict")
    assert (found.source, found.rule) == (Ref("episode", f"e-{FACT}"), Ref("rule", "water-underpass"))
    assert [stage.stage for stage in incidents.stages(found.number)] == ["open"]
    assert [one.action for one in trail([("incident", found.number)])] == ["incident.opened"]


@pytest.mark.usefixtures("city")
def test_ground_nobody_looks_after_is_the_citys() -> None:
    send(detected(longitude=None, latitude=None), detected("far", longitude=10.0, latitude=10.0))
    assert [incidents.incident_by_fact(fact).department_code for fact in (FACT, "far")] == ["city", "city"]


@pytest.mark.usefixtures("city")
def test_an_unknown_class_gets_a_check_on_the_spot() -> None:
    send(detected(class_code="06028", title="噪声扰民", title_en="Noise"))
    number = incidents.incident_by_fact(FACT).number
    decision = ledger.current_decision(number)
    assert decision.reason.startswith("处置预案中没有这一类的方案，先现场核实。")
    (order,) = orders.orders_of(number)
    assert (order.department_code, order.action) == ("subdistrict", "现场核实，能处置的当场处置")


def test_the_level_only_rises_and_asks_for_a_new_decision(city: CityClock) -> None:
    send(detected(level=3))
    number = incidents.incident_by_fact(FACT).number
    first = ledger.current_decision(number)
    assert {option.key for option in first.options} == {"甲", "乙"}
    send(changed(level=2, peak=27.5, peak_at=START + timedelta(minutes=20), last_at=START + timedelta(minutes=20)))
    second = ledger.current_decision(number)
    assert ledger.decision(first.number).state == "superseded"
    assert ({option.key for option in second.options}, second.level) == ({"乙"}, 2)
    assert second.inputs["value"] == 27.5
    send(changed(level=4, last_at=START + timedelta(minutes=30)))
    assert incidents.incident(number).level == 2
    assert [stage.note for stage in incidents.stages(number) if stage.stage == "level"] == ["3→2"]


@pytest.mark.usefixtures("city")
def test_orders_take_over_the_graver_level() -> None:
    send(detected(level=4))
    (order,) = orders.live_orders()
    send(changed(level=3, last_at=START + timedelta(minutes=5)))
    assert orders.order(order.number).level == 3


@pytest.mark.usefixtures("city")
def test_news_that_comes_late_adds_a_higher_peak_alone() -> None:
    send(detected())
    later = START + timedelta(minutes=30)
    send(changed(peak=20.0, last_at=later, ended=True, ended_at=later))
    send(changed(peak=31.0, peak_at=START, last_at=START + timedelta(minutes=10)))
    found = incidents.incident_by_fact(FACT)
    assert (found.peak, found.last_at, found.fact_ended_at) == (31.0, later, later)


@pytest.mark.usefixtures("city")
def test_a_fact_may_go_on_after_all() -> None:
    send(detected())
    send(changed(last_at=START + timedelta(minutes=30), ended=True, ended_at=START + timedelta(minutes=30)))
    send(changed(last_at=START + timedelta(minutes=40)))
    assert incidents.incident_by_fact(FACT).fact_ended_at is None


@pytest.mark.usefixtures("city")
def test_a_change_before_its_incident_is_brought_again() -> None:
    with transaction.atomic():
        publish(changed())
    deliver()
    waiting = OutboxEvent.objects.get()
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    assert "fact SW-0417/1: no incident yet" in waiting.error
    facts.open_incident(detected())
    OutboxEvent.objects.update(retry_at=0)
    settle()


@pytest.mark.usefixtures("city")
def test_a_withdrawn_fact_is_voided_while_nobody_was_sent() -> None:
    send(detected())
    send(changed(withdrawn=True, last_at=START + timedelta(minutes=1)))
    found = incidents.incident_by_fact(FACT)
    assert found.state is IncidentState.VOID
    assert ledger.current_decision(found.number) is None


@pytest.mark.usefixtures("city")
def test_a_withdrawn_fact_with_people_out_there_is_only_noted() -> None:
    send(detected(level=4))
    send(changed(level=4, withdrawn=True, last_at=START + timedelta(minutes=1)))
    found = incidents.incident_by_fact(FACT)
    assert found.state is IncidentState.DISPATCHED
    assert "withdrawn" in [stage.stage for stage in incidents.stages(found.number)]


def test_filters_and_counts(city: CityClock) -> None:
    send(detected(level=2), detected("b", level=4, title="别的路面积水"), detected("c", level=4, class_code="06028"))
    city.forward(60)
    assert incidents.tally().by_level == {1: 0, 2: 1, 3: 0, 4: 2}
    assert incidents.tally().opened_today == 3
    for wanted, count in (
        (IncidentFilter(levels=frozenset({4})), 2),
        (IncidentFilter(level_max=2), 1),
        (IncidentFilter(text="别的"), 1),
        (IncidentFilter(text="AJ-20260716"), 3),
        (IncidentFilter(class_codes=frozenset({("matter", "06028")})), 1),
        (IncidentFilter(class_codes=frozenset()), 0),
        (IncidentFilter(states=frozenset({IncidentState.OPEN})), 1),
        (IncidentFilter(district_code="310102"), 3),
        (IncidentFilter(since=START + timedelta(minutes=1)), 0),
        (IncidentFilter(until=START + timedelta(minutes=1)), 3),
    ):
        assert incidents.count_incidents(wanted) == len(incidents.incidents(wanted)) == count, wanted
    assert [one.level for one in incidents.incidents(sort="level")] == [2, 4, 4]


@pytest.mark.django_db
def test_classes_are_loaded_once_and_corrected() -> None:
    count = incidents.load_classes()
    assert (count, incidents.load_classes()) == (406, 406)
    assert len(incidents.incident_classes("component")) == 153
    assert [one.code for one in incidents.incident_classes(own=True)] == ["10997", "10998", "10999"]
    assert incidents.incident_class("matter", "10999").name == "道路积水"


def test_what_was_over_long_ago_is_no_state_of_the_day(city: CityClock) -> None:
    """Found in stored history: opened today, of years ago. Another one goes on, a third was over a moment ago."""
    year_ago = START - timedelta(days=365)
    send(detected("old", began_at=year_ago, last_at=year_ago), detected("now"), detected("over"))
    send(changed("old", ended=True, ended_at=year_ago + timedelta(minutes=1), last_at=year_ago))
    send(changed("over", ended=True, ended_at=START))
    old, now = incidents.incident_by_fact("old"), incidents.incident_by_fact("now")
    assert (old.past(city()), now.past(city())) == (True, False)
    counts = incidents.tally()
    assert (counts.live, counts.past, counts.of_the_day, counts.opened_today) == (3, 1, 2, 2)
    assert [one.fact_key for one in incidents.incidents(IncidentFilter(past=True))] == ["old"]
    assert {one.fact_key for one in incidents.incidents(IncidentFilter(past=False))} == {"now", "over"}
    city.forward(24 * 60)
    assert not incidents.incident_by_fact("over").past(city()), "a day is not more than a day"
    city.forward(1)
    assert incidents.incident_by_fact("over").past(city())
    assert incidents.tally().past == 2
