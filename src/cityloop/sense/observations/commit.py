"""The writer's core: rows in; screened, numbered, committed; ids and flags out.

One `Committer` remembers the tail of every stream it has written. It may share its store with other processes: a write
holds the store alone, and when the newest id is not the one written last here, the tails of the streams concerned are
read again.
"""

from collections.abc import Mapping, Sequence
from operator import lt

from cityloop.sense.observations.contracts import Detail
from cityloop.sense.observations.store import DetailRow, GoodRows, ObservationStore, StoredRow, Transaction, Twin
from cityloop.sense.screening.port import NO_LIMITS, Limits, StreamState, quality_of

# A device whose clock stands still sends ever new results for one time: beyond this they are refused.
ORDINAL_MAX = 1000
FOREIGN_ROWS_MAX = 20_000
REFUSED = 0
# From here on a request with rows of one stream is judged as a whole.
RUN_ROWS_MIN = 16
QUALITY: tuple[int, ...] = tuple(quality_of(reasons) for reasons in range(32))


class Extra:
    """What few rows have beside stream, time and result."""

    __slots__ = ("detail", "feature_id", "result_time_us")

    def __init__(
        self, result_time_us: int | None = None, feature_id: int | None = None, detail: Detail | None = None
    ) -> None:
        self.result_time_us, self.feature_id, self.detail = result_time_us, feature_id, detail


class Rows:
    """Rows to be written, column by column, and what became of them.

    Args:
        streams: Datastream ids. `times`: microseconds since 1970, UTC. `results`: finite numbers; None where the
            detail says it. Three lists of one length.
        extras: By position, for the few rows that have more.

    After the commit:
        ids: One a row; `REFUSED` for the row too many of its time.
        flags: Mask of screening's reasons by position; a good row is not in it.
        known: Positions of rows that were there before.
    """

    __slots__ = ("extras", "flags", "ids", "known", "results", "streams", "times")

    def __init__(
        self,
        streams: list[int],
        times: list[int],
        results: list[float | None],
        extras: dict[int, Extra] | None = None,
    ) -> None:
        self.streams = streams
        self.times = times
        self.results = results
        self.extras: dict[int, Extra] = extras or {}
        self.ids: list[int] = []
        self.flags: dict[int, int] = {}
        self.known: set[int] = set()

    def __len__(self) -> int:
        return len(self.streams)

    def reasons(self) -> list[int]:
        """Mask of screening's reasons, one a row."""
        return [self.flags.get(place, 0) for place in range(len(self.ids))]


class Committer:
    """Writes rows into a store. Not for several threads at once.

    Args:
        limits: What each stream is judged by; read at each write, so it may grow and change.
        features: What each stream's observations are about, unless they say it themselves.
    """

    def __init__(
        self, store: ObservationStore, limits: Mapping[int, Limits], features: Mapping[int, int] | None = None
    ) -> None:
        self._store = store
        self._limits = limits
        self._features = features if features is not None else {}
        self._states: dict[int, StreamState] = {}
        self._newest_id: int | None = None
        # (feature, stream) that the store knows to have met, and those it has to learn with the next write.
        self._met: set[tuple[int, int]] = set()
        self._meeting: set[tuple[int, int]] = set()

    def commit(self, requests: Sequence[Rows]) -> None:
        """Write all rows in one transaction; on return they are on the disk.

        Raises:
            StoreError: Nothing was written; the same rows may be given again.
        """
        for rows in requests:
            rows.ids, rows.flags, rows.known = [], {}, set()
        try:
            with self._store.transaction() as open_:
                self._notice_others(open_)
                judgement = _Judgement(open_.newest_id)
                for rows in requests:
                    if not self._judge_run(rows, judgement, open_):
                        self._judge(rows, judgement, open_)
                for row in judgement.others:
                    self._meet(row[1], row[8])
                if self._meeting:
                    open_.note_features(self._meeting)
                open_.insert(judgement.good, judgement.others, judgement.details)
                if judgement.aside:
                    late = self._judge_aside(judgement.aside, open_)
                    pairs = {(row[8], row[1]) for row in late.others if row[8] is not None} - self._met
                    if pairs:
                        open_.note_features(pairs)
                    open_.insert(GoodRows(), late.others, late.details)
            self._newest_id = open_.newest_id
            self._met |= self._meeting
            self._meeting.clear()
        except BaseException:
            # The states have moved on, the store has not.
            self._states.clear()
            self._meeting.clear()
            self._newest_id = None
            raise

    def forget_limits(self) -> None:
        """Judge by the limits as they are now."""
        for stream, state in self._states.items():
            state.limit(self._limits.get(stream, NO_LIMITS))
            self._meet(stream, self._features.get(stream))

    def _meet(self, stream: int, feature_id: int | None) -> None:
        if feature_id is not None and (feature_id, stream) not in self._met:
            self._meeting.add((feature_id, stream))

    def _notice_others(self, open_: Transaction) -> None:
        if open_.newest_id == self._newest_id or self._newest_id is None:
            return
        streams = open_.streams_after(self._newest_id, FOREIGN_ROWS_MAX)
        if streams is None:
            self._states.clear()
        else:
            for stream in streams:
                self._states.pop(stream, None)

    def _judge_run(self, rows: Rows, judgement: "_Judgement", open_: Transaction) -> bool:
        """The common case of a large request at full speed: rows of one stream, in order, judged by their range alone.

        False: take the long way; nothing was judged.
        """
        count = len(rows.streams)
        if count < RUN_ROWS_MIN or rows.extras or rows.streams.count(rows.streams[0]) != count:
            return False
        stream, times, results = rows.streams[0], rows.times, rows.results
        state = self._states.get(stream) or self._read_state(stream, open_)
        if times[0] <= state.newest_us or not all(map(lt, times, times[1:])) or not state.good_run(times, results):
            return False
        first = judgement.number + 1
        judgement.number += count
        rows.ids = list(range(first, first + count))
        good = judgement.good
        good.ids += rows.ids
        good.streams += rows.streams
        good.times += times
        good.results += results  # type: ignore[arg-type]  # a good run has no None
        good.features += [self._features.get(stream)] * count
        return True

    def _judge(self, rows: Rows, judgement: "_Judgement", open_: Transaction) -> None:
        """Rows newer than their stream, good ones apart; and the places of all others, which need a look-up."""
        states, features, extras = self._states, self._features, rows.extras
        good, ids, number = judgement.good, rows.ids, judgement.number
        add_id, add_stream, add_time = good.ids.append, good.streams.append, good.times.append
        add_result, add_feature = good.results.append, good.features.append
        for stream, time_us, result in zip(rows.streams, rows.times, rows.results, strict=True):
            state = states.get(stream) or self._read_state(stream, open_)
            if time_us <= state.newest_us:
                judgement.aside.append((rows, len(ids)))
                ids.append(REFUSED)
                continue
            reasons = state.next(time_us, result) if result is not None else state.pass_by(time_us)
            number += 1
            if reasons or extras:
                judgement.add(rows, len(ids), number, reasons, 0, features.get(stream))
            else:
                add_id(number)
                add_stream(stream)
                add_time(time_us)
                add_result(result)  # type: ignore[arg-type]  # without an extra there is a number
                add_feature(features.get(stream))
            ids.append(number)
        judgement.number = number

    def _judge_aside(self, aside: Sequence[tuple[Rows, int]], open_: Transaction) -> "_Judgement":
        """Rows for late and doubled places; a place whose row is there already gets its id."""
        found = dict(open_.twins([(rows.streams[place], rows.times[place]) for rows, place in aside]))
        late = _Judgement(open_.newest_id)
        for rows, place in aside:
            stream, time_us, result = rows.streams[place], rows.times[place], rows.results[place]
            compared = result if result is not None else _text_result(rows, place)
            twins = found[stream, time_us]
            twin = next((one for one in twins if one[1] == compared), None)
            if twin is not None:
                rows.ids[place] = twin[0]
                rows.known.add(place)
                if twin[4]:
                    rows.flags[place] = twin[4]
                continue
            ordinal = twins[-1][2] + 1 if twins else 0
            if ordinal > ORDINAL_MAX:
                continue
            reasons = self._states[stream].aside(result, doubled=ordinal > 0)
            late.number += 1
            late.add(rows, place, late.number, reasons, ordinal, self._features.get(stream))
            added: Twin = (late.number, compared, ordinal, QUALITY[reasons], reasons)
            found[stream, time_us] = [*twins, added]
            rows.ids[place] = late.number
        return late

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
        self._meet(stream, self._features.get(stream))
        return state


class _Judgement:
    """Rows ready to be inserted, and places that need a look-up first."""

    __slots__ = ("aside", "details", "good", "number", "others")

    def __init__(self, newest_id: int) -> None:
        self.good = GoodRows()
        self.others: list[StoredRow] = []
        self.details: list[DetailRow] = []
        self.aside: list[tuple[Rows, int]] = []
        self.number = newest_id

    def add(self, rows: Rows, place: int, number: int, reasons: int, ordinal: int, feature_id: int | None) -> None:
        """A row that is flagged or has more than stream, time and result."""
        result_time_us = None
        extra = rows.extras.get(place) if rows.extras else None
        if extra is not None:
            result_time_us = extra.result_time_us
            feature_id = extra.feature_id if extra.feature_id is not None else feature_id
            if extra.detail is not None:
                self.details.append(detail_row(number, extra.detail))
        stream, time_us, result = rows.streams[place], rows.times[place], rows.results[place]
        quality = QUALITY[reasons]
        self.others.append((number, stream, time_us, result_time_us, result, quality, reasons, ordinal, feature_id))
        if reasons:
            rows.flags[place] = reasons


def detail_row(number: int, detail: Detail) -> DetailRow:
    """A detail as the store keeps it."""
    since_us, until_us = detail.valid_us or (None, None)
    return number, detail.end_us, detail.result, since_us, until_us, detail.result_quality, detail.parameters


def _text_result(rows: Rows, place: int) -> str:
    extra = rows.extras.get(place)
    return extra.detail.result or "" if extra is not None and extra.detail is not None else ""
