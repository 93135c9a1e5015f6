"""What each section of the page shows, as plain data for its template."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cityloop.analyse.detection.contracts import Level
from cityloop.decide.ledger.contracts import DecisionView, Option
from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.desk.whole_loop.distance import distance_m
from cityloop.desk.whole_loop.progress import expected_end, minutes
from cityloop.kernel import clock
from cityloop.kernel.audit.contracts import AuditView
from cityloop.kernel.ui.contracts import TimelineEntry
from cityloop.kernel.ui.markup import number_text
from cityloop.kernel.ui.wording import is_chinese
from cityloop.serve.incidents.contracts import StageView
from cityloop.serve.incidents.port import actor_words, stage_words, state_words
from cityloop.serve.orders.contracts import OrderView
from cityloop.supervise.scores.contracts import StepTime


@dataclass(frozen=True)
class OptionRow:
    """An option of a decision with what it would mean."""

    option: Option
    chosen: bool
    proposed: bool


@dataclass(frozen=True)
class DecisionPart:
    """The decision and what came of it. `who` decided, in words; the rest are times."""

    view: DecisionView
    rows: tuple[OptionRow, ...]
    who: str
    ends_low: datetime | None
    ends_at: datetime | None
    ends_high: datetime | None


@dataclass(frozen=True)
class OrderRow:
    """A work order with its clocks: minutes taken and allowed for accepting and handling, or the running share used."""

    order: OrderView
    state: str
    accept_min: float | None
    accept_limit_min: float | None
    handle_min: float | None
    handle_limit_min: float | None
    used: float


@dataclass(frozen=True)
class StageRow:
    """A move with words for the reader; `away` is how far from the place of the fact it was noted."""

    stage: StageView
    words: str
    who: str
    away: str


@dataclass(frozen=True)
class ScoredStep:
    """A step in the score: minutes taken and allowed; `difference` of the two, signed, in words."""

    time: StepTime
    words: str
    difference: str


def decision_part(loop: WholeLoop) -> DecisionPart | None:
    """The decision that counts; None before options were worked out."""
    view = loop.decision
    if view is None:
        return None
    predicted = expected_end(loop)
    return DecisionPart(
        view=view,
        rows=tuple(
            OptionRow(option, option.key == view.chosen_key, option.key == view.default_key) for option in view.options
        ),
        who=actor_words([view.decided_by])[view.decided_by] if view.decided_by else "",
        ends_low=predicted[0] if predicted else None,
        ends_at=predicted[1] if predicted else None,
        ends_high=predicted[2] if predicted else None,
    )


def order_rows(loop: WholeLoop) -> tuple[OrderRow, ...]:
    """Every work order."""
    now = clock.now()
    return tuple(
        OrderRow(
            order=order,
            state=state_words(order.state.value),
            accept_min=minutes(order.dispatched_at, order.accepted_at),
            accept_limit_min=minutes(order.dispatched_at, order.accept_due_at),
            handle_min=minutes(order.accepted_at, order.reported_at),
            handle_limit_min=minutes(order.accepted_at, order.handle_due_at),
            used=order.used(now),
        )
        for order in loop.orders
    )


def stage_rows(loop: WholeLoop, names: frozenset[str]) -> tuple[StageRow, ...]:
    """The moves of these names, oldest first."""
    found = [one for one in loop.stages if one.stage in names]
    words = actor_words(one.actor for one in found)
    return tuple(StageRow(one, stage_words(one.stage), words[one.actor], _away(loop, one)) for one in found)


def audit_entries(records: list[AuditView]) -> tuple[TimelineEntry, ...]:
    """The audit trail, newest first."""
    words = actor_words(record.actor for record in records)
    return tuple(
        TimelineEntry(
            at=record.at,
            actor=words[record.actor],
            text=_("%(act)s %(object)s: %(reason)s") % {**_act(record), "reason": _reason(record)}
            if record.reason
            else _("%(act)s %(object)s") % _act(record),
        )
        for record in records
    )


def _reason(record: AuditView) -> str:
    return record.reason if is_chinese() else record.reason_en or record.reason


def rule_levels(loop: WholeLoop) -> tuple[Level, ...]:
    """From which value on the rule gives which level, the mildest first; nothing without a rule."""
    if loop.rule is None:
        return ()
    return tuple(sorted(loop.rule.definition.levels, key=lambda one: one.at_least))


def scored_steps(loop: WholeLoop) -> tuple[ScoredStep, ...]:
    """The steps of the score; nothing before there is one."""
    return tuple(
        ScoredStep(
            time,
            step_label(time.name),
            difference(None if None in (time.minutes, time.limit_minutes) else time.minutes - time.limit_minutes),  # type: ignore[operator]
        )
        for time in (loop.score.steps if loop.score else ())
    )


def difference(minutes_more: float | None) -> str:
    """Signed minutes; nothing when they are not known."""
    if minutes_more is None:
        return ""
    text = number_text(minutes_more, 0)
    return f"+{text}" if minutes_more > 0 and text != "0" else text


def step_label(name: str) -> str:
    """A step of the score in words."""
    return {
        "open": pgettext("step", "Open"),
        "decide": _("Decide"),
        "dispatch": _("Dispatch"),
        "accept": pgettext("step", "Accept"),
        "handle": _("Handle"),
        "verify": _("Verify and close"),
    }.get(name, name)


def metres_words(metres: float) -> str:
    """A short distance for people."""
    if metres < 1000:
        return _("%(metres)s m") % {"metres": number_text(metres, 0)}
    return _("%(kilometres)s km") % {"kilometres": number_text(metres / 1000, 1)}


def _act(record: AuditView) -> dict[str, str]:
    thing, _dot, verb = record.action.partition(".")
    return {"act": act_words(thing, verb), "object": record.object_id}


def act_words(thing: str, verb: str) -> str:
    """An act of the audit trail in words; one that has none yet is shown as it is recorded."""
    if thing == "work_order":
        return stage_words({"dispatched": "dispatch"}.get(verb, verb))
    return {
        ("incident", "opened"): _("opened"),
        ("incident", "progress"): _("moved on"),
        ("incident", "fact_changed"): _("noted a change of the fact of"),
        ("incident", "closed"): _("verified and closed"),
        ("incident", "voided"): _("voided"),
        ("incident", "assessed"): _("assessed"),
        ("decision", "proposed"): _("proposed options in"),
        ("decision", "made"): _("decided"),
        ("decision", "superseded"): _("superseded"),
        ("decision", "outcome"): _("recorded the outcome of"),
        ("decision", "not_dispatched"): _("could not send out"),
    }.get((thing, verb), f"{thing}.{verb}")


def _away(loop: WholeLoop, stage: StageView) -> str:
    one = loop.incident
    if one.longitude is None or one.latitude is None or stage.longitude is None or stage.latitude is None:
        return ""
    return metres_words(distance_m((one.longitude, one.latitude), (stage.longitude, stage.latitude)))
