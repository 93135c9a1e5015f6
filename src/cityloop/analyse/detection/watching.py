"""One rule on one stream: bringing its episodes in line with new observations."""

from dataclasses import dataclass
from typing import Final

from cityloop.analyse.detection.contracts import RuleView
from cityloop.analyse.detection.episode_writer import EpisodeWriter
from cityloop.analyse.detection.episodes import Run
from cityloop.analyse.detection.models import Episode
from cityloop.analyse.detection.nearby import EpisodesNear
from cityloop.analyse.detection.stored import StoredStream
from cityloop.analyse.detection.tail import Row, Tail, tail_of
from cityloop.analyse.detection.window import Condition, clusters, window_around

# Late observations farther apart than this get windows of their own.
CLUSTER_US: Final = 86_400_000_000


@dataclass(frozen=True)
class Round:
    """What the streams of one batch share.

    Args:
        caught_up: Nothing waits behind the batch, so it pays to make the tails of streams not remembered yet.
    """

    writer: EpisodeWriter
    near: EpisodesNear
    caught_up: bool


@dataclass
class Watch:
    """A rule on a stream, and what is remembered of it. `row` is the row of the tail's run, when it has one."""

    rule: RuleView
    datastream_id: int
    tail: Tail | None = None
    row: Episode | None = None

    def judge(self, rows: list[Row], condition: Condition, this: Round) -> None:
        """Bring the stream's episodes in line with new rows (sorted by time, then result; none of them bad)."""
        if condition.since_us is not None:
            rows = [row for row in rows if row[0] >= condition.since_us]
            if not rows:
                return
        tail = self.tail
        if tail is not None:
            late = tail.late(rows, condition.at_least)
            if not late or not tail.touched_by(late, condition.gap_us):
                self._fold(tail, rows, condition, this.writer)
                if late:
                    self._look_around(late, condition, this)
                return
        self.tail = self.row = None
        self._look_around(rows, condition, this)
        if this.caught_up:
            self.tail = tail_of(StoredStream(self.datastream_id), condition)

    def _fold(self, tail: Tail, rows: list[Row], condition: Condition, writer: EpisodeWriter) -> None:
        before = tail.run
        for run in tail.fold(rows, condition.at_least, condition.gap_us):
            self._settle(run, condition, writer)
            self.row = None
        if tail.run is not None and tail.run is not before:
            self._settle(tail.run, condition, writer)

    def _settle(self, run: Run, condition: Condition, writer: EpisodeWriter) -> None:
        if run.lasting_us < condition.minimum_us:
            return
        if self.row is not None:
            writer.renew(self.rule, self.row, run)
        else:
            self.row = writer.settle(self.rule, self.datastream_id, run.start_us, run.end_us, [run])[0]

    def _look_around(self, rows: list[Row], condition: Condition, this: Round) -> None:
        """Judge anew the windows around rows."""
        high = any(row[1] >= condition.at_least for row in rows)
        if not high and not this.near.any(self.rule, self.datastream_id, rows[0][0], rows[-1][0]):
            return
        stream = StoredStream(self.datastream_id)
        for first_us, last_us in clusters([row[0] for row in rows], max(CLUSTER_US, condition.gap_us)):
            window = window_around(stream, condition, first_us, last_us)
            this.writer.settle(self.rule, self.datastream_id, window.first_us, window.last_us, window.runs)
