"""Online = offline on the pure core: any order of arrival, any batches, windows and tails against the whole history."""

from dataclasses import replace
from itertools import cycle

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analyse.detection.detection_oracle import ListedStream, Sample, arrivals, naive_episodes

from cityloop.analyse.detection import window as window_core
from cityloop.analyse.detection.episodes import Run
from cityloop.analyse.detection.tail import Tail, tail_of
from cityloop.analyse.detection.window import Condition, clusters, window_around

SAMPLES = arrivals([0.0, 9.0, 10.0, 11.0, 12.0])
CUTS = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def known(run: Run) -> tuple[int, int, int, float, int]:
    return run.start_us, run.end_us, run.count, run.peak, run.peak_us


def batches(samples: list[Sample], cuts: list[int]) -> list[tuple[int, int]]:
    found, begin = [], 0
    for cut in cycle(cuts):
        if begin >= len(samples):
            break
        found.append((begin, min(len(samples), begin + cut)))
        begin += cut
    return found


@given(SAMPLES, CUTS, st.integers(0, 6), st.integers(0, 5), st.sampled_from([2, 3, 64]))
@settings(max_examples=500, deadline=None)
@example([(0, 10.0, 0), (5, 10.0, 0), (2, 9.0, 0)], [1], 0, 5, 64)
def test_windows_alone_give_the_episodes_of_history(
    samples: list[Sample], cuts: list[int], minimum: int, gap: int, page: int
) -> None:
    """Each window replaces what was known there; rows beyond the batch lie in the store already, not to be seen."""
    window_core.PAGE = page  # type: ignore[misc]
    try:
        stream = ListedStream(samples)
        kept: list[Run] = []
        for begin, end in batches(samples, cuts):
            condition = Condition(10.0, minimum, gap, through_id=end)
            fresh = [time for time, _, quality in samples[begin:end] if quality != 2]
            for first, last in clusters(fresh, 7):
                window = window_around(stream, condition, first, last)
                for run in kept:
                    inside = window.first_us <= run.start_us <= window.last_us
                    assert inside == (window.first_us <= run.end_us <= window.last_us), "a run crosses the window"
                kept = [run for run in kept if not window.first_us <= run.start_us <= window.last_us] + list(
                    window.runs
                )
            kept.sort(key=lambda run: run.start_us)
            assert [known(run) for run in kept] == naive_episodes(samples[:end], 10.0, minimum, gap)
    finally:
        window_core.PAGE = 64  # type: ignore[misc]


@given(SAMPLES, CUTS, st.integers(0, 5))
@settings(max_examples=500, deadline=None)
def test_a_folded_tail_is_the_tail_of_the_store(samples: list[Sample], cuts: list[int], gap: int) -> None:
    stream = ListedStream(samples)
    tail = Tail()
    for begin, end in batches(samples, cuts):
        condition = Condition(10.0, 0, gap, through_id=end)
        rows = sorted(
            (time, result, begin + place)
            for place, (time, result, quality) in enumerate(samples[begin:end], 1)
            if quality != 2
        )
        if rows:
            late = tail.late(rows, 10.0)
            if late and tail.touched_by(late, gap):
                found = tail_of(stream, condition)
                assert found is not None
                tail = found
            else:
                tail.fold(rows, 10.0, gap)
        fresh = tail_of(stream, condition)
        assert fresh is not None
        assert (tail.newest_us, tail.run and known(tail.run)) == (fresh.newest_us, fresh.run and known(fresh.run))


def test_a_fold_tells_what_ended_a_run() -> None:
    tail = Tail()
    ended = tail.fold([(0, 11.0, 1), (1, 12.0, 2), (2, 3.0, 3), (3, 11.0, 4), (20, 11.0, 5)], 10.0, 5)
    assert ended == [Run(0, 1, 2, 12.0, 1, 1, after_us=2), Run(3, 3, 1, 11.0, 3, 4, after_us=20)]
    assert tail.run == Run(20, 20, 1, 11.0, 20, 5)


def test_rows_before_the_rule_began_are_not_judged() -> None:
    stream = ListedStream([(time, 11.0, 0) for time in range(10)])
    condition = Condition(10.0, 0, 3, since_us=4)
    assert known(window_around(stream, condition, 9, 9).runs[0])[:3] == (4, 9, 6)


def test_a_long_run_is_read_in_few_pages() -> None:
    stream = ListedStream([(time, 11.0, 0) for time in range(20_000)])
    window = window_around(stream, Condition(10.0, 0, 3), 10_000, 10_000)
    assert (window.first_us, window.last_us) == (0, 19_999)
    assert stream.reads < 15


def test_hundreds_of_results_at_one_time() -> None:
    samples: list[Sample] = [(5, 11.0 + number, 1) for number in range(300)] + [(6, 11.0, 0)]
    window = window_around(ListedStream(samples), Condition(10.0, 0, 3), 6, 6)
    assert replace(window.runs[0], first_id=0) == Run(5, 6, 301, 310.0, 5)
    low = window_around(ListedStream([*samples, (5, 1.0, 1)]), Condition(10.0, 0, 3), 6, 6)
    assert known(low.runs[0])[:3] == (6, 6, 1)


def test_clusters() -> None:
    assert clusters([9, 1, 2, 30], 5) == [(1, 2), (9, 9), (30, 30)]
    assert clusters([], 5) == []
