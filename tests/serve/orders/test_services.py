"""Every move of an order: who may make it, what it needs, what it leaves behind."""

from datetime import timedelta

import pytest

from cityloop.decide.ledger import port as ledger
from cityloop.kernel.audit.models import AuditRecord
from cityloop.kernel.audit.port import trail
from cityloop.kernel.events.models import OutboxEvent
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import trace
from cityloop.kernel.problems import Conflict, Forbidden, Invalid, NotFound
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentState
from cityloop.serve.orders import port as orders
from cityloop.serve.orders.contracts import OrderState
from cityloop.serve.orders.models import WorkOrder
from tests.serve.made_city import CityClock, detected, send, settle, staff

FACT = "SW-0417/1"


@pytest.fixture
def order(city: CityClock) -> str:
    """One order of the drainage office."""
    send(detected(level=4))
    return orders.live_orders()[0].number


@pytest.fixture
def pair(city: CityClock) -> tuple[str, str]:
    """Two orders of one incident: drainage and police."""
    send(detected(level=2))
    number = incidents.incident_by_fact(FACT).number
    ledger.decide(ledger.current_decision(number).number, "乙", by=staff("officer"))
    settle()
    first, second = orders.orders_of(number)
    return first.number, second.number


def state(number: str) -> OrderState:
    return orders.order(number).state


def incident_of(number: str) -> incidents.incident:  # type: ignore[valid-type]
    return incidents.incident(orders.order(number).incident_number)


def test_permissions_of_every_service(order: str) -> None:
    number = orders.order(order).incident_number
    for act in (
        lambda who: orders.accept(order, by=who),
        lambda who: orders.report(order, by=who),
        lambda who: orders.return_order(order, reason="不行", by=who),
        lambda who: orders.assign(order, person_id=None, by=who),
        lambda who: orders.dispatch_again(order, department_code="drainage", by=who),
        lambda who: orders.rework(order, reason="不行", by=who),
        lambda who: orders.void_order(order, reason="不行", by=who),
        lambda who: orders.void_incident(number, reason="不行", by=who),
        lambda who: orders.rework_incident(number, reason="不行", by=who),
        lambda who: orders.verify_and_close(number, result="confirmed", by=who),
    ):
        with pytest.raises(Forbidden, match="需要权限"):
            act(staff("viewer"))
    with pytest.raises(Forbidden, match="需要权限“核查结案”"):
        orders.verify_and_close(number, result="confirmed", by=staff("clerk"))
    with pytest.raises(Forbidden, match="处置工单"):
        orders.accept(order, by=staff("officer"))
    assert state(order) is OrderState.DISPATCHED


def test_another_departments_order_does_not_exist_for_them(order: str) -> None:
    for act in (orders.accept, orders.report):
        with pytest.raises(NotFound, match=order):
            act(order, by=staff("police"))
    with pytest.raises(NotFound):
        orders.return_order(order, reason="不归我们", by=staff("police"))


def test_a_move_leaves_stage_audit_link_and_event(order: str, city: CityClock) -> None:
    city.forward(3)
    orders.accept(order, by=staff("crew"))
    city.forward(9)
    report = orders.report(order, by=staff("crew"), note="好了", longitude=121.5, latitude=31.5)
    assert [stage.stage for stage in incidents.order_stages(order)] == ["dispatch", "accept", "report"]
    acts = trail([("work_order", order)])
    assert [one.action for one in acts] == ["work_order.report", "work_order.accept", "work_order.dispatched"]
    assert acts[0].actor == staff("crew").actor
    assert (Ref("work_order", order), Ref("report", str(report))) in {
        (arrow.origin, arrow.target) for arrow in trace(Ref("work_order", order))
    }
    kinds = list(OutboxEvent.objects.filter(payload__number=order).values_list("payload__what", flat=True))
    assert kinds == ["dispatched", "accept", "report"]


def test_the_clocks_of_an_order(order: str, city: CityClock) -> None:
    sent = city.at
    found = orders.order(order)
    assert (found.accept_due_at, found.due_at) == (sent + timedelta(minutes=15), sent + timedelta(minutes=15))
    assert found.used(city.forward(6)) == pytest.approx(0.4)
    city.forward(14)
    assert [one.number for one in orders.overdue(city.at)] == [order]
    orders.accept(order, by=staff("crew"))
    found = orders.order(order)
    assert found.late_accept
    assert found.handle_due_at == found.due_at == city.at + timedelta(minutes=240)
    assert found.assignee_number == "3350"
    orders.report(order, by=staff("crew"))
    assert (orders.order(order).due_at, orders.order(order).late_handle) == (None, False)


def test_nobody_reports_what_a_colleague_has_in_hand(order: str) -> None:
    orders.accept(order, by=staff("crew"))
    for act in (orders.report, lambda number, by: orders.return_order(number, reason="不归我处", by=by)):
        with pytest.raises(Forbidden, match=f"{order} 已由工号 3350 接手，只能由其本人或本单位调度员反馈"):
            act(order, by=staff("mate"))
    assert state(order) is OrderState.HANDLING
    orders.assign(order, person_id=staff("mate").id, by=staff("clerk"))
    with pytest.raises(Forbidden, match="已由工号 3351 接手"):
        orders.report(order, by=staff("crew"))
    orders.report(order, by=staff("mate"))
    assert AuditRecord.objects.get(action="work_order.report").after.get("on_behalf_of") is None


def test_the_desk_reports_for_its_crew_and_the_trail_names_both(order: str) -> None:
    orders.accept(order, by=staff("crew"))
    orders.report(order, by=staff("clerk"), note="电话报告已处置")
    told = AuditRecord.objects.get(action="work_order.report")
    assert (told.actor, told.after["on_behalf_of"]) == (staff("clerk").actor, staff("crew").actor)


def test_what_nobody_in_particular_has_anybody_of_the_crew_reports(order: str) -> None:
    orders.accept(order, by=staff("clerk"))
    assert orders.order(order).assignee_id is None
    orders.report(order, by=staff("mate"))
    assert state(order) is OrderState.REPORTED


def test_who_accepts_has_it_though_it_was_meant_for_a_colleague(order: str) -> None:
    orders.assign(order, person_id=staff("mate").id, by=staff("clerk"))
    orders.accept(order, by=staff("crew"))
    assert orders.order(order).assignee_number == "3350"
    orders.report(order, by=staff("crew"))


def test_an_illegal_move_says_where_it_stands_and_what_is_allowed(order: str, city: CityClock) -> None:
    with pytest.raises(
        Conflict, match=f"{order} 不能“反馈”：现在是“已派遣”（17:40 派遣，系统）。允许的步骤：接单、分派、退回、作废。"
    ):
        orders.report(order, by=staff("crew"))
    orders.accept(order, by=staff("crew"))
    with pytest.raises(Conflict, match="现在是“处置中”（17:40 接单，工号 3350）"):
        orders.accept(order, by=staff("mate"))


def test_an_old_version_is_refused(order: str) -> None:
    seen = orders.order(order).version
    orders.assign(order, person_id=None, by=staff("clerk"))
    with pytest.raises(Conflict, match="刚刚变了"):
        orders.accept(order, by=staff("crew"), version=seen)


def test_a_returned_order_waits_for_the_duty_officer(pair: tuple[str, str]) -> None:
    first, second = pair
    with pytest.raises(Invalid, match="“退回”需要说明原因"):
        orders.return_order(first, reason="", by=staff("crew"))
    orders.return_order(first, reason="泵车都在外面", by=staff("crew"))
    orders.accept(second, by=staff("police"))
    orders.report(second, by=staff("police"))
    assert incident_of(first).state is IncidentState.HANDLING
    with pytest.raises(Conflict, match="核查结案"):
        orders.verify_and_close(orders.order(first).incident_number, result="confirmed", by=staff("grid"))
    with pytest.raises(Forbidden, match="全市岗位"):
        orders.dispatch_again(first, department_code="subdistrict", by=staff("clerk"))
    with pytest.raises(Invalid, match="没有部门“moon”"):
        orders.dispatch_again(first, department_code="moon", by=staff("officer"))
    fresh = orders.dispatch_again(first, department_code="subdistrict", reason="请协助", by=staff("officer"))
    assert orders.order(fresh).origin == Ref("work_order", first)
    with pytest.raises(Conflict, match="刚刚变了"):
        orders.dispatch_again(first, department_code="subdistrict", by=staff("second"))
    orders.accept(fresh, by=staff("grid"))
    orders.report(fresh, by=staff("grid"))
    assert incident_of(first).state is IncidentState.REPORTED


def test_nobody_verifies_their_own_work(pair: tuple[str, str]) -> None:
    first, second = pair
    orders.return_order(first, reason="不归我处", by=staff("crew"))
    fresh = orders.dispatch_again(first, department_code="subdistrict", by=staff("officer"))
    for number, who in ((fresh, "grid"), (second, "police")):
        orders.accept(number, by=staff(who))
        orders.report(number, by=staff(who))
    number = orders.order(first).incident_number
    with pytest.raises(Forbidden, match="须由别人核查"):
        orders.verify_and_close(number, result="confirmed", by=staff("grid"))
    orders.verify_and_close(number, result="confirmed", by=staff("officer"))
    assert state(fresh) is state(second) is OrderState.CLOSED


def test_rework_is_another_round_with_a_fresh_clock(order: str, city: CityClock) -> None:
    orders.accept(order, by=staff("crew"))
    orders.report(order, by=staff("crew"))
    number = orders.order(order).incident_number
    city.forward(10)
    with pytest.raises(Invalid):
        orders.rework_incident(number, reason="", by=staff("grid"))
    assert orders.rework_incident(number, reason="还有积水", by=staff("grid")) == [order]
    again = orders.order(order)
    assert (again.state, again.round, again.accept_due_at) == (
        OrderState.DISPATCHED,
        2,
        city.at + timedelta(minutes=15),
    )
    assert incident_of(order).state is IncidentState.DISPATCHED
    assert incident_of(order).verify_due_at is None
    with pytest.raises(Conflict, match="没有可退回返工的工单：现在是“已派遣”"):
        orders.rework_incident(number, reason="还有积水", by=staff("grid"))


def test_voiding(pair: tuple[str, str]) -> None:
    first, second = pair
    orders.void_order(first, reason="不用泵车", by=staff("officer"))
    with pytest.raises(Conflict, match="最后一张工单"):
        orders.void_order(second, reason="也不用", by=staff("officer"))
    number = orders.order(first).incident_number
    orders.void_incident(number, reason="重复案件", by=staff("officer"))
    assert state(second) is OrderState.VOID
    assert incidents.incident(number).state is IncidentState.VOID
    with pytest.raises(Conflict, match="允许的步骤：无"):
        orders.void_incident(number, reason="重复案件", by=staff("officer"))


def test_a_decision_on_a_void_incident_sends_nobody(city: CityClock) -> None:
    send(detected(level=2))
    number = incidents.incident_by_fact(FACT).number
    ledger.decide(ledger.current_decision(number).number, "乙", by=staff("officer"))
    orders.void_incident(number, reason="重复案件", by=staff("officer"))
    settle()
    assert orders.orders_of(number) == []


def test_only_a_member_of_the_department_gets_an_order(order: str) -> None:
    for name in ("police", "head"):
        person = staff(name)
        if name == "head":
            orders.assign(order, person_id=person.id, by=staff("clerk"))
            continue
        with pytest.raises(Invalid, match="不能交给这个人"):
            orders.assign(order, person_id=person.id, by=staff("clerk"))
    orders.assign(order, person_id=None, by=staff("clerk"))
    assert orders.order(order).assignee_id is None


def test_in_bulk_the_others_stand(pair: tuple[str, str]) -> None:
    first, second = pair
    result = orders.accept_many([first, second, "GD-0", first], by=staff("crew"))
    assert result.done == (first,)
    assert [number for number, _ in result.refused] == [second, "GD-0"]


def test_positions_and_results_are_checked(order: str) -> None:
    orders.accept(order, by=staff("crew"))
    with pytest.raises(Invalid, match="位置 181"):
        orders.report(order, by=staff("crew"), longitude=181.0, latitude=0.0)
    with pytest.raises(Invalid, match="核查结果“maybe”"):
        orders.verify_and_close(orders.order(order).incident_number, result="maybe", by=staff("grid"))
    assert state(order) is OrderState.HANDLING
    assert not WorkOrder.objects.exclude(reported_at=None).exists()


def test_which_moves_to_offer(pair: tuple[str, str]) -> None:
    about = incident_of(pair[0])
    assert orders.moves_open_to(staff("officer"), about) == {"void"}
    assert orders.moves_open_to(staff("officer"), about, waits_for_decision=True) == {"void", "decide"}
    assert orders.moves_open_to(staff("viewer"), about) == frozenset()
    for number, who in zip(pair, ("crew", "police"), strict=True):
        orders.accept(number, by=staff(who))
        orders.report(number, by=staff(who))
    assert orders.moves_open_to(staff("grid"), incident_of(pair[0])) == {"verify", "rework"}
