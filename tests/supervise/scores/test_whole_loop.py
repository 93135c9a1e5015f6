"""From a detected fact to the score of its incident, every step by the people whose step it is."""

import itertools
from datetime import timedelta

import pytest

from cityloop.decide.ledger import port as ledger
from cityloop.kernel.loop.contracts import Ref, Step
from cityloop.kernel.loop.port import trace
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentState
from cityloop.serve.orders import port as orders
from cityloop.supervise.scores.port import score
from tests.serve.made_city import START, CityClock, changed, detected, send, settle, staff


def test_from_detection_to_score(city: CityClock) -> None:
    send(detected())
    incident = incidents.incident_by_fact("SW-0417/1")
    assert incident is not None
    assert incident.number == "AJ-20260716-0001"
    assert (incident.state, incident.step, incident.cell_name) == (IncidentState.OPEN, Step.DECIDE, "东泽 0312")
    assert (incident.class_name, incident.class_name_en) == ("道路积水", "standing water on road")

    proposal = ledger.current_decision(incident.number)
    assert proposal is not None
    assert (proposal.state, proposal.default_key, proposal.number) == ("proposed", "乙", "JC-20260716-0001")
    assert "方案乙预计最快：55 分钟（依据处置预案），其次方案甲 70 分钟。" in proposal.reason
    city.forward(5)
    ledger.decide(proposal.number, "乙", by=staff("officer"))
    settle()

    first, second = orders.orders_of(incident.number)
    assert [first.number, second.number] == ["GD-20260716-0001", "GD-20260716-0002"]
    assert (first.department_code, second.department_code) == ("drainage", "traffic_police")
    assert first.accept_due_at == city.at + timedelta(minutes=10)
    assert incidents.incident(incident.number).state is IncidentState.DISPATCHED

    city.forward(4)
    orders.accept(first.number, by=staff("crew"))
    assert incidents.incident(incident.number).state is IncidentState.HANDLING
    orders.accept(second.number, by=staff("police"))
    city.forward(40)
    orders.report(first.number, by=staff("crew"), note="已抽排", longitude=121.5, latitude=31.5)
    assert incidents.incident(incident.number).state is IncidentState.HANDLING
    orders.report(second.number, by=staff("police"))
    reported = incidents.incident(incident.number)
    assert (reported.state, reported.verify_due_at) == (IncidentState.REPORTED, city.at + timedelta(minutes=60))

    ended_at = START + timedelta(minutes=65)
    send(changed(peak=31.8, last_at=ended_at, ended=True, ended_at=ended_at))
    city.forward(20)
    orders.verify_and_close(incident.number, result="confirmed", note="水已退", by=staff("grid"))
    settle()

    closed = incidents.incident(incident.number)
    assert (closed.state, closed.step, closed.result, closed.peak) == (
        IncidentState.ASSESSED,
        Step.CLOSED,
        "confirmed",
        31.8,
    )
    outcome = ledger.current_decision(incident.number).outcome
    assert outcome is not None
    assert (outcome.measured_minutes, outcome.error, outcome.in_interval) == (60.0, 5.0, True)
    found = score(incident.number)
    assert found is not None
    assert (found.total, found.predicted, found.measured, found.in_interval) == (100.0, 55.0, 60.0, True)
    assert {step.name: step.minutes for step in found.steps} == {
        "open": 1.0,
        "decide": 5.0,
        "dispatch": 0.0,
        "accept": 4.0,
        "handle": 40.0,
        "verify": 20.0,
    }


def test_every_arrow_is_a_link(city: CityClock) -> None:
    send(detected(level=4))
    incident = incidents.incident_by_fact("SW-0417/1")
    assert incident is not None
    (order,) = orders.orders_of(incident.number)
    orders.accept(order.number, by=staff("crew"))
    report = orders.report(order.number, by=staff("crew"))
    verification = orders.verify_and_close(incident.number, result="false", by=staff("officer"))
    settle()
    decision = ledger.current_decision(incident.number)
    given = score(incident.number)
    assert decision is not None
    assert given is not None
    chain = [
        Ref("episode", "e-SW-0417/1"),
        Ref("incident", incident.number),
        Ref("decision", decision.number),
        Ref("work_order", order.number),
        Ref("report", str(report)),
        Ref("verification", str(verification)),
        Ref("score", str(given.id)),
        Ref("rule", "water-underpass"),
    ]
    arrows = {(arrow.origin, arrow.target) for arrow in trace(Ref("incident", incident.number))}
    assert set(itertools.pairwise(chain)) <= arrows
    assert decision.decided_by == "machine:decide"


@pytest.mark.usefixtures("city")
def test_the_effect_of_a_fact_that_goes_on_is_judged_when_it_ends(city: CityClock) -> None:
    send(detected(level=4))
    number = incidents.incident_by_fact("SW-0417/1").number
    (order,) = orders.orders_of(number)
    orders.accept(order.number, by=staff("crew"))
    orders.report(order.number, by=staff("crew"))
    orders.verify_and_close(number, result="confirmed", by=staff("officer"))
    settle()
    assert score(number).measured is None
    assert next(part for part in score(number).parts if part.name == "effect").points is None
    ended_at = city.at + timedelta(minutes=200)
    send(changed(level=4, last_at=ended_at, ended=True, ended_at=ended_at))
    assert (score(number).measured, score(number).in_interval) == (200.0, False)
    assert score(number).total < 100
