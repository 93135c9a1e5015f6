"""Rows, headings and filters of the desk, as plain data for its template."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cityloop.kernel.organisations.contracts import OrganizationView
from cityloop.kernel.organisations.port import organization_names
from cityloop.kernel.ui.contracts import TimelineEntry
from cityloop.kernel.ui.table import Column
from cityloop.kernel.ui.wording import is_chinese
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import StageView
from cityloop.serve.orders.contracts import OrderView

CSV_HEADER = (
    "number",
    "incident",
    "state",
    "level",
    "title",
    "place",
    "district",
    "department",
    "crew",
    "action",
    "round",
    "assignee",
    "dispatched_at",
    "accepted_at",
    "reported_at",
    "closed_at",
    "due_at",
)


@dataclass(frozen=True)
class SavedFilter:
    """A filter at the side of the desk with the number of its orders."""

    key: str
    label: str
    count: int
    current: bool


def columns() -> tuple[Column, ...]:
    """The columns of the desk."""
    return (
        Column("level", _("Level"), sortable=True),
        Column("number", _("Work order"), sortable=True),
        Column("place", _("Place")),
        Column("step", _("Step")),
        Column("due_at", _("Due"), sortable=True),
        Column("crew", _("Crew at work")),
        Column("dispatched_at", _("Sent out"), sortable=True, numeric=True),
    )


def saved_filters(counts: dict[str, int], current: str) -> list[SavedFilter]:
    """The saved filters, in the order of a working day."""
    labels = {
        "open": _("To do, by due time"),
        "new": _("Waiting for acceptance"),
        "soon": _("Due soon"),
        "overdue": _("Overdue"),
        "mine": _("Mine"),
        "returned": _("Returned, to send out again"),
        "all": _("All, with the finished"),
    }
    return [SavedFilter(key, label, counts.get(key, 0), key == current) for key, label in labels.items()]


def desk_heading(departments: frozenset[int] | None) -> list[OrganizationView]:
    """The departments whose desk it is; none for a city-wide post."""
    if departments is None:
        return []
    names = organization_names()
    return [names[number] for number in sorted(departments) if number in names]


def csv_row(order: OrderView) -> tuple[object, ...]:
    """An order as a row of the file; times are UTC, ISO 8601."""
    times = (order.dispatched_at, order.accepted_at, order.reported_at, order.closed_at, order.due_at)
    return (
        order.number,
        order.incident_number,
        str(order.state),
        order.level,
        order.title,
        order.place_name,
        order.district_code,
        order.department_code,
        order.crew,
        order.action,
        order.round,
        order.assignee_number,
        *(moment.isoformat(timespec="seconds") if moment else "" for moment in times),
    )


def reporter_words(order: OrderView, stages: Sequence[StageView]) -> str:
    """Who really reported the work, and on whose behalf; nothing before it is reported."""
    report = next((stage for stage in reversed(stages) if stage.stage == "report"), None)
    if report is None or order.reported_at is None:
        return ""
    who = incidents.actor_words([report.actor])[report.actor]
    if order.assignee_id is None or report.actor == f"person:{order.assignee_id}":
        return who
    return _("%(who)s on behalf of staff number %(staff)s") % {"who": who, "staff": order.assignee_number}


def _note(stage: StageView) -> str:
    return stage.note if is_chinese() else stage.note_en or stage.note


def timeline(stages: Sequence[StageView]) -> list[TimelineEntry]:
    """What was done with an order, newest first."""
    words = incidents.actor_words(stage.actor for stage in stages)
    return [
        TimelineEntry(
            at=stage.at,
            text=incidents.stage_words(stage.stage) + (_(": %(note)s") % {"note": _note(stage)} if stage.note else ""),
            actor=words[stage.actor],
        )
        for stage in reversed(stages)
    ]
