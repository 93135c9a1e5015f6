"""Charts as SVG, drawn on the server: ink lines, muted axes, colour only past a threshold. No Django.

Chart ── line_chart(chart) ──→ one drawing
      ── responsive_chart(chart) ──→ a wide and a narrow drawing and the key; the page shows the one that fits
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Final

from cityloop.kernel.ui import chart_marks as marks
from cityloop.kernel.ui import scales, svg
from cityloop.kernel.ui.chart_contracts import (
    BAD,
    GOOD,
    NARROW,
    SUSPECT,
    WIDE,
    Band,
    Bar,
    Chart,
    ChartWords,
    Event,
    Point,
    Series,
    Size,
    Threshold,
    Timeline,
)
from cityloop.kernel.ui.chart_small import (
    columns,
    operations_timeline,
    responsive_columns,
    responsive_timeline,
    sparkline,
)
from cityloop.kernel.ui.markup import NUMERALS, Markup, escape, number_text, text_width_px

__all__ = [
    "BAD", "GOOD", "NARROW", "SUSPECT", "WIDE",
    "Band", "Bar", "Chart", "ChartWords", "Event", "Point", "Series", "Size", "Threshold", "Timeline",
    "chart_key", "columns", "line_chart", "operations_timeline", "responsive_chart", "responsive_columns",
    "responsive_timeline", "sparkline", "summary",
]  # fmt: skip

_NO_SPAN: Final = timedelta(hours=1)
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


def line_chart(chart: Chart, *, size: Size = WIDE, label: str | None = None, words: ChartWords | None = None) -> Markup:
    """One drawing of a chart.

    Args:
        size: Its own units; about 12 of them are a text's height.
        label: What a person who can't see it hears; None: `summary`.
        words: In the reader's language.
    """
    words = words or ChartWords()
    chart = _within(chart)
    ticks = _value_ticks(chart, size)
    digits = scales.tick_digits(ticks)
    left = max(text_width_px(scales.tick_label(tick, digits)) for tick in ticks) + 12
    rows = marks.event_rows(chart, left, size.width - 8)
    frame = _frame(chart, size, ticks, left, rows)
    body = [
        *marks.axes(chart, frame, ticks, digits, size, words),
        *marks.thresholds(chart, frame),
        *marks.lines(chart, frame),
        *marks.events(chart, frame, rows),
        *marks.points(chart, frame, words),
        *marks.now(chart, frame),
    ]
    if not _values(chart):
        body.append(
            svg.words((frame.left + frame.right) / 2, size.height * 0.4, words.nothing, "none strong", "middle")
        )
    return svg.drawing("chart", size.width, size.height, summary(chart, words) if label is None else label, body)


def responsive_chart(chart: Chart, *, label: str | None = None, words: ChartWords | None = None) -> Markup:
    """A wide and a narrow drawing of one chart in a box that shows the one that fits, and the key below."""
    wide = line_chart(chart, size=WIDE, label=label, words=words)
    narrow = line_chart(chart, size=NARROW, label=label, words=words)
    box = f'<div class="chart-box"><div class="wide">{wide}</div><div class="narrow">{narrow}</div></div>'
    return Markup(box + chart_key(chart, words=words))


def chart_key(chart: Chart, *, words: ChartWords | None = None) -> Markup:
    """What the lines and dots mean; empty for one plain line."""
    words = words or ChartWords()
    stroke = {"measured": "━", "predicted": "┄", "without": "╌"}
    flags = {point.quality for series in chart.series for point in series.points}
    parts = [f"{stroke[series.style]} {series.name}" for series in chart.series if series.points]
    parts += [f"▒ {chart.band.name}"] if chart.band and chart.band.name else []
    parts += [f"○ {words.suspect}"] if SUSPECT in flags else []
    parts += [f"× {words.bad}"] if BAD in flags else []
    if len(parts) < 2:
        return Markup("")
    return Markup('<p class="key">' + "".join(f"<span>{escape(part)}</span>" for part in parts) + "</p>")


def summary(chart: Chart, words: ChartWords) -> str:
    """The chart in a sentence or two, for people who hear it."""
    points = [point for point in marks.main_points(chart) if point.quality != BAD]
    if not points:
        return words.empty_summary.format(quantity=chart.quantity, unit=chart.unit)
    first, last = points[0], points[-1]
    lowest, highest = min(points, key=lambda p: p.value), max(points, key=lambda p: p.value)
    many_days = last.at.astimezone(chart.zone).date() != first.at.astimezone(chart.zone).date()

    def moment(at: datetime) -> str:
        return scales.moment_text(at, chart.zone, words.language, with_day=many_days)

    said = [
        words.summary.format(
            quantity=chart.quantity,
            unit=chart.unit,
            since=moment(first.at),
            until=moment(last.at),
            low=number_text(lowest.value),
            high=number_text(highest.value),
            high_at=moment(highest.at),
            last=number_text(last.value),
            last_at=moment(last.at),
        )
    ]
    said += [
        words.threshold_summary.format(numeral=NUMERALS[t.level], value=number_text(t.value)) for t in chart.thresholds
    ]
    stop = "." if words.language == "en" else "。"
    said += [f"{event.label} {moment(event.at)}{stop}" for event in chart.events]
    for quality, text in ((SUSPECT, words.suspect_count), (BAD, words.bad_count)):
        count = sum(point.quality == quality for point in marks.main_points(chart))
        said += [text.format(count=count)] if count else []
    return (" " if words.language == "en" else "").join(said)


# ── Range ────────────────────────────────────────────────────────────────────


def _within(chart: Chart) -> Chart:
    """The chart with its range fixed, and only what lies in it and is a number."""
    times = [point.at for series in chart.series for point in series.points]
    times += [at for at, _, _ in chart.band.points] if chart.band else []
    since = chart.since or min(times, default=None)
    until = chart.until or max(times, default=None)
    if since is None or until is None:
        anchor = since or until or chart.now or _EPOCH
        since, until = since or anchor - _NO_SPAN, until or anchor + (_NO_SPAN if since else timedelta())
    if until <= since:
        since, until = since - _NO_SPAN / 2, since + _NO_SPAN / 2
    series = tuple(
        replace(s, points=tuple(p for p in s.points if since <= p.at <= until and isfinite(p.value)))
        for s in chart.series
    )
    band = chart.band and replace(chart.band, points=tuple(p for p in chart.band.points if since <= p[0] <= until))
    events = tuple(sorted((e for e in chart.events if since <= e.at <= until), key=lambda e: e.at))
    return replace(chart, since=since, until=until, series=series, band=band, events=events)


def _values(chart: Chart) -> list[float]:
    """Values the axis has to show; bad ones must not stretch it."""
    found = [point.value for series in chart.series for point in series.points if point.quality != BAD]
    return found + ([edge for _, low, high in chart.band.points for edge in (low, high)] if chart.band else [])


def _value_ticks(chart: Chart, size: Size) -> list[float]:
    values = _values(chart)
    seen = values + [threshold.value for threshold in chart.thresholds]
    most = 6 if size.height > 280 else 5
    zero = chart.zero if values else True
    return scales.value_ticks(min(seen, default=0.0), max(seen, default=1.0), most, zero=zero)


def _frame(chart: Chart, size: Size, ticks: Sequence[float], left: float, rows: Sequence[int | None]) -> marks.Frame:
    since, until = chart.since or _EPOCH, chart.until or _EPOCH + _NO_SPAN
    top = 26 + marks.room_for_events(rows)
    return marks.Frame(left, size.width - 8, top, size.height - 26, since, until, ticks[0], ticks[-1])
