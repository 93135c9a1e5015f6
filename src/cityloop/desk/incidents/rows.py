"""Incidents as rows of a table and lines of a CSV file."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from cityloop.kernel.ui.table import Column, Row
from cityloop.serve.incidents.contracts import IncidentView
from cityloop.serve.incidents.port import state_words

SORTABLE: Final = ("number", "level", "opened_at", "closed_at")
CSV_HEADER: Final = (
    "number", "state", "level", "class_kind", "class_code", "class_name", "title", "title_en", "district_code",
    "cell_code", "cell_name", "department_code", "department_name", "longitude", "latitude", "property", "unit",
    "at_least", "peak", "began_at", "opened_at", "fact_ended_at", "reported_at", "closed_at", "result",
)  # fmt: skip


def columns() -> tuple[Column, ...]:
    """Heads of the table."""
    return (
        Column("number", _("Incident number"), sortable=True),
        Column("level", _("Warning level"), sortable=True),
        Column("title", _("What and where")),
        Column("department", _("Department in charge")),
        Column("state", _("Standing")),
        Column("peak", _("Peak"), numeric=True),
        Column("opened_at", _("Opened at"), sortable=True),
        Column("closed_at", _("Closed at"), sortable=True),
    )


def rows(found: Iterable[IncidentView]) -> tuple[Row, ...]:
    """One row for each incident."""
    made = []
    for one in found:
        context = {"one": one, "state": state_words(one.state.value)}
        parts = {
            name: render_to_string(f"desk_incidents/cells/{name}.html", context)
            for name in ("level", "title", "department", "state", "peak", "opened", "closed")
        }
        made.append(
            Row(
                cells=(format_html('<span class="nowrap">{}</span>', one.number), *parts.values()),
                href=f"/incidents/{one.number}",
                id=one.number,
            )
        )
    return tuple(made)


def csv_rows(found: Iterable[IncidentView]) -> Iterator[tuple[object, ...]]:
    """One line for each incident, times UTC."""
    for one in found:
        yield (
            one.number, one.state.value, one.level, one.class_kind, one.class_code, one.class_name, one.title,
            one.title_en, one.district_code, one.cell_code, one.cell_name, one.department_code, one.department_name,
            one.longitude, one.latitude, one.property, one.unit, one.at_least, one.peak,
            *(at.isoformat() if at else "" for at in (
                one.began_at, one.opened_at, one.fact_ended_at, one.reported_at, one.closed_at,
            )),
            one.result,
        )  # fmt: skip
