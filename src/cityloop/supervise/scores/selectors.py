"""Reads of scores."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from statistics import mean, median

import msgspec
from django.db.models import Count, Q, QuerySet

from cityloop.supervise.scores.contracts import GroupRecord, RuleRecord, ScorePart, ScoreView, StepTime
from cityloop.supervise.scores.formula import cries_wolf, share_true, wilson_lower
from cityloop.supervise.scores.models import IncidentScore, OrderScore

ROWS_MAX = 20_000


def score(incident_number: str) -> ScoreView | None:
    """The score of an incident."""
    row = IncidentScore.objects.filter(incident_number=incident_number).first()
    return view(row) if row else None


def score_by_id(number: int) -> ScoreView | None:
    """A score by its id: the loop's `score`."""
    row = IncidentScore.objects.filter(id=number).first()
    return view(row) if row else None


def scores_by_incident(numbers: Iterable[str]) -> dict[str, ScoreView]:
    """The scores of these incidents."""
    rows = IncidentScore.objects.filter(incident_number__in=list(numbers)[:5000])
    return {row.incident_number: view(row) for row in rows}


def scores(since: datetime | None = None, until: datetime | None = None, limit: int = 5000) -> list[ScoreView]:
    """Scores of incidents closed in a period, newest first."""
    return [view(row) for row in _closed(since, until).order_by("-closed_at", "-id")[:limit]]


def rule_records(since: datetime | None = None, until: datetime | None = None) -> list[RuleRecord]:
    """How often each rule was right, the worst first."""
    rows = (
        _closed(since, until)
        .values("rule_id")
        .annotate(closed=Count("id"), false=Count("id", filter=Q(result="false")))
        .order_by("rule_id")[:1000]
    )
    found = [
        RuleRecord(
            rule_id=row["rule_id"],
            closed=row["closed"],
            false=row["false"],
            share=row["false"] / row["closed"],
            lower_bound=wilson_lower(row["false"], row["closed"]),
            cries_wolf=cries_wolf(row["false"], row["closed"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.lower_bound, -one.share, one.rule_id))


def department_records(since: datetime | None = None, until: datetime | None = None) -> list[GroupRecord]:
    """Figures of each department, from its orders; the effect is that of the incidents it worked on."""
    return _records(since, until, lambda order: order.department_code)


def class_records(since: datetime | None = None, until: datetime | None = None) -> list[GroupRecord]:
    """Figures of each class; the key is `kind code`."""
    return _records(since, until, lambda order: f"{order.score.class_kind} {order.score.class_code}")


def _records(since: datetime | None, until: datetime | None, key_of: Callable[[OrderScore], str]) -> list[GroupRecord]:
    rows = OrderScore.objects.select_related("score").filter(score__in=_closed(since, until).values("id"))
    groups: dict[str, list[OrderScore]] = defaultdict(list)
    for row in rows.order_by("-id")[:ROWS_MAX]:
        groups[key_of(row)].append(row)
    return sorted((_record(key, members) for key, members in groups.items()), key=lambda one: (-one.orders, one.key))


def _record(key: str, members: list[OrderScore]) -> GroupRecord:
    whole = {one.score_id: one.score for one in members}.values()
    judged = [one for one in whole if one.in_interval is not None]
    flags = [flag for one in members for flag in (one.accept_on_time, one.handle_on_time) if flag is not None]
    return GroupRecord(
        key=key,
        incidents=len(whole),
        orders=len(members),
        accept_minutes=_median(one.accept_minutes for one in members),
        handle_minutes=_median(one.handle_minutes for one in members),
        verify_minutes=_median(one.verify_minutes for one in whole),
        on_time_share=share_true(flags),
        rework_share=share_true([one.reworks > 0 for one in members]),
        absolute_error=_median(
            abs(one.measured - one.predicted)
            for one in judged
            if one.measured is not None and one.predicted is not None
        ),
        inside_share=share_true([bool(one.in_interval) for one in judged]),
        average_total=round(mean(one.total for one in whole), 1) if whole else None,
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(float(median(known)), 1) if known else None


def _closed(since: datetime | None, until: datetime | None) -> QuerySet[IncidentScore]:
    rows = IncidentScore.objects.all()
    if since is not None:
        rows = rows.filter(closed_at__gte=since)
    if until is not None:
        rows = rows.filter(closed_at__lt=until)
    return rows


def view(row: IncidentScore) -> ScoreView:
    """A score's row as other features see it."""
    error = None
    if row.measured is not None and row.predicted is not None:
        error = round(row.measured - row.predicted, 1)
    return ScoreView(
        id=row.id,
        incident_number=row.incident_number,
        class_kind=row.class_kind,
        class_code=row.class_code,
        level=row.level,
        department_code=row.department_code,
        rule_id=row.rule_id,
        result=row.result,
        total=row.total,
        parts=msgspec.convert(row.parts, tuple[ScorePart, ...]),
        steps=msgspec.convert(row.steps, tuple[StepTime, ...]),
        predicted=row.predicted,
        low=row.low,
        high=row.high,
        measured=row.measured,
        error=error,
        in_interval=row.in_interval,
        reworks=row.reworks,
        returns=row.returns,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        scored_at=row.scored_at,
    )
