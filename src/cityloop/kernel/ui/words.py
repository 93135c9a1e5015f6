"""The words of charts, maps and tables in the reader's language, for the pure modules."""

from collections.abc import Iterable

from cityloop.kernel.saying import Said, listed
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui.chart_contracts import ChartWords
from cityloop.kernel.ui.map import MapWords
from cityloop.kernel.ui.table import BadTableQueryError
from cityloop.kernel.ui.wording import is_chinese


def chart_words() -> ChartWords:
    """For `chart.line_chart`, `chart.responsive_chart` and the timeline."""
    return ChartWords(
        language="zh-hans" if is_chinese() else "en",
        nothing=_("No values in this time"),
        peak=_("Highest {value}"),
        now=_("Now {time}"),
        suspect=_("suspect value"),
        bad=_("impossible value, left out"),
        suspect_count=_("{count} suspect values."),
        bad_count=_("{count} impossible values."),
        summary=_(
            "{quantity}, {unit}, {since} to {until}: lowest {low}, highest {high} at {high_at}, "
            "last {last} at {last_at}."
        ),
        empty_summary=_("{quantity}, {unit}: no values in this time."),
        threshold_summary=_("Level {numeral} begins at {value}."),
        rain=_("Rain"),
        incidents=_("Incidents"),
        decisions=_("Decisions"),
        rain_most=_("at most {value} mm in 10 min"),
        timeline_summary=_(
            "{hours} hours to {now}: {incidents} incidents, {decisions} decisions, "
            "rain at most {rain} mm in 10 minutes."
        ),
    )


def map_words() -> MapWords:
    """For `map.render`."""
    return MapWords(cluster=_("{count} incidents here, gravest level {level}"))


def choice_words(name: str, given: str, allowed: Iterable[str]) -> Said:
    """What is wrong with a parameter that has to be one of a few."""
    return _("%(name)s is “%(given)s”; allowed: %(allowed)s. Choose on the page itself.") % {
        "name": name,
        "given": given[:40],
        "allowed": listed(allowed),
    }


def table_query_words(error: BadTableQueryError) -> Said:
    """What is wrong with the address of a list."""
    if error.parameter == "sort":
        said = _("sort is “%(given)s”; allowed: %(allowed)s, with - before it for descending.")
    elif error.parameter == "q":
        said = _("The search has %(given)s characters; allowed: at most %(allowed)s. Search for fewer words.")
    else:
        said = _("%(parameter)s is “%(given)s”; allowed: a whole number from 1 to %(allowed)s.")
    return said % {"parameter": error.parameter, "given": error.given, "allowed": error.allowed}
