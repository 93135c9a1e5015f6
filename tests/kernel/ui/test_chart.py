"""Charts: peaks stay, gaps stay, flags are seen, thresholds have their level, words reach those who can't see."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cityloop.kernel.ui import chart, scales
from cityloop.kernel.ui.chart import Chart, Event, Point, Series, Threshold
from cityloop.kernel.ui.markup import text_width_px
from cityloop.kernel.ui.shapes import UnknownLevelError

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 7, 16, 9, 0, tzinfo=UTC)


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def depth(values: list[float], **more: object) -> Chart:
    points = tuple(Point(minute(index), value) for index, value in enumerate(values))
    return Chart(series=(Series("measured", points),), quantity="Depth", unit="cm", zone=ZONE, **more)  # type: ignore[arg-type]


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def measured(svg: str) -> str:
    """The path of the measured line."""
    found = re.search(r'class="measured" d="([^"]+)"', svg)
    assert found
    return found.group(1)


def test_chart_is_one_picture_with_words() -> None:
    root = parsed(chart.line_chart(depth([1, 5, 31.8, 20])))
    assert root.get("role") == "img"
    assert root.get("aria-label") == ("Depth, cm, 17:00 to 17:03: lowest 1, highest 31.8 at 17:02, last 20 at 17:03.")


def test_label_of_the_caller_wins_and_is_escaped() -> None:
    svg = chart.line_chart(depth([1, 2]), label='<b> & "depth"')
    assert parsed(svg).get("aria-label") == '<b> & "depth"'
    assert "<b>" not in svg


def test_no_values_says_so() -> None:
    svg = chart.line_chart(depth([], since=minute(0), until=minute(60)))
    assert "No values in this time" in svg
    assert 'class="measured"' not in svg
    assert parsed(svg).get("aria-label") == "Depth, cm: no values in this time."


def test_no_values_and_no_range_is_still_a_picture() -> None:
    assert parsed(chart.line_chart(depth([]))) is not None


def test_one_value_is_a_dot() -> None:
    svg = chart.line_chart(depth([7]))
    assert 'class="measured"' not in svg
    assert 'class="dot"' in svg


def test_a_gap_breaks_the_line() -> None:
    points = tuple(Point(minute(m), 5) for m in (0, 1, 2, 3, 30, 31, 32))
    svg = chart.line_chart(Chart(series=(Series("m", points),), quantity="Depth", unit="cm", zone=ZONE))
    assert measured(svg).count("M") == 2


def test_suspect_is_hollow_and_bad_is_a_cross_off_the_line() -> None:
    points = (
        Point(minute(0), 5),
        Point(minute(1), 6, chart.SUSPECT),
        Point(minute(2), 480, chart.BAD),
        Point(minute(3), 7),
    )
    made = Chart(series=(Series("m", points),), quantity="Depth", unit="cm", zone=ZONE)
    svg = chart.line_chart(made)
    assert svg.count('class="suspect"') == 1
    assert svg.count('class="bad"') == 1
    assert ">400<" not in svg, "a bad value must not stretch the axis"
    assert "1 suspect values. 1 impossible values." in parsed(svg).get("aria-label", "")
    assert "impossible value" in chart.chart_key(made)


def test_area_over_the_gravest_threshold_that_is_passed() -> None:
    limits = (Threshold(27, 2, "close"), Threshold(15, 3, "warn"))
    assert 'class="over3"' in chart.line_chart(depth([0, 10, 20, 10], thresholds=limits))
    passed = chart.line_chart(depth([0, 30, 10], thresholds=limits))
    assert 'class="over2"' in passed
    assert 'class="over3"' not in passed
    assert "Ⅱ close 27" in passed
    assert 'class="over' not in chart.line_chart(depth([0, 10, 5], thresholds=limits))


def test_unknown_level_is_named() -> None:
    with pytest.raises(UnknownLevelError, match="Warning level is 5; allowed: 1"):
        chart.line_chart(depth([1, 2], thresholds=(Threshold(1, 5),)))


def test_event_words_have_rows_of_their_own() -> None:
    events = tuple(Event(minute(m), "dispatch") for m in (1, 1.1, 1.2))
    svg = chart.line_chart(depth([1, 2, 3, 4], events=events))
    rows = re.findall(r'<text class="strong"[^>]* y="(\d+)"[^>]*>dispatch', svg)
    assert len(set(rows)) == 3


WORDS = re.compile(r'<text class="strong" x="([\d.]+)" y="([\d.]+)" text-anchor="(start|end)">([^<]*\d\d:\d\d)</text>')
LABELS = ("立案", "决策", "反馈", "事实结束", "预计结束", "Predicted end", "Opened")
LINES = re.compile(r'<path class="event" d="M([\d.]+) ([\d.]+)V')


MANY = [float(number % 7) for number in range(61)]


def event_words(svg: str) -> list[tuple[float, float, float]]:
    """From where to where the words of each event reach, and on which line."""
    found = []
    for x, y, anchor, text in WORDS.findall(svg):
        begin = float(x) - (text_width_px(text) if anchor == "end" else 0)
        found.append((begin, begin + text_width_px(text), float(y)))
    return found


@given(
    places=st.lists(st.floats(0, 60), min_size=1, max_size=6),
    labels=st.lists(
        st.sampled_from(["立案", "决策", "反馈", "事实结束", "预计结束", "Predicted end", "Opened"]),
        min_size=6,
        max_size=6,
    ),
    size=st.sampled_from([chart.WIDE, chart.NARROW]),
)
def test_event_words_never_lie_upon_one_another(places: list[float], labels: list[str], size: chart.Size) -> None:
    events = tuple(Event(minute(at), label) for at, label in zip(places, labels, strict=False))
    found = event_words(chart.line_chart(depth(MANY, events=events), size=size))
    assert len(found) == len(events), "six events have room for their words on any chart"
    for number, (begin, end, y) in enumerate(found):
        assert begin >= 0
        assert end <= size.width
        for other_begin, other_end, other_y in found[number + 1 :]:
            assert y != other_y or end <= other_begin or begin >= other_end, found


@pytest.mark.parametrize("first", [1.0, 58.0])
def test_no_line_runs_through_the_words_of_events_on_the_same_side(first: float) -> None:
    """At the right edge words stand left of their line: the last one above, and its neighbours' lines begin below."""
    events = tuple(Event(minute(first + 0.5 * number), "Decided") for number in range(3))
    svg = chart.line_chart(depth(MANY, events=events))
    lines = [(float(x), float(y)) for x, y in LINES.findall(svg)]
    for begin, end, y in event_words(svg):
        assert [line for line in lines if begin < line[0] < end and line[1] < y - 10] == []


def test_the_highest_value_keeps_clear_of_the_words_above() -> None:
    svg = chart.line_chart(depth([0, 10, 0], events=(Event(minute(1), "Opened"),)))
    (event,) = [float(y) for _, y, _, _ in WORDS.findall(svg)]
    peak = re.search(r'y="([\d.]+)">Highest 10<', svg)
    assert peak is not None
    assert float(peak[1]) - event >= 13


def test_events_too_many_for_words_keep_their_lines() -> None:
    events = tuple(Event(minute(1 + n / 100), "dispatch") for n in range(9))
    svg = chart.line_chart(depth([1, 2, 3, 4], events=events))
    assert len(LINES.findall(svg)) == 9
    assert len(WORDS.findall(svg)) == 6


def test_event_outside_the_range_is_left_out() -> None:
    assert "late" not in chart.line_chart(depth([1, 2], events=(Event(minute(99), "late"),)))


def test_markup_in_names_is_escaped() -> None:
    made = depth([1, 2], thresholds=(Threshold(1, 3, "<script>"),), events=(Event(minute(1), "<i>"),))
    assert "<script>" not in chart.responsive_chart(made)
    assert "<i>" not in chart.responsive_chart(made)


def test_no_inline_style_anywhere() -> None:
    made = depth([1, 40, 2], thresholds=(Threshold(27, 2),), now=minute(1))
    drawn = chart.responsive_chart(made) + chart.columns((chart.Bar("a", 1),), unit="x", label="x")
    assert "style=" not in drawn
    assert "<style" not in drawn


@given(st.lists(st.floats(-1e6, 1e6), min_size=0, max_size=60))
def test_any_values_give_a_picture(values: list[float]) -> None:
    svg = chart.line_chart(depth(values))
    assert "nan" not in svg.lower().replace("nano", "")
    parsed(svg)


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=5000), st.integers(4, 400))
def test_thinning_keeps_the_peaks_and_the_ends(values: list[float], most: int) -> None:
    samples = [scales.Sample(minute(index), value, 0) for index, value in enumerate(values)]
    thinned = scales.thin(samples, most)
    assert len(thinned) <= max(most, 4)
    assert {min(values), max(values)} <= {sample.value for sample in thinned}
    assert thinned[0] == samples[0]
    assert thinned[-1] == samples[-1]
    assert [sample.at for sample in thinned] == sorted(sample.at for sample in thinned)


def test_a_year_of_minutes_draws_at_most_2000_points_and_keeps_its_one_spike() -> None:
    values = [5.0] * 100_000
    values[77_777] = 99.0
    svg = chart.line_chart(depth(values))
    assert len(measured(svg).split(" ")) <= 2 * 2001
    assert "Highest 99" in svg


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.integers(3, 12))
@example(-1.0, 500_000_002.0, 3)
def test_value_ticks_cover_the_range_and_stay_few(low: float, span: float, most: int) -> None:
    ticks = scales.value_ticks(low, low + span, most)
    # What is left out is less than a pixel of any drawing.
    unseen = 1e-6 * max(1, abs(low), span)
    assert ticks[0] <= low + unseen
    assert ticks[-1] >= low + span - unseen
    assert 2 <= len(ticks) <= most + 1


def test_axis_begins_at_zero_when_values_come_near_it() -> None:
    assert scales.value_ticks(2, 30)[0] == 0
    assert scales.value_ticks(52, 78)[0] > 0, "noise in dB(A) has no business with zero"
    assert scales.value_ticks(52, 78, zero=True)[0] == 0


def test_value_ticks_refuse_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="allowed: finite numbers"):
        scales.value_ticks(float("nan"), 1)


@pytest.mark.parametrize(
    ("hours", "labels"),
    [
        (2, ["17:00", "17:30", "18:00", "18:30", "19:00"]),
        (6, ["17:00", "18:00", "19:00", "20:00", "21:00", "22:00", "23:00"]),
        (24, ["18:00", "17 Jul", "06:00", "12:00"]),
    ],
)
def test_time_ticks_lie_on_the_city_s_clock(hours: int, labels: list[str]) -> None:
    assert [text for _, text in scales.time_ticks(START, START + timedelta(hours=hours), ZONE, "en")] == labels


def test_time_ticks_of_days_months_and_years() -> None:
    days = scales.time_ticks(START, START + timedelta(days=5), ZONE, "zh-hans", 6)
    assert [text for _, text in days] == ["7 月 17 日", "7 月 19 日", "7 月 21 日"]
    years = scales.time_ticks(START, START + timedelta(days=4 * 365), ZONE, "en", 9)
    assert [text for _, text in years] == ["2027", "2028", "2029", "2030"]


def test_time_ticks_cross_a_change_of_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    since = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    texts = [text for _, text in scales.time_ticks(since, since + timedelta(hours=6), berlin, "en", 9)]
    assert "02:00" not in texts, "that hour does not exist on this night"
    assert texts == ["23:00", "29 Mar", "01:00", "03:00", "04:00", "05:00", "06:00"]


def test_columns_begin_at_zero() -> None:
    svg = chart.columns((chart.Bar("Jan", 80), chart.Bar("Feb", 90, own=True)), unit="points", label="scores")
    assert ">0<" in svg
    assert svg.count("column own") == 1
    with pytest.raises(ValueError, match="Column 'Jan' is -1; allowed: numbers from 0"):
        chart.columns((chart.Bar("Jan", -1),), unit="points", label="scores")


def test_sparkline_breaks_where_nothing_is_known() -> None:
    svg = chart.sparkline([1, None, 3, 4], label="depth")
    assert measured(svg).count("M") == 2
    assert 'class="axis"' in chart.sparkline([None], label="depth")


def test_timeline_counts_what_overlaps() -> None:
    incidents = tuple((minute(-m), level, "x") for m, level in ((10, 3), (11, 2), (200, 4), (9999, 1)))
    made = chart.Timeline(
        now=START, zone=ZONE, incidents=incidents, rain=((minute(-20), 8.8),), decisions=((minute(-30), "B"),)
    )
    svg = chart.operations_timeline(made)
    assert svg.count('class="mark') == 2
    assert 'class="mark m2"' in svg, "the gravest stands for all"
    assert ">2</text>" in svg
    assert parsed(svg).get("aria-label") == (
        "6 hours to Now 17:00: 3 incidents, 1 decisions, rain at most 8.8 mm in 10 minutes."
    )
