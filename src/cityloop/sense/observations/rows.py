"""Datastreams and observations as rows of tables and lines of CSV files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from cityloop.kernel.times import format_instant
from cityloop.kernel.ui.chart import sparkline
from cityloop.kernel.ui.markup import number_text
from cityloop.kernel.ui.table import Column, Row
from cityloop.kernel.ui.wording import is_chinese, unit_name
from cityloop.sense.observations.contracts import DatastreamView, ObservationView, Quality, Series
from cityloop.sense.observations.figures import Summary, summarise
from cityloop.sense.observations.store import ObservationStore
from cityloop.sense.observations.words import QUALITY_WORDS, reason_words
from cityloop.sense.screening.port import reason_names

SORTABLE: Final = ("thing", "property", "id")
CSV_HEADER: Final = ("id", "phenomenon_time", "result", "unit", "quality", "reasons", "result_time")
RECENT: Final = 100
FAR_US: Final = 2**62


@dataclass(frozen=True)
class StreamRow:
    """A Datastream with its newest observations."""

    stream: DatastreamView
    recent: Series
    latest: ObservationView | None
    summary: Summary


def stream_rows(target: ObservationStore, streams: Sequence[DatastreamView]) -> list[StreamRow]:
    """Datastreams with their newest 100 observations."""
    latest = target.latest([one.id for one in streams])
    found = []
    for one in streams:
        recent = target.before(one.id, FAR_US, RECENT)
        found.append(StreamRow(one, recent, latest.get(one.id), summarise(recent)))
    return found


def order_of(stream: DatastreamView, sort: str) -> tuple[object, ...]:
    """What a list of Datastreams is sorted by."""
    name = stream.thing_name if is_chinese() else stream.thing_name_en or stream.thing_name
    if sort == "property":
        return stream.property, name, stream.id
    return (stream.id,) if sort == "id" else (name, stream.property, stream.id)


def stream_columns() -> tuple[Column, ...]:
    """Heads of the table of Datastreams."""
    return (
        Column("thing", _("Device"), sortable=True),
        Column("property", _("Property"), sortable=True),
        Column("latest", _("Newest value"), numeric=True),
        Column("age", _("Age")),
        Column("line", _("Newest 100")),
        Column("flagged", _("Flagged"), numeric=True),
        Column("id", _("No."), sortable=True, numeric=True),
    )


def stream_table(found: Iterable[StreamRow]) -> tuple[Row, ...]:
    """One row for each Datastream."""
    made = []
    for one in found:
        context = {"one": one.stream, "latest": one.latest, "summary": one.summary, "quality": _quality(one.latest)}
        cells = {
            name: render_to_string(f"sense_observations/cells/{name}.html", context)
            for name in ("thing", "property", "latest", "age", "flagged")
        }
        line = sparkline(_drawn(one), label=_line_label(one))
        shown = (
            cells["thing"],
            cells["property"],
            cells["latest"],
            cells["age"],
            line,
            cells["flagged"],
            one.stream.id,
        )
        made.append(Row(cells=shown, href=f"/data/{one.stream.id}"))
    return tuple(made)


def observation_columns() -> tuple[Column, ...]:
    """Heads of the table of observations."""
    return (
        Column("time", _("Time")),
        Column("result", _("Value"), numeric=True),
        Column("quality", _("Quality")),
        Column("id", _("No."), numeric=True),
    )


def observation_table(found: Iterable[ObservationView], unit: str, picked: int | None) -> tuple[Row, ...]:
    """One row for each observation."""
    made = []
    for one in found:
        context = {"one": one, "unit": unit, "quality": _quality(one), "reasons": reason_words(one.reasons)}
        cells = [
            render_to_string(f"sense_observations/cells/{name}.html", context) for name in ("time", "result", "quality")
        ]
        made.append(Row(cells=(*cells, one.id), picked=one.id == picked, id=f"observation-{one.id}"))
    return tuple(made)


def csv_rows(found: Iterable[ObservationView], unit: str) -> Iterator[tuple[object, ...]]:
    """One line for each observation, times UTC."""
    for one in found:
        result_time = "" if one.result_time_us is None else format_instant(one.result_time_us)
        reasons = " ".join(reason_names(one.reasons))
        yield one.id, format_instant(one.time_us), one.result, unit, one.quality.name.lower(), reasons, result_time


def _quality(one: ObservationView | None) -> str:
    return "" if one is None or one.quality is Quality.GOOD else str(QUALITY_WORDS[one.quality])


def _drawn(one: StreamRow) -> list[float | None]:
    flagged = one.recent.quality == Quality.BAD
    return [None if bad else value for bad, value in zip(flagged.tolist(), one.recent.result.tolist(), strict=True)]


def _line_label(one: StreamRow) -> str:
    if one.summary.lowest is None or one.summary.highest is None:
        return _("No values yet")
    return _("Newest %(count)s values: %(low)s to %(high)s %(unit)s") % {
        "count": one.summary.count,
        "low": number_text(one.summary.lowest),
        "high": number_text(one.summary.highest),
        "unit": unit_name(one.stream.unit),
    }
