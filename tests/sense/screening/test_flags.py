"""The judgement of one stream's rows."""

from hypothesis import given
from hypothesis import strategies as st

from cityloop.sense.screening.port import NO_LIMITS, Limits, Quality, Reason, StreamState, quality_of

HOUR = 3_600_000_000
MINUTE = HOUR // 60

numbers = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)
limits = st.builds(
    Limits,
    valid_least=st.none() | st.floats(-1000, 0),
    valid_most=st.none() | st.floats(0.5, 1000),
    rate_max=st.none() | st.floats(0.1, 1e4),
    stuck_after_s=st.none() | st.integers(1, 100_000),
    stuck_above=st.none() | st.floats(-10, 10),
)
rows = st.lists(
    st.tuples(st.integers(1, 10 * HOUR), st.sampled_from([0.0, 1.0, 5.0, 5.0, 900.0, -2000.0])), max_size=40
)


def judge(limits: Limits, rows: list[tuple[int, float]]) -> list[Reason]:
    state = StreamState(limits)
    return [Reason(state.next(time_us, result)) for time_us, result in rows]


def test_bad_means_out_of_range_and_nothing_else() -> None:
    assert [quality_of(mask) for mask in range(32)] == [0] + [2 if mask & 1 else 1 for mask in range(1, 32)]


def test_the_ends_of_the_valid_range_are_good() -> None:
    found = judge(Limits(0, 1000), [(1, 0.0), (2, 1000.0), (3, -0.001), (4, 1000.001)])
    assert found == [Reason(0), Reason(0), Reason.RANGE, Reason.RANGE]


def test_a_stream_without_limits_is_always_good() -> None:
    assert judge(NO_LIMITS, [(1, 1e300), (2, -1e300), (3, 0.0)]) == [Reason(0)] * 3


def test_a_change_faster_than_the_property_can_is_suspect_and_just_as_fast_is_not() -> None:
    assert judge(Limits(rate_max=60), [(0, 0.0), (MINUTE, 1.0), (2 * MINUTE, 2.5)]) == [
        Reason(0),
        Reason(0),
        Reason.RATE,
    ]


def test_a_spike_is_flagged_up_and_down_and_a_step_once() -> None:
    spike = judge(Limits(rate_max=60), [(0, 10.0), (MINUTE, 50.0), (2 * MINUTE, 10.0), (3 * MINUTE, 10.0)])
    assert spike == [Reason(0), Reason.RATE, Reason.RATE, Reason(0)]
    step = judge(Limits(rate_max=60), [(0, 10.0), (MINUTE, 50.0), (2 * MINUTE, 50.0), (3 * MINUTE, 50.5)])
    assert step == [Reason(0), Reason.RATE, Reason(0), Reason(0)]


def test_a_value_out_of_range_does_not_make_the_next_one_suspect() -> None:
    found = judge(Limits(0, 100, rate_max=60), [(0, 10.0), (MINUTE, -999.0), (2 * MINUTE, 10.5)])
    assert found == [Reason(0), Reason.RANGE, Reason(0)]


def test_a_stuck_value_is_suspect_after_the_limit_and_until_it_moves() -> None:
    found = judge(
        Limits(stuck_after_s=3600), [(0, 7.0), (HOUR, 7.0), (HOUR + 1, 7.0), (2 * HOUR, 7.0), (3 * HOUR, 7.1)]
    )
    assert found == [Reason(0), Reason(0), Reason.STUCK, Reason.STUCK, Reason(0)]


def test_no_rain_for_weeks_is_no_stuck_gauge() -> None:
    dry = Limits(0, 300, stuck_after_s=3600, stuck_above=0.0)
    assert judge(dry, [(hour * HOUR, 0.0) for hour in range(200)]) == [Reason(0)] * 200
    assert judge(dry, [(hour * HOUR, 0.2) for hour in range(4)])[2:] == [Reason.STUCK, Reason.STUCK]


def test_late_and_doubled_rows_are_suspect_and_bad_only_out_of_range() -> None:
    state = StreamState(Limits(0, 100))
    assert state.next(10, 5.0) == 0
    assert Reason(state.aside(6.0, doubled=True)) == Reason.DOUBLED
    assert Reason(state.aside(6.0, doubled=False)) == Reason.LATE
    assert Quality(quality_of(state.aside(101.0, doubled=False))) is Quality.BAD


@given(limits, rows)
def test_bad_if_and_only_if_out_of_range(limits: Limits, rows: list[tuple[int, float]]) -> None:
    ordered = sorted(dict(rows).items())
    for (_, result), reasons in zip(ordered, judge(limits, ordered), strict=True):
        outside = (limits.valid_least is not None and result < limits.valid_least) or (
            limits.valid_most is not None and result > limits.valid_most
        )
        assert (quality_of(reasons) == Quality.BAD) is outside


@given(limits, rows, st.lists(numbers, max_size=5), st.integers(0, 40))
def test_rows_aside_leave_no_trace(
    limits: Limits, rows: list[tuple[int, float]], aside: list[float], place: int
) -> None:
    ordered = sorted(dict(rows).items())
    state = StreamState(limits)
    found = []
    for at, (time_us, result) in enumerate(ordered):
        if at == place:
            for other in aside:
                state.aside(other, doubled=False)
        found.append(Reason(state.next(time_us, result)))
    assert found == judge(limits, ordered)


@given(limits, rows, st.integers(0, 40))
def test_a_state_read_back_judges_as_the_one_that_lived_on(
    limits: Limits, rows: list[tuple[int, float]], place: int
) -> None:
    """What a store can tell of a stream is enough to go on: a restart changes no flag."""
    ordered = sorted(dict(rows).items())
    whole = judge(limits, ordered)
    before, after = ordered[:place], ordered[place:]
    trusted = [row for row, reasons in zip(before, whole, strict=False) if not reasons & Reason.RANGE]
    since = None
    for time_us, result in reversed(trusted):
        if result != trusted[-1][1]:
            break
        since = time_us
    state = StreamState(
        limits,
        newest_us=before[-1][0] if before else None,
        trusted_us=trusted[-1][0] if trusted else None,
        trusted=trusted[-1][1] if trusted else None,
        same_since_us=since,
    )
    assert [Reason(state.next(time_us, result)) for time_us, result in after] == whole[place:]
