"""The definition of an episode: by hand, against a naive reading, and fast enough."""

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.detection.detection_oracle import Sample, naive_episodes

from cityloop.analyse.detection.episodes import Run, find_episodes

HOUR = 3_600_000_000


def found(
    samples: list[Sample], at_least: float = 10.0, minimum: int = 2, gap: int = 3
) -> list[tuple[int, int, int, float, int]]:
    return [
        (run.start_us, run.end_us, run.count, run.peak, run.peak_us)
        for run in runs_of(samples, at_least=at_least, minimum=minimum, gap=gap)
    ]


def runs_of(samples: list[Sample], *, at_least: float = 10.0, minimum: int = 2, gap: int = 3) -> list[Run]:
    return find_episodes(
        np.array([sample[0] for sample in samples], dtype=np.int64),
        np.array([sample[1] for sample in samples], dtype=np.float64),
        np.array([sample[2] for sample in samples], dtype=np.int64),
        at_least=at_least,
        minimum_us=minimum,
        gap_us=gap,
    )


def test_threshold_duration_and_gap_are_inclusive() -> None:
    assert found([(0, 10.0, 0), (3, 10.0, 0)]) == [(0, 3, 2, 10.0, 0)]
    assert found([(0, 10.0, 0), (4, 10.0, 0)]) == []
    assert found([(0, 10.0, 0), (2, 12.0, 0)]) == [(0, 2, 2, 12.0, 2)]
    assert found([(0, 10.0, 0), (1, 12.0, 0)]) == []
    assert found([(0, 9.999, 0), (1, 10.0, 0), (2, 10.0, 0)]) == []


def test_a_low_observation_ends_a_run_and_a_bad_one_does_not() -> None:
    high = [(0, 11.0, 0), (1, 11.0, 1), (3, 11.0, 0), (4, 11.0, 0)]
    assert found([*high, (2, 0.0, 2)]) == [(0, 4, 4, 11.0, 0)]
    assert found([*high, (2, 0.0, 1)], minimum=1) == [(0, 1, 2, 11.0, 0), (3, 4, 2, 11.0, 3)]


def test_a_bad_high_observation_carries_no_run_over_a_gap() -> None:
    assert found([(0, 11.0, 0), (3, 99.0, 2), (6, 11.0, 0)], minimum=0) == [(0, 0, 1, 11.0, 0), (6, 6, 1, 11.0, 6)]


def test_differing_results_at_one_time_in_either_order() -> None:
    for pair in ([(2, 5.0, 1), (2, 30.0, 0)], [(2, 30.0, 0), (2, 5.0, 1)]):
        samples = [(0, 11.0, 0), (1, 11.0, 0), *pair, (3, 11.0, 0), (4, 12.0, 0)]
        assert found(samples, minimum=1) == [(0, 1, 2, 11.0, 0), (3, 4, 2, 12.0, 4)]
    assert found([(0, 11.0, 0), (2, 12.0, 0), (2, 13.0, 1)]) == [(0, 2, 3, 13.0, 2)]


def test_what_ended_a_run() -> None:
    low, far, open_end = runs_of([(0, 11.0, 0), (1, 11.0, 0), (2, 1.0, 0), (3, 11.0, 0), (9, 11.0, 0)], minimum=0)
    assert (low.ended_us(3), far.ended_us(3), open_end.ended_us(3)) == (2, 3, None)
    late_low = runs_of([(0, 11.0, 0), (8, 1.0, 0)], minimum=0)[0]
    assert late_low.after_us == 8
    assert late_low.ended_us(3) == 0, "a low value after more than the gap did not end it: the gap did"


def test_nothing_gives_nothing() -> None:
    assert found([]) == []
    assert found([(0, 99.0, 2)]) == []


SAMPLES = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from([0.0, 9.0, 10.0, 11.0, 12.0]), st.sampled_from([0, 0, 0, 1, 2])),
    max_size=80,
)


@given(SAMPLES, st.integers(0, 12), st.integers(0, 6))
@settings(max_examples=400, deadline=None)
def test_equals_the_naive_reading(samples: list[Sample], minimum: int, gap: int) -> None:
    assert found(samples, minimum=minimum, gap=gap) == naive_episodes(samples, 10.0, minimum, gap)


@given(
    st.lists(st.tuples(st.integers(-(2**55), 2**55), st.floats(-1e9, 1e9), st.integers(0, 2)), max_size=30),
    st.floats(-1e9, 1e9),
)
@settings(max_examples=200, deadline=None)
def test_equals_the_naive_reading_on_any_numbers(samples: list[Sample], at_least: float) -> None:
    assert found(samples, at_least=at_least, minimum=HOUR, gap=2**50) == naive_episodes(samples, at_least, HOUR, 2**50)


def test_four_years_of_hours_take_milliseconds() -> None:
    random = np.random.default_rng(7)
    time_us = np.arange(35_064, dtype=np.int64) * HOUR
    result = random.gamma(1.2, 70.0, size=len(time_us))
    quality = random.choice([0, 0, 0, 1, 2], size=len(time_us))
    begun = time.process_time()
    find_episodes(time_us, result, quality, at_least=150.0, minimum_us=3 * HOUR, gap_us=6 * HOUR)
    assert time.process_time() - begun < 0.25
