"""Two people at once, each with a connection of their own: never do both succeed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from cityloop.decide.ledger import port as ledger
from cityloop.decide.ledger.models import Decision
from cityloop.kernel.audit.models import AuditRecord
from cityloop.kernel.problems import Conflict, Problem
from cityloop.serve.incidents import facts
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentState
from cityloop.serve.incidents.models import Incident
from cityloop.serve.orders import port as orders
from cityloop.serve.orders.contracts import OrderState
from cityloop.serve.orders.models import WorkOrder
from tests.serve import made_city
from tests.serve.made_city import CityClock, detected, send, settle, staff

pytestmark = pytest.mark.django_db(transaction=True)
FACT = "SW-0417/1"


@pytest.fixture
def busy_city(transactional_db: None, city_clock: CityClock, settings: Any) -> CityClock:
    """The made city, committed, so that other threads see it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made_city.found()
    return city_clock


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts in threads that start together; what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    found: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            found[place] = act() or "done"
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert None not in found, "an act hangs"
    return found


def one_succeeds(*acts: Callable[[], object]) -> str:
    """Exactly one act succeeds; the message the others got."""
    results = at_once(*acts)
    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, Problem) for error in refused), refused
    assert len(refused) == len(acts) - 1, results
    assert all(isinstance(error, Conflict) for error in refused), refused
    return str(refused[0])


def test_an_order_is_accepted_by_one(busy_city: CityClock) -> None:
    send(detected(level=4))
    number = orders.live_orders()[0].number
    crew, mate = staff("crew"), staff("mate")
    said = one_succeeds(lambda: orders.accept(number, by=crew), lambda: orders.accept(number, by=mate))
    assert number in said
    assert "工号 335" in said
    (made,) = AuditRecord.objects.filter(action="work_order.accept")
    assert made.actor == f"person:{orders.order(number).assignee_id}", "who was told to have it has it"


def test_accepting_and_returning_at_once(busy_city: CityClock) -> None:
    send(detected(level=4))
    number = orders.live_orders()[0].number
    seen = orders.order(number).version
    crew, mate = staff("crew"), staff("mate")
    said = one_succeeds(
        lambda: orders.accept(number, by=crew, version=seen),
        lambda: orders.return_order(number, reason="不归我处", by=mate, version=seen),
    )
    (made,) = AuditRecord.objects.filter(action__in=["work_order.accept", "work_order.return"])
    won, state, who = {
        "work_order.accept": ("接单", OrderState.HANDLING, "3350"),
        "work_order.return": ("退回", OrderState.RETURNED, "3351"),
    }[made.action]
    assert orders.order(number).state is state
    assert orders.order(number).version == seen + 1
    assert f"{number} 刚刚变了：17:40 {won}（工号 {who}）" in said


def test_a_decision_is_made_by_one(busy_city: CityClock) -> None:
    send(detected(level=3))
    number = ledger.waiting()[0].number
    officer, second = staff("officer"), staff("second")
    said = one_succeeds(
        lambda: ledger.decide(number, "乙", by=officer),
        lambda: ledger.decide(number, "甲", reason="水不深", by=second),
    )
    assert "已经决定（工号 21" in said
    settle()
    assert WorkOrder.objects.count() == {"乙": 2, "甲": 1}[Decision.objects.get().chosen_key]


def test_an_incident_is_closed_by_one(busy_city: CityClock) -> None:
    send(detected(level=4))
    (order,) = orders.live_orders()
    orders.accept(order.number, by=staff("crew"))
    orders.report(order.number, by=staff("crew"))
    officer, grid = staff("officer"), staff("grid")
    one_succeeds(
        lambda: orders.verify_and_close(order.incident_number, result="confirmed", by=officer),
        lambda: orders.verify_and_close(order.incident_number, result="false", by=grid),
        lambda: orders.rework_incident(order.incident_number, reason="还有水", by=staff("second")),
    )
    (made,) = AuditRecord.objects.filter(action__in=["incident.closed", "work_order.rework"])
    found = incidents.incident(order.incident_number)
    if made.action == "work_order.rework":
        assert (found.state, found.result) == (IncidentState.DISPATCHED, "")
    else:
        assert (made.after["result"], made.actor) in {("confirmed", officer.actor), ("false", grid.actor)}
        assert found.result == made.after["result"]


def test_two_reports_of_one_incident_both_count(busy_city: CityClock) -> None:
    send(detected(level=2))
    number = incidents.incident_by_fact(FACT).number
    ledger.decide(ledger.current_decision(number).number, "乙", by=staff("officer"))
    settle()
    first, second = orders.orders_of(number)
    crew, police = staff("crew"), staff("police")
    orders.accept(first.number, by=crew)
    orders.accept(second.number, by=police)
    results = at_once(lambda: orders.report(first.number, by=crew), lambda: orders.report(second.number, by=police))
    assert not [result for result in results if isinstance(result, Exception)], results
    assert incidents.incident(number).state == "reported"


def test_a_fact_opened_by_two_processes_is_one_incident(busy_city: CityClock) -> None:
    results = at_once(*[lambda: facts.open_incident(detected()) for _ in range(4)])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert len(set(map(str, results))) == 1, results
    assert Incident.objects.count() == 1
    assert Decision.objects.count() == 1


def test_a_returned_order_is_sent_out_again_by_one(busy_city: CityClock) -> None:
    send(detected(level=4))
    number = orders.live_orders()[0].number
    orders.return_order(number, reason="不归我处", by=staff("crew"))
    officer, second = staff("officer"), staff("second")
    said = one_succeeds(
        lambda: orders.dispatch_again(number, department_code="subdistrict", by=officer),
        lambda: orders.dispatch_again(number, department_code="traffic_police", by=second),
    )
    fresh = WorkOrder.objects.exclude(number=number).get()
    assert orders.order(number).replaced_by == fresh.number
    assert "工号 21" in said
