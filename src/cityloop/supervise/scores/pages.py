"""What came of the work: by department, class, rule and incident."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cityloop.analyse.detection.port import rules as detection_rules
from cityloop.decide.ledger.port import calibration
from cityloop.kernel import clock
from cityloop.kernel.access import requires
from cityloop.kernel.organisations.port import organization_names
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.problems import BadRequest, NotFound
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui.responses import csv_response
from cityloop.kernel.ui.wording import is_chinese
from cityloop.kernel.ui.words import choice_words
from cityloop.serve.incidents import port as incidents
from cityloop.supervise.scores import selectors
from cityloop.supervise.scores.contracts import GroupRecord, ScoreView
from cityloop.supervise.scores.words import part_words, step_words

PERIODS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30), "all": None}
TABLES = ("departments", "classes", "rules", "incidents")
NEWEST = 50
GROUP_HEADER = (
    "key",
    "incidents",
    "orders",
    "accept_minutes",
    "handle_minutes",
    "verify_minutes",
    "on_time_share",
    "rework_share",
    "absolute_error_minutes",
    "inside_interval_share",
    "average_total",
)


@require_safe
@requires(Permission.VIEW_SCORES)
def overview(request: HttpRequest) -> HttpResponseBase:
    """Departments, classes, rules and the newest incidents of a period."""
    period = request.GET.get("period", "week")
    if period not in PERIODS:
        raise BadRequest(choice_words("period", period, PERIODS))
    length = PERIODS[period]
    since = clock.now() - length if length is not None else None
    if request.GET.get("format") == "csv":
        return _csv(request.GET.get("table", "departments"), since)
    names = _rule_names()
    records = selectors.rule_records(since)
    newest = selectors.scores(since, limit=NEWEST)
    abouts = incidents.incidents_by_number(score.incident_number for score in newest)
    context = {
        "period": period,
        "periods": [("day", _("24 hours")), ("week", _("7 days")), ("month", _("30 days")), ("all", _("All"))],
        "departments": _named(selectors.department_records(since), _department_names()),
        "classes": _named(selectors.class_records(since), _class_names()),
        "rules": [{"record": one, "name": names.get(one.rule_id, one.rule_id)} for one in records],
        "wolves": [{"record": one, "name": names.get(one.rule_id, one.rule_id)} for one in records if one.cries_wolf],
        "newest": [{"score": score, "incident": abouts.get(score.incident_number)} for score in newest],
        "calibration": calibration(since=since),
    }
    return render(request, "supervise_scores/overview.html", context)


@require_safe
@requires(Permission.VIEW_SCORES)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The score of one incident: how it came about."""
    score = selectors.score(number)
    if score is None:
        raise NotFound(_("%(number)s has no score: it is given when the incident is closed.") % {"number": number[:40]})
    context = {
        "score": score,
        "incident": incidents.incident(number),
        "rule": _rule_names().get(score.rule_id, score.rule_id),
        "result": incidents.result_words(score.result),
        "parts": [{"label": part_words(part.name), "part": part} for part in score.parts],
        "steps": [{"label": step_words(step.name), "step": step} for step in score.steps],
    }
    return render(request, "supervise_scores/score.html", context)


def _named(records: Iterable[GroupRecord], names: dict[str, tuple[str, str]]) -> list[dict[str, object]]:
    found = []
    for record in records:
        name, name_en = names.get(record.key, (record.key, record.key))
        found.append({"record": record, "name": name if is_chinese() else name_en or name})
    return found


def _department_names() -> dict[str, tuple[str, str]]:
    return {one.code: (one.name, one.name_en) for one in organization_names().values()}


def _rule_names() -> dict[str, str]:
    return {
        str(one.id): one.definition.name if is_chinese() else one.definition.name_en or one.definition.name
        for one in detection_rules()
    }


def _class_names() -> dict[str, tuple[str, str]]:
    return {f"{one.kind} {one.code}": (one.name, one.name_en) for one in incidents.incident_classes()}


def _csv(name: str, since: datetime | None) -> HttpResponseBase:
    if name == "incidents":
        return csv_response("scores.csv", INCIDENT_HEADER, (_incident_row(one) for one in selectors.scores(since)))
    if name == "rules":
        rows: Sequence[Sequence[object]] = [
            (one.rule_id, one.closed, one.false, round(one.share, 4), round(one.lower_bound, 4), one.cries_wolf)
            for one in selectors.rule_records(since)
        ]
        return csv_response("rules.csv", ("rule", "closed", "false", "share", "wilson_lower", "cries_wolf"), rows)
    if name not in TABLES:
        raise BadRequest(choice_words("table", name, TABLES))
    records = selectors.class_records(since) if name == "classes" else selectors.department_records(since)
    return csv_response(f"{name}.csv", GROUP_HEADER, (_group_row(one) for one in records))


INCIDENT_HEADER = (
    "incident",
    "class_kind",
    "class_code",
    "level",
    "department",
    "rule",
    "result",
    "total",
    "predicted_minutes",
    "low",
    "high",
    "measured_minutes",
    "in_interval",
    "reworks",
    "returns",
    "opened_at",
    "closed_at",
)


def _incident_row(one: ScoreView) -> tuple[object, ...]:
    return (
        one.incident_number,
        one.class_kind,
        one.class_code,
        one.level,
        one.department_code,
        one.rule_id,
        one.result,
        one.total,
        one.predicted,
        one.low,
        one.high,
        one.measured,
        one.in_interval,
        one.reworks,
        one.returns,
        one.opened_at.isoformat(timespec="seconds"),
        one.closed_at.isoformat(timespec="seconds"),
    )


def _group_row(one: GroupRecord) -> tuple[object, ...]:
    return (
        one.key,
        one.incidents,
        one.orders,
        one.accept_minutes,
        one.handle_minutes,
        one.verify_minutes,
        one.on_time_share,
        one.rework_share,
        one.absolute_error,
        one.inside_share,
        one.average_total,
    )
