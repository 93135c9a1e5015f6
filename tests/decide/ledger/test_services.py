"""The ledger: who may decide, what is kept, and what history a prediction may see."""

from datetime import timedelta

import pytest

from cityloop.decide.ledger import port as ledger
from cityloop.decide.ledger.contracts import ActionLine, OptionDraft
from cityloop.kernel.audit.port import trail
from cityloop.kernel.events.models import OutboxEvent
from cityloop.kernel.problems import Conflict, Forbidden, Invalid, NotFound
from tests.serve.made_city import START, CityClock, staff

LINE = ActionLine("drainage", "", "", "抽排", "Pump", 30)
DRAFTS = [
    OptionDraft("甲", "等", "Wait", True, (LINE,), 120.0),
    OptionDraft("乙", "抽", "Pump", False, (LINE, LINE), 60.0),
]


def proposed(incident: str = "AJ-1", default: str = "乙", level: int = 2) -> str:
    from cityloop.kernel import clock

    options = ledger.with_effects(DRAFTS, class_kind="matter", class_code="10999", level=level, at=clock.now())
    return ledger.propose(
        incident_number=incident,
        class_kind="matter",
        class_code="10999",
        level=level,
        inputs={"value": 20.0},
        options=options,
        default_key=default,
        reason="较快",
        reason_en="faster",
        at=clock.now(),
    )


@pytest.mark.usefixtures("city")
def test_a_decision_keeps_what_it_was_made_from() -> None:
    number = proposed()
    before = ledger.decision(number)
    assert (before.state, before.chosen, before.prediction) == ("proposed", None, None)
    assert [one.number for one in ledger.waiting()] == [number]
    decided = ledger.decide(number, "甲", reason="雨停了", by=staff("officer"))
    assert (decided.state, decided.chosen_key, decided.reason, decided.inputs) == (
        "decided",
        "甲",
        "雨停了",
        {"value": 20.0},
    )
    assert (decided.prediction.minutes, decided.prediction.low, decided.prediction.high) == (120, 48, 300)
    assert decided.decided_by == staff("officer").actor
    assert [one.action for one in trail([("decision", number)])] == ["decision.made", "decision.proposed"]
    made = OutboxEvent.objects.get(kind="decision.made")
    assert made.payload["actions"][0]["action_en"] == "Pump"
    assert ledger.recent_decisions(START)[0].number == number


@pytest.mark.usefixtures("city")
def test_refusals() -> None:
    number = proposed()
    with pytest.raises(Forbidden, match="案件决策"):
        ledger.decide(number, "乙", by=staff("clerk"))
    with pytest.raises(Forbidden, match="值班长决定"):
        ledger.decide(number, "乙", by=None)
    with pytest.raises(Invalid, match="没有方案“丁”，可选：甲、乙"):
        ledger.decide(number, "丁", by=staff("officer"))
    with pytest.raises(Invalid, match="请说明原因"):
        ledger.decide(number, "甲", by=staff("officer"))
    with pytest.raises(NotFound, match="JC-0"):
        ledger.decide("JC-0", "甲", by=staff("officer"))
    ledger.decide(number, "乙", by=staff("officer"))
    with pytest.raises(Conflict, match="已经决定（工号 2107）：方案乙"):
        ledger.decide(number, "乙", by=staff("second"))
    assert OutboxEvent.objects.filter(kind="decision.made").count() == 1


@pytest.mark.usefixtures("city")
def test_a_proposal_takes_the_place_of_an_open_one() -> None:
    first, second = proposed(), proposed()
    assert ledger.decision(first).state == "superseded"
    assert ledger.current_decision("AJ-1").number == second
    with pytest.raises(Conflict, match="已被新的建议取代"):
        ledger.decide(first, "乙", by=staff("officer"))


@pytest.mark.usefixtures("city")
def test_a_default_that_is_no_option_is_refused() -> None:
    with pytest.raises(Invalid, match="default option '丙'"):
        proposed(default="丙")


def test_history_pulls_the_prediction_and_never_peeks(city: CityClock) -> None:
    for place, minutes in enumerate((30, 50, 40)):
        incident = f"AJ-{place}"
        assert ledger.decision(proposed(incident)).option("乙").prediction.n == place
        ledger.decide(ledger.current_decision(incident).number, "乙", by=staff("officer"))
        ended_at = city.at + timedelta(minutes=minutes)
        city.forward(minutes + 5)
        at_this_moment = f"AJ-now-{place}"
        ledger.record_outcome(incident, ended_at=ended_at, confirmed=True)
        assert ledger.current_decision(incident).outcome.measured_minutes == minutes
        # The outcome was recorded at this very moment: it is not known before it.
        assert ledger.decision(proposed(at_this_moment)).option("乙").prediction.n == place
        city.forward(1)
    later = ledger.decision(proposed("AJ-10")).option("乙").prediction
    assert (later.source, later.n) == ("history", 3)
    assert 39 < later.minutes < 120
    assert ledger.decision(proposed("AJ-11")).option("甲").prediction.source == "table"
    # Light cases teach nothing about grave ones.
    assert ledger.decision(proposed("AJ-12", level=1)).option("乙").prediction.source == "table"


def test_what_teaches_nothing_is_no_history(city: CityClock) -> None:
    for place in range(4):
        incident = f"AJ-{place}"
        ledger.decide(proposed(incident), "乙", by=staff("officer"))
        # Two false alarms, and two facts that were over before anybody decided.
        ended_at = city.at + timedelta(minutes=30 if place < 2 else -5)
        ledger.record_outcome(incident, ended_at=ended_at, confirmed=place >= 2)
    city.forward(60)
    assert ledger.decision(proposed("AJ-9")).option("乙").prediction.source == "table"
    assert ledger.calibration().n == 0


def test_calibration(city: CityClock) -> None:
    for place, minutes in enumerate((55, 80, 200)):
        incident = f"AJ-{place}"
        ledger.decide(proposed(incident), "乙", by=staff("officer"))
        ledger.record_outcome(incident, ended_at=city.at + timedelta(minutes=minutes), confirmed=True)
    found = ledger.calibration("matter", "10999")
    assert (found.n, found.inside, found.median_absolute_error) == (3, 2, 20.0)
    assert ledger.calibration("matter", "06028").n == 0
    assert ledger.calibration(since=city.at + timedelta(minutes=1)).share is None


def test_an_outcome_may_be_corrected_and_is_not_written_twice(city: CityClock) -> None:
    number = proposed()
    ledger.decide(number, "乙", by=staff("officer"))
    ended_at = city.at + timedelta(minutes=50)
    for moment in (ended_at, ended_at, ended_at + timedelta(minutes=20)):
        ledger.record_outcome("AJ-1", ended_at=moment, confirmed=True)
    assert ledger.decision(number).outcome.measured_minutes == 70
    assert [one.action for one in trail([("decision", number)])].count("decision.outcome") == 2
