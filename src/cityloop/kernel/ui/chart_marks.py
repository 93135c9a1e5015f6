"""The parts of a line chart: axes, thresholds, lines, points, events. No Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Final

from cityloop.kernel.ui import scales, svg
from cityloop.kernel.ui.chart_contracts import (
    BAD,
    GOOD,
    POINTS_DRAWN_MAX,
    SUSPECT,
    Chart,
    ChartWords,
    Event,
    Point,
    Size,
)
from cityloop.kernel.ui.markup import NUMERALS, coordinate, escape, number_text, text_width_px
from cityloop.kernel.ui.shapes import checked_level

_DOTS_MAX: Final = 200
_EVENT_ROWS: Final = 6
_EVENT_ROW_PX: Final = 16
_EVENT_SPACE: Final = 5
_BOLD: Final = 1.06
# The words at the highest value may stand this far above the frame.
_ABOVE_PEAK_PX: Final = 10


@dataclass(frozen=True)
class Frame:
    """Where times and values lie in the drawing."""

    left: float
    right: float
    top: float
    bottom: float
    since: datetime
    until: datetime
    low: float
    high: float

    def x(self, at: datetime) -> float:
        return self.left + (at - self.since) / (self.until - self.since) * (self.right - self.left)

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


def main_points(chart: Chart) -> tuple[Point, ...]:
    """The values the chart is about: of the first measured line."""
    return next((series.points for series in chart.series if series.style == "measured"), ())


def axes(chart: Chart, frame: Frame, ticks: Sequence[float], digits: int, size: Size, words: ChartWords) -> list[str]:
    """Grid, tick labels, quantity and unit."""
    found = []
    for at, text in scales.time_ticks(
        frame.since, frame.until, chart.zone, words.language, min(9, max(4, size.width // 66))
    ):
        x, half = frame.x(at), text_width_px(text) / 2
        anchor = "start" if x - half < frame.left - 4 else "end" if x + half > size.width - 2 else "middle"
        found.append(svg.path("axis", f"M{svg.at(x, frame.top)}V{coordinate(frame.bottom)}"))
        found.append(svg.words(x, frame.bottom + 17, text, anchor=anchor))
    for tick in ticks:
        y = frame.y(tick)
        kind = "axis zero" if tick == 0 else "axis"
        found.append(svg.path(kind, f"M{svg.at(frame.left, y)}H{coordinate(frame.right)}"))
        found.append(svg.words(frame.left - 6, y + 4, scales.tick_label(tick, digits), anchor="end"))
    unit = f"{chart.quantity} / {chart.unit}" if chart.unit else chart.quantity
    return [*found, svg.words(0, 13, unit)]


def thresholds(chart: Chart, frame: Frame) -> list[str]:
    """A line in its level's colour for every threshold, named at the left."""
    found: list[str] = []
    above: float | None = None
    for threshold in sorted(chart.thresholds, key=lambda t: -t.value):
        level = checked_level(threshold.level)
        y = frame.y(threshold.value)
        text_y = y + 14 if above is not None and y - above < 18 else y - 5
        above = y
        text = f"{NUMERALS[level]} {threshold.label} {number_text(threshold.value)}".replace("  ", " ")
        found.append(svg.path(f"limit{level}", f"M{svg.at(frame.left, y)}H{coordinate(frame.right)}"))
        found.append(svg.words(frame.left + 6, text_y, text, "strong"))
    return found


def lines(chart: Chart, frame: Frame) -> list[str]:
    """The predicted band and the lines, broken at gaps; what stands alone becomes a dot."""
    found: list[str] = []
    if chart.band and chart.band.points:
        upper = [(at, high) for at, _, high in chart.band.points]
        lower = [(at, low) for at, low, _ in reversed(chart.band.points)]
        found.append(svg.path("spread", _path(frame, upper + lower) + "z"))
    for series in chart.series:
        points = [(point.at, point.value) for point in series.points if point.quality != BAD]
        gap = series.gap or scales.usual_gap([at for at, _ in points])
        samples = scales.thin(scales.segments(points, gap), POINTS_DRAWN_MAX)
        parts = [[(s.at, s.value) for s in part] for _, part in groupby(samples, key=lambda s: s.segment)]
        if series.style == "measured":
            found += _area_over(chart, frame, parts)
        drawn = "".join(_path(frame, part) for part in parts if len(part) > 1)
        if drawn:
            found.append(svg.path(series.style, drawn))
        alone = [part[0] for part in parts if len(part) == 1]
        found += [svg.dot("dot", frame.x(at), frame.y(value), 2) for at, value in alone[:_DOTS_MAX]]
        if series.note and points:
            at, value = max(points, key=lambda p: p[1])
            found.append(_text(frame, frame.x(at) + 6, frame.y(value) - 7, series.note, ""))
    return found


def _area_over(chart: Chart, frame: Frame, parts: Sequence[Sequence[tuple[datetime, float]]]) -> list[str]:
    """The area above the gravest threshold that the line passes."""
    top = max((value for part in parts for _, value in part), default=0.0)
    passed = [threshold for threshold in chart.thresholds if top > threshold.value]
    if not passed:
        return []
    gravest = max(passed, key=lambda threshold: (threshold.value, -threshold.level))
    y = frame.y(gravest.value)
    closed = ""
    for part in parts:
        for earlier, later in _crossings(part, gravest.value):
            piece = [p for p in part if earlier[0] < p[0] < later[0]]
            closed += _path(frame, [earlier, *piece, later]) + f"V{coordinate(y)}H{coordinate(frame.x(earlier[0]))}z"
    return [svg.path(f"over{gravest.level}", closed)] if closed else []


def _crossings(
    part: Sequence[tuple[datetime, float]], limit: float
) -> list[tuple[tuple[datetime, float], tuple[datetime, float]]]:
    """Stretches of a line above a limit, each from where it rises above to where it falls below."""
    found = []
    start = part[0] if part[0][1] > limit else None
    for earlier, later in pairwise(part):
        if (earlier[1] > limit) != (later[1] > limit):
            share = (limit - earlier[1]) / (later[1] - earlier[1])
            crossing = (earlier[0] + share * (later[0] - earlier[0]), limit)
            if start is None:
                start = crossing
            else:
                found.append((start, crossing))
                start = None
    return [*found, (start, part[-1])] if start is not None else found


def points(chart: Chart, frame: Frame, words: ChartWords) -> list[str]:
    """Suspect and bad values, and the peak."""
    found: list[str] = []
    flagged = [point for point in main_points(chart) if point.quality != GOOD]
    step = max(1, -(-len(flagged) // _DOTS_MAX))
    for point in flagged[::step]:
        x, y = frame.x(point.at), frame.y(point.value)
        if point.quality == SUSPECT:
            found.append(svg.dot("suspect", x, y, 3))
        else:
            y = min(max(y, frame.top + 5), frame.bottom - 5)
            found.append(svg.path("bad", f"M{svg.at(x - 3.5, y - 3.5)}l7 7m0-7l-7 7"))
    sound = [point for point in main_points(chart) if point.quality != BAD]
    if sound and chart.show_peak and len(sound) > 1:
        peak = max(sound, key=lambda point: point.value)
        x, y = frame.x(peak.at), frame.y(peak.value)
        text = words.peak.format(value=number_text(peak.value))
        found.append(svg.dot("dot", x, y, 4))
        near = any(0 <= frame.y(t.value) - (y - 22) < 26 and x < frame.left + 130 for t in chart.thresholds)
        found.append(_text(frame, x + 8 if near else x, y - 9, text, "strong", centred=not near))
    return found


def now(chart: Chart, frame: Frame) -> list[str]:
    """The line of the present."""
    if chart.now is None or not frame.since <= chart.now <= frame.until:
        return []
    x = frame.x(chart.now)
    return [svg.path("now", f"M{svg.at(x, frame.top - 4)}V{coordinate(frame.bottom)}")]


def event_rows(chart: Chart, left: float, right: float) -> list[int | None]:
    """For each event the row above the chart where its words have room; None: in no row, so its line stands alone.

    Words stand to the right of their line, or to its left where the right has no room. The first of those to the right
    and the last of those to the left take the upper rows: so hardly a line runs through the words of another. A row
    where one would is taken only when there is no other.

    Args:
        left, right: Edges of the frame.
    """
    if not (chart.since and chart.until):
        return []
    frame = Frame(left, right, 0, 1, chart.since, chart.until, 0, 1)
    spans = [_words_span(chart, event, frame) for event in chart.events]
    xs = [frame.x(event.at) for event in chart.events]
    turned = [span[1] <= x for span, x in zip(spans, xs, strict=True)]
    order = sorted(range(len(spans)), key=lambda place: (turned[place], -place if turned[place] else place))
    taken: list[list[tuple[float, float]]] = [[] for _ in range(_EVENT_ROWS)]
    rows: list[int | None] = [None] * len(spans)
    for place in order:
        begin, end = spans[place]
        free = [row for row, others in enumerate(taken) if all(end <= one[0] or begin >= one[1] for one in others)]
        if not free:
            continue
        row = next((row for row in free if not _crossed(row, place, rows, spans, xs)), free[0])
        rows[place] = row
        taken[row].append((begin, end))
    return rows


def _crossed(
    row: int, place: int, rows: Sequence[int | None], spans: Sequence[tuple[float, float]], xs: Sequence[float]
) -> bool:
    """Whether in this row a line would run through words: another's through these, or this one's through others."""
    return any(
        (other < row and spans[place][0] < xs[index] < spans[place][1])
        or (other > row and spans[index][0] < xs[place] < spans[index][1])
        for index, other in enumerate(rows)
        if other is not None
    )


def _words_span(chart: Chart, event: Event, frame: Frame) -> tuple[float, float]:
    """From where to where the words of an event reach, with the space around them."""
    x, width = frame.x(event.at), _BOLD * text_width_px(_event_text(chart, event)) + 2 * _EVENT_SPACE
    return (x, x + width) if x + width <= frame.right + 8 else (x - width, x)


def _event_text(chart: Chart, event: Event) -> str:
    return f"{event.label} {event.at.astimezone(chart.zone):%H:%M}"


def events(chart: Chart, frame: Frame, rows: Sequence[int | None]) -> list[str]:
    """What happened: a thin line through the chart, its words above."""
    found = []
    for event, row in zip(chart.events, rows, strict=True):
        x, y = frame.x(event.at), 34 + _EVENT_ROW_PX * row if row is not None else frame.top + 10
        right = _words_span(chart, event, frame)[0] >= x
        drawn = svg.path("event", f"M{svg.at(x, y - 10)}V{coordinate(frame.bottom)}")
        if row is not None:
            text, anchor = _event_text(chart, event), "start" if right else "end"
            drawn += svg.words(x + _EVENT_SPACE if right else x - _EVENT_SPACE, y, text, "strong", anchor)
        found.append(f'<a href="{escape(event.href)}">{drawn}</a>' if event.href else drawn)
    return found


def room_for_events(rows: Sequence[int | None]) -> float:
    """How much higher a chart begins below the words of its events, px."""
    lowest = max((row for row in rows if row is not None), default=None)
    return 0 if lowest is None else _EVENT_ROW_PX * (lowest + 1) + _ABOVE_PEAK_PX


def _text(frame: Frame, x: float, y: float, text: str, kind: str, *, centred: bool = False) -> str:
    """Words beside a point, kept inside the frame."""
    width = text_width_px(text)
    left = x - width / 2 if centred else x
    left = max(frame.left + 2, min(left, frame.right - width))
    y = max(frame.top - 4, y)
    return svg.words(left, y, text, kind)


def _path(frame: Frame, points: Sequence[tuple[datetime, float]]) -> str:
    return "M" + " ".join(svg.at(frame.x(at), frame.y(value)) for at, value in points)
