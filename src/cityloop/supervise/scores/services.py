"""Writing scores."""

from collections.abc import Sequence
from dataclasses import asdict

import msgspec
from django.db import transaction

from cityloop.decide.ledger import port as ledger
from cityloop.decide.ledger.contracts import DecisionView
from cityloop.kernel import clock
from cityloop.kernel.audit.port import record
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import link
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentState, IncidentView, Result, StageView
from cityloop.serve.orders import port as orders
from cityloop.serve.orders.contracts import OrderState, OrderView
from cityloop.supervise.scores.formula import effect_share, parts, total
from cityloop.supervise.scores.measuring import order_times, step_times, verify_on_time
from cityloop.supervise.scores.models import IncidentScore, OrderScore

MACHINE = "machine:supervise"


@transaction.atomic
def score_incident(number: str) -> float | None:
    """Score a closed incident, or score it again when its outcome came or changed.

    Returns:
        The total, 0 to 100; None when the incident is not closed.
    """
    about = incidents.incident(number)
    if about is None or about.state not in {IncidentState.CLOSED, IncidentState.ASSESSED} or about.closed_at is None:
        return None
    stages = incidents.stages(number)
    decided = [one for one in ledger.decisions_of(number) if one.state == "decided"]
    decision = decided[-1] if decided else None
    worked = [order for order in orders.orders_of(number) if order.state is not OrderState.VOID]
    measured = [order_times(order, stages) for order in worked]
    given = parts(
        accepted_on_time=[one.accept_on_time for one in measured if one.accept_on_time is not None],
        handled_on_time=[one.handle_on_time for one in measured if one.handle_on_time is not None],
        verified_on_time=verify_on_time(about),
        reworks=sum(one.reworks for one in measured),
        returns=sum(one.returned for one in measured),
        effect=_effect(about, decision),
    )
    steps = step_times(
        about,
        measured,
        stages,
        proposed_at=decision.proposed_at if decision else None,
        decided_at=decision.decided_at if decision else None,
        limits=_limits(about, worked),
    )
    row, fresh = IncidentScore.objects.update_or_create(
        incident_number=number,
        defaults={
            "total": total(given),
            "parts": msgspec.to_builtins(given),
            "steps": msgspec.to_builtins(steps),
            "verify_minutes": next(step.minutes for step in steps if step.name == "verify"),
            "verify_on_time": verify_on_time(about),
            "reworks": sum(one.reworks for one in measured),
            "returns": sum(one.returned for one in measured),
            "scored_at": clock.now(),
            **_about_columns(about),
            **_effect_columns(about, decision),
        },
    )
    OrderScore.objects.filter(score=row).delete()
    OrderScore.objects.bulk_create(OrderScore(score=row, **asdict(one)) for one in measured)
    record(
        "incident.scored" if fresh else "incident.scored_again",
        about=("score", str(row.id)),
        actor=MACHINE,
        after={"incident": number, "total": row.total, "measured": row.measured},
    )
    _close_the_loop(row, about, stages)
    return row.total


def _about_columns(about: IncidentView) -> dict[str, object]:
    return {
        "class_kind": about.class_kind,
        "class_code": about.class_code,
        "level": about.level,
        "department_code": about.department_code,
        "district_code": about.district_code,
        "rule_kind": about.rule.kind,
        "rule_id": about.rule.id,
        "result": about.result,
        "opened_at": about.opened_at,
        "closed_at": about.closed_at,
    }


def _effect_columns(about: IncidentView, decision: DecisionView | None) -> dict[str, object]:
    outcome = decision.outcome if decision and about.result == Result.CONFIRMED else None
    prediction = decision.prediction if decision else None
    return {
        "predicted": prediction.minutes if prediction else None,
        "low": prediction.low if prediction else None,
        "high": prediction.high if prediction else None,
        "measured": outcome.measured_minutes if outcome else None,
        "in_interval": outcome.in_interval if outcome and outcome.measured_minutes > 0 else None,
    }


def _limits(about: IncidentView, worked: Sequence[OrderView]) -> dict[str, float]:
    limits = {
        name: float(
            orders.limit_minutes(name, class_kind=about.class_kind, class_code=about.class_code, level=about.level)
        )
        for name in ("accept", "handle", "verify")
    }
    if worked:
        limits["handle"] = float(max(order.limit_minutes for order in worked))
    return limits


def _effect(about: IncidentView, decision: DecisionView | None) -> float | None:
    if decision is None or decision.prediction is None or decision.outcome is None or about.result != Result.CONFIRMED:
        return None
    meant = decision.prediction
    return effect_share(meant.minutes, meant.low, meant.high, decision.outcome.measured_minutes)


def _close_the_loop(row: IncidentScore, about: IncidentView, stages: Sequence[StageView]) -> None:
    verification = next((stage for stage in reversed(stages) if stage.stage == "verify"), None)
    if verification is not None:
        link(Ref("verification", str(verification.id)), Ref("score", str(row.id)), "assessed", row.scored_at)
    link(Ref("score", str(row.id)), about.rule, "written back", row.scored_at)
    if about.state is IncidentState.CLOSED:
        incidents.mark_assessed(about.number, actor=MACHINE)
