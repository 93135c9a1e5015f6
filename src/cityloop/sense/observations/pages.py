"""The pages of the data: all Datastreams, and one of them."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityloop.kernel import clock
from cityloop.kernel.access import requires
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.problems import BadRequest, NotFound
from cityloop.kernel.ui import table, words
from cityloop.kernel.ui.chart import responsive_chart
from cityloop.kernel.ui.chart_contracts import Chart, Point
from cityloop.kernel.ui.chart_contracts import Series as Line
from cityloop.kernel.ui.contracts import Figure
from cityloop.kernel.ui.markup import number_text
from cityloop.kernel.ui.place import city_zone
from cityloop.kernel.ui.responses import csv_response
from cityloop.kernel.ui.wording import is_chinese, unit_name
from cityloop.sense.observations import rows
from cityloop.sense.observations.contracts import DatastreamView, ObservationView, Series, to_datetime
from cityloop.sense.observations.figures import Summary, drawn, summarise
from cityloop.sense.observations.periods import Period, period_of, read_period
from cityloop.sense.observations.selectors import datastream, datastreams, observed_properties, observed_property
from cityloop.sense.observations.store import Select, store
from cityloop.sense.observations.words import REASON_WORDS

# The share of flagged values is read from the observations themselves, so it is asked of so many Datastreams at most.
SHARED_STREAMS_MAX = 2000
SHARES = {"": 0.0, "some": 1e-9, "tenth": 0.1, "half": 0.5}
TABLE_ROWS = 30


@require_safe
@requires(Permission.VIEW_DATA)
def data(request: HttpRequest) -> HttpResponseBase:
    """Every Datastream with its newest value."""
    try:
        query = table.parse(request.GET, sortable=rows.SORTABLE, default_sort="thing")
    except table.BadTableQueryError as error:
        raise BadRequest(words.table_query_words(error)) from None
    wanted = request.GET.get("property", "")
    flagged = request.GET.get("flagged", "")
    if flagged not in SHARES:
        raise BadRequest(f"flagged is {flagged[:20]!r}; allowed: some, tenth, half, or nothing.")
    found = [one for one in datastreams(wanted or None) if _matches(one, query.q.casefold())]
    found.sort(key=lambda one: rows.order_of(one, query.sort), reverse=query.descending)
    left_out = flagged and len(found) > SHARED_STREAMS_MAX
    if flagged:
        checked = rows.stream_rows(store(), found[:SHARED_STREAMS_MAX])
        shown = [one for one in checked if one.summary.flagged_share >= SHARES[flagged]]
        page = table.Page.of(query, len(shown))
        shown = shown[page.offset : page.offset + page.limit]
    else:
        page = table.Page.of(query, len(found))
        shown = rows.stream_rows(store(), found[page.offset : page.offset + page.limit])
    narrowed = bool(query.q or wanted or flagged)
    listed = table.Table(
        caption=_("Data streams"),
        columns=rows.stream_columns(),
        rows=rows.stream_table(shown),
        page=page,
        empty=_("No data stream passes this filter.") if narrowed else _("No device has been entered yet."),
        empty_href="/data" if narrowed else "",
        empty_action=_("Clear the filter") if narrowed else "",
        id="streams",
    )
    context = {
        "table": listed,
        "q": query.q,
        "property": wanted,
        "flagged": flagged,
        "properties": observed_properties(),
        "narrowed": narrowed,
        "left_out": SHARED_STREAMS_MAX if left_out else None,
    }
    return render(request, "sense_observations/data.html", context)


@require_safe
@requires(Permission.VIEW_DATA)
def stream(request: HttpRequest, number: int) -> HttpResponseBase:
    """One Datastream: a period of it as a chart, in numbers, as a table and as a file."""
    found = datastream(min(number, 2**62))
    if found is None:
        raise NotFound(
            _("There is no Datastream %(number)s; /data lists those there are.") % {"number": str(number)[:20]}
        )
    around = _around(request, found)
    newest = store().latest([found.id]).get(found.id)
    period = period_of(request.GET.get("period", ""), newest.time_us if newest else 0, around)
    if request.GET.get("format") == "csv":
        lines = rows.csv_rows(store().stream(found.id, period.since_us, period.until_us), found.unit)
        return csv_response(f"datastream-{found.id}.csv", rows.CSV_HEADER, lines)
    series, cut = read_period(store(), found.id, period)
    summary = summarise(series)
    nearby = _nearby(found, period, around)
    observations = table.Table(
        caption=_("Observations, newest first"),
        columns=rows.observation_columns(),
        rows=rows.observation_table(nearby, found.unit, around.id if around else None),
        csv_href=f"?period={period.key}&format=csv" if newest else "",
        empty=_("Nothing was measured yet."),
        id="observations",
    )
    context = {
        "stream": found,
        "property": observed_property(found.property),
        "newest": newest,
        "period": period.key,
        "periods": _period_links(period, around),
        "cut": cut,
        "figures": _figures(found, summary, newest),
        "reasons": [(REASON_WORDS[one], count) for one, count in summary.reasons],
        "chart": _chart(found, series) if len(series) else "",
        "table": observations,
    }
    return render(request, "sense_observations/stream.html", context)


def _matches(one: DatastreamView, text: str) -> bool:
    named = (one.thing_name, one.thing_name_en, one.thing_key, one.name, one.name_en, one.property, one.property_label)
    return not text or any(text in part.casefold() for part in named) or text == str(one.id)


def _around(request: HttpRequest, found: DatastreamView) -> ObservationView | None:
    text = request.GET.get("observation", "")
    if not text:
        return None
    one = store().observation(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if one is None or one.datastream_id != found.id:
        raise NotFound(f"Datastream {found.id} has no observation {text[:20]!r}.")
    return one


def _nearby(found: DatastreamView, period: Period, around: ObservationView | None) -> list[ObservationView]:
    """The newest observations of the period, or those on both sides of a given one; newest first."""
    if around is None:
        return _rows(found, "<", period.until_us, TABLE_ROWS)
    later = _rows(found, ">", around.time_us, TABLE_ROWS // 2)
    return [*reversed(later), *_rows(found, "<=", around.time_us, TABLE_ROWS // 2)]


def _rows(found: DatastreamView, operator: str, time_us: int, count: int) -> list[ObservationView]:
    order = (("time_us", operator != ">"), ("id", operator != ">"))
    return store().select(Select(found.id, (("time_us", operator, time_us),), order, count))


def _period_links(period: Period, around: ObservationView | None) -> list[tuple[str, str, bool]]:
    names = {
        "1d": _("One day"),
        "7d": _("Seven days"),
        "30d": _("30 days"),
        "1y": _("One year"),
        "all": _("Everything"),
    }
    tail = f"&observation={around.id}" if around else ""
    return [(f"?period={key}{tail}", name, key == period.key) for key, name in names.items()]


def _figures(found: DatastreamView, summary: Summary, newest: ObservationView | None) -> list[Figure]:
    unit = unit_name(found.unit)

    def number(value: float | None) -> str:
        return "—" if value is None else number_text(value)

    return [
        Figure(_("Newest value"), number(newest.result if newest else None), unit, at=newest.at if newest else None),
        Figure(_("Lowest"), number(summary.lowest), unit),
        Figure(_("Mean"), number(None if summary.mean is None else round(summary.mean, 2)), unit),
        Figure(
            _("Highest"),
            number(summary.highest),
            unit,
            at=None if summary.highest_us is None else to_datetime(summary.highest_us),
        ),
        Figure(_("Observations"), number_text(summary.count, 0)),
        Figure(
            _("Flagged"),
            number_text(summary.flagged, 0),
            note=_("%(suspect)s suspect, %(bad)s bad") % {"suspect": summary.suspect, "bad": summary.bad},
        ),
    ]


def _chart(found: DatastreamView, series: Series) -> Any:
    label = found.property_label if is_chinese() else found.property_label_en or found.property_label
    places = drawn(series).tolist()
    times, results, quality = series.time_us, series.result, series.quality
    points = tuple(Point(to_datetime(times[at]), float(results[at]), int(quality[at])) for at in places)
    chart = Chart(
        series=(Line(name=label, points=points),),
        quantity=label,
        unit=unit_name(found.unit),
        zone=city_zone(),
        now=clock.now(),
    )
    return responsive_chart(chart, words=words.chart_words())
