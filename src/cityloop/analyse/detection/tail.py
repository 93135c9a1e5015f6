"""The newest end of a stream, remembered, so that the usual observation – one in order – costs next to nothing.

A tail knows the newest moment of its stream and, when that moment is high, the run that ends there. Observations that
come in order are folded into it one by one; so are high ones that fall inside its run. Everything else is late and
needs the window (`window`). A tail is a memory only: it can be dropped at any time and is made again from the store.
"""

from dataclasses import dataclass, replace

from cityloop.analyse.detection.episodes import Run
from cityloop.analyse.detection.window import END_OF_TIME_US, PAGE, Condition, Stream, window_around

# time_us, result, id
Row = tuple[int, float, int]


@dataclass
class Tail:
    """The end of a stream: the newest moment (None: no observation yet), and the run that ends there, if it is high."""

    newest_us: int | None = None
    run: Run | None = None

    def late(self, rows: list[Row], at_least: float) -> list[Row]:
        """The rows that can't be folded in."""
        newest, run = self.newest_us, self.run
        if newest is None or rows[0][0] > newest:
            return []
        found = []
        for row in rows:
            if row[0] > newest:
                break
            inside = run is not None and row[1] >= at_least and row[0] >= run.start_us
            beside_low = run is None and row[0] == newest
            if not inside and not beside_low:
                found.append(row)
        return found

    def touched_by(self, late: list[Row], gap_us: int) -> bool:
        """Whether late rows can change this tail."""
        newest, run = self.newest_us, self.run
        anchor = run.start_us if run is not None else newest
        return anchor is not None and any(row[0] >= anchor - gap_us for row in late)

    def fold(self, rows: list[Row], at_least: float, gap_us: int) -> list[Run]:
        """Go on with rows that are not late.

        Args:
            rows: Sorted by time, then result, so that a low result comes first in its moment. Late ones are left out
                here.

        Returns:
            The runs that ended, by time.
        """
        ended: list[Run] = []
        newest, run = self.newest_us, self.run
        for time, result, number in rows:
            if newest is not None and time <= newest:
                if run is not None and result >= at_least and time >= run.start_us:
                    run = _with(run, time, result, run.end_us)
                continue
            newest = time
            if result < at_least:
                if run is not None:
                    ended.append(replace(run, after_us=time))
                    run = None
            elif run is not None and time - run.end_us <= gap_us:
                run = _with(run, time, result, time)
            else:
                if run is not None:
                    ended.append(replace(run, after_us=time))
                run = Run(time, time, 1, result, time, number)
        self.newest_us, self.run = newest, run
        return ended


def tail_of(stream: Stream, condition: Condition) -> Tail | None:
    """The tail of a stream as the store has it; None when its newest rows are all bad or not known yet."""
    page = stream.before(END_OF_TIME_US, PAGE)
    rows = condition.known(page)
    if not len(rows):
        return None if len(page) == PAGE else Tail()
    newest = int(rows.time_us[-1])
    if len(page) == PAGE and int(page.time_us[0]) == newest:
        return None
    if bool((rows.result[rows.time_us == newest] < condition.at_least).any()):
        return Tail(newest)
    return Tail(newest, window_around(stream, condition, newest, newest, minimum_us=0).runs[-1])


def _with(run: Run, time: int, result: float, end_us: int) -> Run:
    higher = result > run.peak or (result == run.peak and time < run.peak_us)
    return Run(
        run.start_us,
        end_us,
        run.count + 1,
        result if higher else run.peak,
        time if higher else run.peak_us,
        run.first_id,
    )
