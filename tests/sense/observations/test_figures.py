"""Numbers and thinned lines of a series."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cityloop.sense.observations.contracts import Reason, Series, series_of
from cityloop.sense.observations.figures import drawn, summarise

rows = st.lists(
    st.tuples(st.integers(0, 10**9), st.floats(-1e6, 1e6), st.integers(0, 31)),
    unique_by=lambda row: row[0],
    max_size=300,
)


def series(rows: list[tuple[int, float, int]]) -> Series:
    ordered = sorted(rows)
    flags = [0 if not mask else (2 if mask & 1 else 1) for _, _, mask in ordered]
    return series_of(
        [
            (at, time_us, value, flag, mask)
            for at, ((time_us, value, mask), flag) in enumerate(zip(ordered, flags, strict=True))
        ]
    )


def test_an_empty_series_has_no_numbers() -> None:
    found = summarise(series([]))
    assert (found.count, found.lowest, found.mean, found.highest_us, found.flagged_share) == (0, None, None, None, 0.0)


def test_impossible_values_count_as_flags_and_in_nothing_else() -> None:
    found = summarise(series([(1, 5.0, 0), (2, 7.0, 2), (3, 9999.0, 1)]))
    assert (found.lowest, found.highest, found.mean, found.highest_us) == (5.0, 7.0, 6.0, 2)
    assert (found.good, found.suspect, found.bad, found.flagged) == (1, 1, 1, 2)
    assert found.reasons == ((Reason.RANGE, 1), (Reason.RATE, 1))


@given(rows, st.integers(4, 80))
def test_a_thinned_line_keeps_its_ends_and_its_extremes(rows: list[tuple[int, float, int]], most: int) -> None:
    whole = series(rows)
    places = drawn(whole, most)
    assert len(places) <= max(len(whole) if len(whole) <= most else 0, most + 2)
    assert np.all(np.diff(places) > 0)
    if len(whole):
        kept = whole.result[places]
        assert (kept.min(), kept.max()) == (whole.result.min(), whole.result.max())
        assert (places[0], places[-1]) == (0, len(whole) - 1)
