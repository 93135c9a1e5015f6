"""The list of incidents."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cityloop.desk.incidents import rows
from cityloop.desk.incidents.choices import filter_choices, read_filter
from cityloop.desk.incidents.filters import ALL
from cityloop.kernel.access import requires
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.problems import BadRequest
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui import table, words
from cityloop.kernel.ui.responses import csv_response
from cityloop.serve.incidents.contracts import IncidentState
from cityloop.serve.incidents.port import count_incidents, incidents

CSV_ROWS_MAX = 5000


@require_safe
@requires(Permission.VIEW_OPERATIONS)
def incident_list(request: HttpRequest) -> HttpResponseBase:
    """Incidents of every state, newest first; `?format=csv` gives the first 5,000 of the same list as a file."""
    wanted = read_filter(request.GET, default_state=ALL)
    try:
        query = table.parse(request.GET, sortable=rows.SORTABLE, default_sort="-opened_at")
    except table.BadTableQueryError as error:
        raise BadRequest(words.table_query_words(error)) from None
    if request.GET.get("format") == "csv":
        found = incidents(wanted.filter(), sort=query.order_by, limit=CSV_ROWS_MAX)
        return csv_response("incidents.csv", rows.CSV_HEADER, rows.csv_rows(found))
    page = table.Page.of(query, count_incidents(wanted.filter()))
    found = incidents(wanted.filter(), sort=query.order_by, offset=page.offset, limit=page.limit)
    seen = [(one.class_kind, one.class_code, one.class_name, one.class_name_en) for one in found]
    csv = request.GET.copy()
    csv.pop("page", None)
    csv["format"] = "csv"
    narrowed = wanted.narrows(ALL)
    listed = table.Table(
        caption=_("Incidents"),
        columns=rows.columns(),
        rows=rows.rows(found),
        page=page,
        csv_href=f"?{csv.urlencode()}",
        empty=_("No incident passes this filter.") if narrowed else _("No incident has been opened yet."),
        empty_href="/incidents" if narrowed else "/rules",
        empty_action=_("Clear the filter") if narrowed else _("See what is being watched for"),
        id="incidents",
    )
    context = {
        "table": listed,
        "wanted": wanted,
        "choices": filter_choices(wanted, seen, IncidentState),
        "narrowed": narrowed,
        "levels": [(number, None) for number in (1, 2, 3, 4)],
    }
    return render(request, "desk_incidents/incidents.html", context)
