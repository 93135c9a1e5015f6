"""The writer's core: rows in; screened, numbered, committed; ids and flags out.

One `Committer` remembers the tail of every stream it has written. It may share its store with other processes: a write
holds the store alone, and when the newest id is not the one written last here, the tails of the streams concerned are
read again.
"""

from collections.abc import Mapping, Sequence

from cityloop.sense.observations.store import GoodRows, ObservationStore, StoredRow, Transaction, Twin
from cityloop.sense.screening.port import NO_LIMITS, Limits, StreamState, quality_of

# A device whose clock stands still sends ever new results for one time: beyond this they are refused.
ORDINAL_MAX = 1000
FOREIGN_ROWS_MAX = 20_000
REFUSED = 0
QUALITY: tuple[int, ...] = tuple(quality_of(reasons) for reasons in range(32))


class Run:
    """Rows of one Datastream to be written, and what became of them.

    Args:
        times: Microseconds since 1970, UTC. `results`: finite numbers. `result_times`: or None when there are none.

    After the commit:
        ids: One a row; `REFUSED` for the row too many of its time.
        flags: Mask of screening's reasons by position; a good row is not in it.
        known: Positions of rows that were there before.
    """

    __slots__ = ("datastream_id", "flags", "ids", "known", "result_times", "results", "times")

    def __init__(
        self, datastream_id: int, times: list[int], results: list[float], result_times: list[int | None] | None = None
    ) -> None:
        self.datastream_id = datastream_id
        self.times = times
        self.results = results
        self.result_times = result_times
        self.ids: list[int] = []
        self.flags: dict[int, int] = {}
        self.known: set[int] = set()

    def flag(self, place: int, reasons: int) -> None:
        """Note why the row at a place is not good."""
        if reasons:
            self.flags[place] = reasons

    def reasons(self) -> list[int]:
        """Mask of screening's reasons, one a row."""
        return [self.flags.get(place, 0) for place in range(len(self.ids))]


class Committer:
    """Writes runs into a store. Not for several threads at once.

    Args:
        limits: What each stream is judged by; read at each write, so it may grow and change.
    """

    def __init__(self, store: ObservationStore, limits: Mapping[int, Limits]) -> None:
        self._store = store
        self._limits = limits
        self._states: dict[int, StreamState] = {}
        self._newest_id: int | None = None

    def commit(self, runs: Sequence[Run]) -> None:
        """Write all runs in one transaction; on return they are on the disk.

        Raises:
            StoreError: Nothing was written; the same runs may be given again.
        """
        for run in runs:
            run.ids, run.flags, run.known = [], {}, set()
        try:
            with self._store.transaction() as open_:
                self._notice_others(open_)
                good, others, aside = self._judge(runs, open_)
                open_.insert(good, others)
                if aside:
                    open_.insert([], self._judge_aside(aside, open_))
            self._newest_id = open_.newest_id
        except BaseException:
            # The states have moved on, the store has not.
            self._states.clear()
            self._newest_id = None
            raise

    def forget_limits(self) -> None:
        """Judge by the limits as they are now."""
        for stream, state in self._states.items():
            state.limit(self._limits.get(stream, NO_LIMITS))

    def _notice_others(self, open_: Transaction) -> None:
        if open_.newest_id == self._newest_id or self._newest_id is None:
            return
        streams = open_.streams_after(self._newest_id, FOREIGN_ROWS_MAX)
        if streams is None:
            self._states.clear()
        else:
            for stream in streams:
                self._states.pop(stream, None)

    def _judge(
        self, runs: Sequence[Run], open_: Transaction
    ) -> tuple[GoodRows, list[StoredRow], list[tuple[Run, int]]]:
        """Rows newer than their stream, good ones apart; and the places of all others, which need a look-up."""
        good: GoodRows = []
        rows: list[StoredRow] = []
        aside: list[tuple[Run, int]] = []
        states = self._states
        number = open_.newest_id
        for run in runs:
            stream = run.datastream_id
            state = states.get(stream) or self._read_state(stream, open_)
            judge, ids, result_times = state.next, run.ids, run.result_times
            for time_us, result in zip(run.times, run.results, strict=True):
                if time_us <= state.newest_us:
                    aside.append((run, len(ids)))
                    ids.append(REFUSED)
                    continue
                reasons = judge(time_us, result)
                number += 1
                if reasons or result_times:
                    place = len(ids)
                    result_time = result_times[place] if result_times else None
                    rows.append((number, stream, time_us, result_time, result, QUALITY[reasons], reasons, 0))
                    run.flag(place, reasons)
                else:
                    good += (number, stream, time_us, result)
                ids.append(number)
        return good, rows, aside

    def _judge_aside(self, aside: Sequence[tuple[Run, int]], open_: Transaction) -> list[StoredRow]:
        """Rows for late and doubled places; a place whose row is there already gets its id."""
        found = dict(open_.twins([(run.datastream_id, run.times[place]) for run, place in aside]))
        rows: list[StoredRow] = []
        number = open_.newest_id
        for run, place in aside:
            stream, time_us, result = run.datastream_id, run.times[place], run.results[place]
            twins = found[stream, time_us]
            twin = next((one for one in twins if one[1] == result), None)
            if twin is not None:
                run.ids[place] = twin[0]
                run.flag(place, twin[4])
                run.known.add(place)
                continue
            ordinal = twins[-1][2] + 1 if twins else 0
            if ordinal > ORDINAL_MAX:
                continue
            reasons = self._states[stream].aside(result, doubled=ordinal > 0)
            number += 1
            result_time = run.result_times[place] if run.result_times else None
            rows.append((number, stream, time_us, result_time, result, QUALITY[reasons], reasons, ordinal))
            added: Twin = (number, result, ordinal, QUALITY[reasons], reasons)
            found[stream, time_us] = [*twins, added]
            run.ids[place] = number
            run.flag(place, reasons)
        return rows

    def _read_state(self, stream: int, open_: Transaction) -> StreamState:
        limits = self._limits.get(stream, NO_LIMITS)
        tail = open_.tail(stream, since_when=limits.stuck_after_s is not None)
        state = StreamState(
            limits,
            newest_us=tail.newest_us,
            trusted_us=tail.trusted_us,
            trusted=tail.trusted,
            same_since_us=tail.same_since_us,
        )
        self._states[stream] = state
        return state
