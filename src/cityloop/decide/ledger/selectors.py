"""Reads of the ledger."""

from collections.abc import Iterable
from datetime import datetime
from statistics import median

import msgspec

from cityloop.decide.ledger.contracts import Calibration, DecisionView, Option, Outcome, Prediction
from cityloop.decide.ledger.models import Decision

HISTORY_MAX = 500
CALIBRATION_MAX = 5000


def decision(number: str) -> DecisionView | None:
    """A decision by its number."""
    row = Decision.objects.filter(number=number).first()
    return view(row) if row else None


def decisions_of(incident_number: str) -> list[DecisionView]:
    """Every decision on an incident, oldest first."""
    return [view(row) for row in Decision.objects.filter(incident_number=incident_number).order_by("id")[:100]]


def current_decision(incident_number: str) -> DecisionView | None:
    """The newest decision on an incident that was not superseded."""
    rows = Decision.objects.filter(incident_number=incident_number).exclude(state=Decision.State.SUPERSEDED)
    row = rows.order_by("-id").first()
    return view(row) if row else None


def decisions_by_incident(numbers: Iterable[str]) -> dict[str, DecisionView]:
    """The newest decision of each of these incidents (at most 2,000)."""
    rows = Decision.objects.filter(incident_number__in=list(numbers)[:2000]).exclude(state=Decision.State.SUPERSEDED)
    return {row.incident_number: view(row) for row in rows.order_by("id")}


def recent_decisions(since: datetime, limit: int = 200) -> list[DecisionView]:
    """Decisions made since a time, oldest first."""
    rows = Decision.objects.filter(state=Decision.State.DECIDED, decided_at__gte=since).order_by("-decided_at")[:limit]
    return [view(row) for row in reversed(rows)]


def waiting(limit: int = 500) -> list[DecisionView]:
    """Proposals that wait for a duty officer, oldest first."""
    return [view(row) for row in Decision.objects.filter(state=Decision.State.PROPOSED).order_by("proposed_at")[:limit]]


def measured_before(*, class_kind: str, class_code: str, level: int, option_key: str, before: datetime) -> list[float]:
    """Measured minutes of true incidents of this class, level and option, recorded before a time: no peeking.

    The level counts: a light response to light incidents looks fast, and would else be proposed for
    grave ones too.
    """
    rows = Decision.objects.filter(
        state=Decision.State.DECIDED,
        class_kind=class_kind,
        class_code=class_code,
        level=level,
        chosen_key=option_key,
        confirmed=True,
        measured_minutes__gt=0,
        recorded_at__lt=before,
    )
    newest = rows.order_by("-recorded_at").values_list("measured_minutes", flat=True)[:HISTORY_MAX]
    return [minutes for minutes in newest if minutes is not None]


def calibration(
    class_kind: str | None = None,
    class_code: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Calibration:
    """How well the predictions of true incidents held (the newest 5,000)."""
    rows = Decision.objects.filter(state=Decision.State.DECIDED, confirmed=True, measured_minutes__gt=0)
    if class_kind is not None:
        rows = rows.filter(class_kind=class_kind)
    if class_code is not None:
        rows = rows.filter(class_code=class_code)
    if since is not None:
        rows = rows.filter(decided_at__gte=since)
    if until is not None:
        rows = rows.filter(decided_at__lt=until)
    found = [view(row) for row in rows.order_by("-id")[:CALIBRATION_MAX]]
    judged = [one.outcome for one in found if one.outcome is not None]
    if not judged:
        return Calibration(0, 0, None, None)
    inside = sum(outcome.in_interval for outcome in judged)
    return Calibration(
        len(judged), inside, inside / len(judged), round(float(median(abs(one.error) for one in judged)), 1)
    )


def view(row: Decision) -> DecisionView:
    """A decision's row as other features see it."""
    prediction = outcome = None
    if row.predicted_minutes is not None and row.predicted_low is not None and row.predicted_high is not None:
        prediction = Prediction(
            row.predicted_minutes, row.predicted_low, row.predicted_high, row.predicted_from, row.predicted_n
        )
        if row.measured_minutes is not None and row.ended_at is not None and row.recorded_at is not None:
            outcome = Outcome(
                measured_minutes=row.measured_minutes,
                ended_at=row.ended_at,
                recorded_at=row.recorded_at,
                error=round(row.measured_minutes - prediction.minutes, 1),
                in_interval=prediction.low <= row.measured_minutes <= prediction.high,
            )
    return DecisionView(
        number=row.number,
        incident_number=row.incident_number,
        state=row.state,
        class_kind=row.class_kind,
        class_code=row.class_code,
        level=row.level,
        inputs=row.inputs,
        options=msgspec.convert(row.options, tuple[Option, ...]),
        default_key=row.default_key,
        chosen_key=row.chosen_key,
        reason=row.reason,
        reason_en=row.reason_en,
        decided_by=row.decided_by,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        prediction=prediction,
        outcome=outcome,
    )
