"""The observation store as detection's pure cores want to see it, and whole histories from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cityloop.analyse.detection.contracts import RuleView
from cityloop.analyse.detection.episodes import Rows, Run, find_runs
from cityloop.analyse.detection.window import Condition
from cityloop.sense.observations import port as observations
from cityloop.sense.observations.contracts import Series, to_us

SLICE: Final = 500_000


@dataclass(frozen=True)
class StoredStream:
    """A Datastream in the store; see `window.Stream`."""

    datastream_id: int

    def between(self, first_us: int, last_us: int) -> Rows:
        """Rows with first_us ≤ time ≤ last_us, by time."""
        return _rows(observations.store().series(self.datastream_id, first_us, last_us + 1))

    def before(self, time_us: int, limit: int) -> Rows:
        """The newest `limit` rows with a smaller time, by time."""
        return _rows(observations.store().before(self.datastream_id, time_us, limit))

    def after(self, time_us: int, limit: int) -> Rows:
        """The oldest `limit` rows with a larger time, by time."""
        return _rows(observations.store().after(self.datastream_id, time_us, limit))


def condition_of(rule: RuleView, through_id: int) -> Condition:
    """What a rule looks for in the rows known so far."""
    return Condition(
        at_least=rule.definition.at_least,
        minimum_us=rule.definition.minimum_us,
        gap_us=rule.definition.gap_us,
        since_us=to_us(rule.since_at) if rule.since_at is not None else None,
        through_id=through_id,
    )


def history(
    datastream_id: int, condition: Condition, *, since_us: int | None, until_us: int | None, slice_rows: int = SLICE
) -> Iterator[Run]:
    """The episodes of a stream between two times, read slice by slice: only observations from since to until count.

    Args:
        since_us: Inclusive. until_us: Exclusive. None: no bound.
        slice_rows: Rows to read at a time; grows while one run fills a slice.
    """
    begin, size = since_us, slice_rows
    while True:
        series = observations.store().series(datastream_id, begin, until_us, limit=size)
        rows, more = _rows(series), len(series) == size
        if more:
            # The slice may end in the midst of a moment: that moment is left to the next slice.
            rows = rows.where(rows.time_us < rows.time_us[-1])
        runs = find_runs(condition.known(rows), at_least=condition.at_least, gap_us=condition.gap_us)
        going_on = runs.pop() if more and runs and runs[-1].after_us is None else None
        yield from (run for run in runs if run.lasting_us >= condition.minimum_us)
        if not more:
            return
        before, begin = begin, going_on.start_us if going_on is not None else int(series.time_us[-1])
        size = size * 4 if begin == before or not len(rows) else slice_rows


def _rows(series: Series) -> Rows:
    return Rows(series.time_us, series.result, series.quality, series.ids)
