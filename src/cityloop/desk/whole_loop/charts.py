"""The measured values around a fact as a chart, with the thresholds of its rule and what was done."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.desk.whole_loop.narration import named
from cityloop.desk.whole_loop.progress import expected_end
from cityloop.kernel import clock
from cityloop.kernel.ui import chart
from cityloop.kernel.ui.markup import Markup
from cityloop.kernel.ui.place import city_zone
from cityloop.kernel.ui.wording import unit_name
from cityloop.kernel.ui.words import chart_words
from cityloop.sense.observations.contracts import to_datetime, to_us
from cityloop.sense.observations.port import store

POINTS_MAX: Final = 5000
_BESIDE_LEAST: Final = timedelta(minutes=20)
_BESIDE_MOST: Final = timedelta(hours=12)


def fact_chart(loop: WholeLoop, *, events: bool = True) -> Markup:
    """The chart, drawn wide and narrow; the page shows the one that fits.

    Args:
        events: Also draw what was done when; a small panel leaves it out.
    """
    return chart.responsive_chart(_chart(loop, events=events), words=chart_words())


def span_shown(loop: WholeLoop, now: datetime) -> tuple[datetime, datetime]:
    """From a while before the fact to a while after it; while it goes on, to now or to its predicted end."""
    one = loop.incident
    ended = one.fact_ended_at or max(one.last_at, one.peak_at)
    predicted = expected_end(loop)
    last = max([ended, *([one.closed_at] if one.closed_at else [now if one.fact_ended_at is None else ended])])
    if predicted is not None and one.fact_ended_at is None:
        last = max(last, min(predicted[2], last + _BESIDE_MOST))
    beside = min(_BESIDE_MOST, max(_BESIDE_LEAST, (ended - one.began_at) / 3))
    return one.began_at - beside, last + beside / 2


def _chart(loop: WholeLoop, *, events: bool) -> chart.Chart:
    one, now = loop.incident, clock.now()
    since, until = span_shown(loop, now)
    series = store().series(one.datastream_id, to_us(since), to_us(until), POINTS_MAX)
    points = tuple(
        chart.Point(to_datetime(at), value, quality)
        for at, value, quality in zip(
            series.time_us.tolist(), series.result.tolist(), series.quality.tolist(), strict=True
        )
    )
    quantity = named(loop.datastream, "property_label") if loop.datastream else one.property
    return chart.Chart(
        series=(chart.Series(_("measured"), points),),
        quantity=quantity,
        unit=unit_name(one.unit),
        zone=city_zone(),
        thresholds=_thresholds(loop),
        events=_events(loop) if events else _predicted(loop),
        since=since,
        until=until,
        now=now if since <= now <= until else None,
    )


def _thresholds(loop: WholeLoop) -> tuple[chart.Threshold, ...]:
    """Where the fact and each graver level begin; only those near the values, so that the curve stays tall."""
    one = loop.incident
    if loop.rule is None:
        return (chart.Threshold(one.at_least, one.level),)
    definition = loop.rule.definition
    found = {definition.at_least: definition.level_of(definition.at_least)}
    for level in definition.levels:
        if level.at_least <= max(one.peak, definition.at_least) * 1.35:
            found[level.at_least] = level.level
    return tuple(chart.Threshold(value, level) for value, level in sorted(found.items()))


def _events(loop: WholeLoop) -> tuple[chart.Event, ...]:
    one, decision = loop.incident, loop.decision
    happened = (
        (one.opened_at, pgettext("chart", "Opened")),
        (decision.decided_at if decision else None, pgettext("chart", "Decided")),
        (one.reported_at, pgettext("chart", "Reported")),
        (one.fact_ended_at, pgettext("chart", "Fact ended")),
    )
    return (*(chart.Event(at, label) for at, label in happened if at), *_predicted(loop))


def _predicted(loop: WholeLoop) -> tuple[chart.Event, ...]:
    predicted = expected_end(loop)
    return (chart.Event(predicted[1], pgettext("chart", "Predicted end")),) if predicted else ()
