"""Whole histories, read slice by slice, and what other numbers would have given."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.analyse.detection.detection_oracle import BEGIN_US, MINUTE_US, Put, Sample, naive_episodes
from tests.analyse.detection.test_definitions import GOOD

from cityloop.analyse.detection.history import episodes_over_history, preview
from cityloop.analyse.detection.stored import history
from cityloop.analyse.detection.window import Condition
from cityloop.kernel.problems import Invalid, NotFound

pytestmark = pytest.mark.django_db


@given(
    samples=st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from([0.0, 14.0, 15.0, 30.0]), st.sampled_from([0, 0, 0, 1, 2])),
        max_size=40,
    ),
    rows=st.sampled_from([2, 3, 7, 100]),
    since=st.integers(0, 20),
    until=st.integers(15, 45),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slices_change_nothing(
    observations: Put, stream: Callable[[], int], samples: list[Sample], rows: int, since: int, until: int
) -> None:
    number = stream()
    observations(number, samples)
    condition = Condition(15.0, 2 * MINUTE_US, 3 * MINUTE_US)
    found = [
        ((run.start_us - BEGIN_US) // MINUTE_US, (run.end_us - BEGIN_US) // MINUTE_US, run.count, run.peak)
        for run in history(
            number,
            condition,
            since_us=BEGIN_US + since * MINUTE_US,
            until_us=BEGIN_US + until * MINUTE_US,
            slice_rows=rows,
        )
    ]
    inside = [sample for sample in samples if since <= sample[0] < until]
    assert found == [run[:4] for run in naive_episodes(inside, 15.0, 2, 3)]


def test_only_known_datastreams_of_the_property(observations: Put, stream: Callable[[], int]) -> None:
    number = stream()
    numbers = {"at_least": 15.0, "minimum_us": 0, "gap_us": MINUTE_US}
    with pytest.raises(Invalid, match="property 'pm25' is not known; known: water_depth"):
        list(episodes_over_history(property="pm25", **numbers))
    with pytest.raises(
        NotFound, match=rf"Datastream {number + 9} does not exist or does not measure water_depth; 1 Data"
    ):
        list(episodes_over_history(property="water_depth", datastream_ids=[number + 9], **numbers))


def test_a_preview_counts_the_last_days(observations: Put, stream: Callable[[], int]) -> None:
    first, second, day = stream(), stream(), 24 * 60
    assert preview(GOOD, days=30).until_at is None
    observations(first, [(0, 20.0, 0), (5, 20.0, 0), (9 * day, 20.0, 0), (9 * day + 3, 30.0, 0), (10 * day, 1.0, 0)])
    observations(second, [(9 * day, 1.0, 0)])
    found = preview(GOOD, days=2)
    assert (found.episodes, found.streams, found.of_streams, found.longest_s) == (1, 1, 2, 180)
    assert (found.levels, found.complete) == ({2: 1}, True)
    assert preview(GOOD, days=11).episodes == 2
    assert preview(replace(GOOD, at_least=31.0), days=11).episodes == 0
    with pytest.raises(Invalid, match="0 days; allowed: 1 to 1500"):
        preview(GOOD, days=0)
