"""Small drawings: a line in a table row, columns that begin at zero, the last hours of the city. No Django."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import isfinite

from cityloop.kernel.ui import scales, svg
from cityloop.kernel.ui.chart_contracts import Bar, Size, Timeline
from cityloop.kernel.ui.markup import Markup, coordinate, number_text, text_width_px
from cityloop.kernel.ui.shapes import level_mark

_TIMELINE_WIDE = Size(772, 104)
_TIMELINE_NARROW = Size(340, 104)
_COLUMNS_NARROW = Size(340, 200)
_MARK_PX = 15.0
_SPARK_POINTS_MAX = 300


class NegativeColumnError(ValueError):
    """A column below zero: columns begin at zero and show amounts."""


def sparkline(values: Sequence[float | None], *, label: str, size: Size | None = None) -> Markup:
    """A line without axes for a table row; None breaks it.

    Args:
        values: Equally spaced, at most 300 are drawn (the newest).
        label: What it shows, with unit and range: a person who can't see it hears this.
    """
    size = size or Size(96, 24)
    kept = [value if value is not None and isfinite(value) else None for value in values[-_SPARK_POINTS_MAX:]]
    known = [value for value in kept if value is not None]
    if not known:
        return _spark(size, label, [svg.path("axis", f"M2 {size.height // 2}H{size.width - 2}")])
    low, high = min(known), max(known)
    step = (size.width - 8) / max(1, len(kept) - 1)

    def place(index: int, value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{coordinate(4 + index * step)} {coordinate(size.height - 4 - share * (size.height - 8))}"

    drawn, pen_down = "", False
    for index, value in enumerate(kept):
        if value is not None:
            drawn += ("L" if pen_down else "M") + place(index, value)
        pen_down = value is not None
    last = max(index for index, value in enumerate(kept) if value is not None)
    x, y = (float(part) for part in place(last, kept[last] or 0.0).split(" "))
    return _spark(size, label, [svg.path("measured", drawn), svg.dot("dot", x, y, 2.5)])


def _spark(size: Size, label: str, body: Sequence[str]) -> Markup:
    return svg.drawing("chart spark", size.width, size.height, label, body, fixed=True)


def columns(bars: Sequence[Bar], *, unit: str, label: str, size: Size | None = None) -> Markup:
    """Columns that begin at zero, each with its value above and its name below.

    Args:
        bars: At most 40.
        unit: Shown at the axis.
        label: What a person who can't see it hears.

    Raises:
        NegativeColumnError: A value is below zero or not a number.
    """
    size = size or Size(520, 200)
    for bar in bars:
        if not (isfinite(bar.value) and bar.value >= 0):
            raise NegativeColumnError(
                f"Column {bar.label!r} is {bar.value}; allowed: numbers from 0. Draw differences as a line."
            )
    bars = bars[:40]
    ticks = scales.value_ticks(0.0, max((bar.value for bar in bars), default=1.0) or 1.0, 5, zero=True)
    digits = scales.tick_digits(ticks)
    left = max(text_width_px(scales.tick_label(tick, digits)) for tick in ticks) + 12
    top, bottom = 30.0, size.height - 26.0
    drawn = [svg.words(0, 13, unit)]
    for tick in ticks:
        y = bottom - tick / ticks[-1] * (bottom - top)
        drawn.append(svg.path("axis zero" if tick == 0 else "axis", f"M{svg.at(left, y)}H{size.width - 4}"))
        drawn.append(svg.words(left - 6, y + 4, scales.tick_label(tick, digits), anchor="end"))
    slot = (size.width - 4 - left) / max(1, len(bars))
    every = max(1, -(-max((int(text_width_px(bar.label)) for bar in bars), default=1) // max(1, int(slot - 4))))
    for index, bar in enumerate(bars):
        x, height = left + slot * (index + 0.5), bar.value / ticks[-1] * (bottom - top)
        wide = min(36.0, slot * 0.62)
        box = f"M{svg.at(x - wide / 2, bottom)}v{coordinate(-height)}h{coordinate(wide)}V{coordinate(bottom)}z"
        drawn.append(svg.path("column own" if bar.own else "column", box))
        if slot >= 26:
            drawn.append(svg.words(x, bottom - height - 5, number_text(bar.value), "strong", "middle"))
        if index % every == 0 or bar.own:
            drawn.append(svg.words(x, bottom + 17, bar.label, anchor="middle"))
    return svg.drawing("chart columns", size.width, size.height, label, drawn)


def responsive_columns(bars: Sequence[Bar], *, unit: str, label: str) -> Markup:
    """A wide and a narrow drawing of columns; the page shows the one that fits."""
    wide = columns(bars, unit=unit, label=label)
    narrow = columns(bars, unit=unit, label=label, size=_COLUMNS_NARROW)
    return Markup(f'<div class="chart-box"><div class="wide">{wide}</div><div class="narrow">{narrow}</div></div>')


def responsive_timeline(timeline: Timeline) -> Markup:
    """A wide and a narrow drawing of the last hours; the page shows the one that fits."""
    wide = operations_timeline(timeline, size=_TIMELINE_WIDE)
    narrow = operations_timeline(timeline, size=_TIMELINE_NARROW)
    return Markup(f'<div class="chart-box"><div class="wide">{wide}</div><div class="narrow">{narrow}</div></div>')


def operations_timeline(timeline: Timeline, *, size: Size = _TIMELINE_WIDE) -> Markup:
    """The last hours of the city in three rows: rain as columns, incidents as level shapes, decisions."""
    words, now = timeline.words, timeline.now
    since = now - timedelta(hours=timeline.hours)
    left = max(text_width_px(word) for word in (words.rain, words.incidents, words.decisions)) + 22
    right = size.width - 10.0

    def x(at: datetime) -> float:
        return left + (at - since) / (now - since) * (right - left)

    drawn = []
    for at, text in scales.time_ticks(since, now, timeline.zone, words.language, max(4, size.width // 96)):
        drawn.append(svg.path("axis", f"M{coordinate(x(at))} 6V86"))
        drawn.append(svg.words(x(at), 101, text, anchor="middle"))
    for y, word in ((32, words.rain), (58, words.incidents), (80, words.decisions)):
        drawn.append(svg.words(8, y, word))
    drawn += [svg.path("axis", f"M{coordinate(left)} {y}H{coordinate(right)}") for y in (38.5, 64.5)]
    rain = [(at, mm) for at, mm in timeline.rain if since <= at <= now and isfinite(mm) and mm >= 0]
    most = max((mm for _, mm in rain), default=0.0)
    drawn += _rain_columns([(x(at), mm) for at, mm in rain], most, (right - left) / (timeline.hours * 6), right)
    now_text = words.now.format(time=f"{now.astimezone(timeline.zone):%H:%M}")
    if most > 0 and size.width > 500:
        text = words.rain_most.format(value=number_text(most, 1))
        drawn.append(svg.words(right - text_width_px(now_text) - 30, 13, text, anchor="end"))
    incidents = [(at, level, title) for at, level, title in timeline.incidents if since <= at <= now]
    drawn += _incident_marks([(x(at), level, title) for at, level, title in incidents])
    decisions = sorted((at, label) for at, label in timeline.decisions if since <= at <= now)
    for at, _ in decisions:
        drawn.append(svg.path("dot", f"M{coordinate(x(at))} 69l4 6l-4 6l-4-6z"))
    drawn += _last_decision([(x(at), label) for at, label in decisions], left)
    drawn.append(svg.path("now", f"M{coordinate(right)} 4V88"))
    drawn.append(svg.words(right - 6, 13, now_text, "strong", "end"))
    spoken = words.timeline_summary.format(
        hours=timeline.hours,
        now=now_text,
        incidents=len(incidents),
        decisions=len(decisions),
        rain=number_text(most, 1),
    )
    return svg.drawing("chart", size.width, size.height, spoken, drawn)


def _rain_columns(rain: Sequence[tuple[float, float]], most: float, slot: float, right: float) -> list[str]:
    drawn = ""
    for left, mm in rain:
        wide = min(slot * 0.8, right - left)
        if mm > 0 and wide > 0.5:
            drawn += f"M{coordinate(left)} 38v{coordinate(-mm / max(most, 4.0) * 20)}h{coordinate(wide)}V38z"
    return [svg.path("column", drawn)] if drawn else []


def _incident_marks(incidents: Sequence[tuple[float, int, str]]) -> list[str]:
    """Marks that would overlap become one, the gravest, with their number in it."""
    groups: list[list[tuple[float, int, str]]] = []
    for mark in sorted(incidents):
        if groups and mark[0] - groups[-1][0][0] < _MARK_PX:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    drawn = []
    for marks in groups:
        at, level = marks[0][0], min(level for _, level, _ in marks)
        drawn.append(level_mark(level, at, 52, 7, str(len(marks)) if len(marks) > 1 else ""))
    return ['<g class="map map-key timeline-marks">', *drawn, "</g>"] if drawn else []


def _last_decision(decisions: Sequence[tuple[float, str]], left: float) -> list[str]:
    """The newest decision's words, where they have room to the left of its mark."""
    if not decisions:
        return []
    x, label = decisions[-1]
    begin = x - 8 - text_width_px(label)
    if not label or begin < left or any(begin - 6 < other < x - 1 for other, _ in decisions[:-1]):
        return []
    return [svg.words(x - 8, 80, label, anchor="end")]
