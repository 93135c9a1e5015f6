"""What every observation store promises; each test runs on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from cityloop.kernel.settings import SettingError
from cityloop.sense.observations.contracts import Quality, Reason
from cityloop.sense.observations.store import (
    GoodRows,
    ObservationStore,
    Select,
    StoredRow,
    StoreError,
    Tail,
    store,
    store_url,
)
from tests.sense.conftest import open_store

T = 1_700_000_000_000_000
MINUTE = 60_000_000
MONTH = 31 * 86_400_000_000


def row(number: int, stream: int, time_us: int, result: float = 1.0, reasons: int = 0, ordinal: int = 0) -> StoredRow:
    quality = 0 if not reasons else (2 if reasons & 1 else 1)
    return number, stream, time_us, None if number % 2 else time_us + 5, result, quality, reasons, ordinal, None


def fill(target: ObservationStore, rows: list[StoredRow]) -> None:
    with target.transaction() as open_:
        open_.insert(GoodRows(), rows)


ROWS = [
    row(1, 1, T, 1.5),
    row(2, 2, T, 2.5),
    row(3, 1, T + MINUTE, 3.5, reasons=2),
    row(4, 1, T - MONTH, 0.5, reasons=8),
    row(5, 1, T, 9.5, reasons=16, ordinal=1),
    row(6, 1, T + 2 * MINUTE, 5000.0, reasons=1),
]


def test_an_empty_store_answers_everything(empty_store: ObservationStore) -> None:
    assert empty_store.newest_id() == 0
    assert empty_store.newest_time_us() is None
    assert empty_store.latest([1, 2]) == {}
    assert empty_store.extent([1, 2]) == {}
    assert empty_store.observation(1) is None
    assert len(empty_store.series(1)) == 0
    batch = empty_store.new_since(7, 100)
    assert (len(batch), batch.cursor) == (0, 7)
    assert empty_store.select(Select()) == []
    assert empty_store.quality_counts(1) == {}


def test_rows_come_in_the_order_of_their_ids(empty_store: ObservationStore) -> None:
    fill(empty_store, ROWS)
    batch = empty_store.new_since(2, 3)
    assert batch.ids.tolist() == [3, 4, 5]
    assert batch.datastream_ids.tolist() == [1, 1, 1]
    assert batch.quality.tolist() == [1, 1, 1]
    assert batch.cursor == 5
    assert empty_store.new_since(5, 100).ids.tolist() == [6]
    assert empty_store.newest_id() == 6
    assert empty_store.newest_time_us() == T + 2 * MINUTE


def test_a_series_is_ordered_by_time_and_ordinal(empty_store: ObservationStore) -> None:
    fill(empty_store, ROWS)
    whole = empty_store.series(1)
    assert whole.ids.tolist() == [4, 1, 5, 3, 6]
    assert whole.result.tolist() == [0.5, 1.5, 9.5, 3.5, 5000.0]
    assert whole.reasons.tolist() == [8, 0, 16, 2, 1]
    assert empty_store.series(1, since_us=T).ids.tolist() == [1, 5, 3, 6], "since is inclusive"
    assert empty_store.series(1, until_us=T).ids.tolist() == [4], "until is exclusive"
    assert empty_store.series(1, since_us=T, limit=2).ids.tolist() == [1, 5]
    assert empty_store.before(1, T + MINUTE, 2).ids.tolist() == [1, 5]
    assert empty_store.after(1, T, 1).ids.tolist() == [3]
    assert [one.id for one in empty_store.stream(1, T, None)] == [1, 5, 3, 6]
    assert empty_store.quality_counts(1) == {0: 1, 1: 3, 2: 1}
    assert empty_store.quality_counts(1, since_us=T + MINUTE) == {1: 1, 2: 1}


def test_the_newest_and_single_rows(empty_store: ObservationStore) -> None:
    fill(empty_store, ROWS)
    newest = empty_store.latest([1, 2, 3])
    assert {stream: one.id for stream, one in newest.items()} == {1: 6, 2: 2}
    assert empty_store.extent([1, 2, 3]) == {1: (T - MONTH, T + 2 * MINUTE), 2: (T, T)}
    one = empty_store.observation(5)
    assert one is not None
    assert (one.quality, one.reasons, one.ordinal, one.result_time_us) == (Quality.SUSPECT, Reason.DOUBLED, 1, None)
    two = empty_store.observation(2)
    assert two is not None
    assert two.result_time_us == T + 5


def test_questions_of_the_standard(empty_store: ObservationStore) -> None:
    fill(empty_store, ROWS)

    def ids(**question: object) -> list[int]:
        return [one.id for one in empty_store.select(Select(**question))]  # type: ignore[arg-type]

    assert ids() == [1, 2, 3, 4, 5, 6]
    assert ids(top=2, skip=1) == [2, 3]
    assert ids(datastream_id=1, order=(("time_us", False),)) == [4, 1, 5, 3, 6]
    assert ids(datastream_id=1, order=(("result", True),), top=2) == [6, 5]
    assert ids(conditions=(("result", ">=", 3.5), ("time_us", "<=", T + MINUTE))) == [3, 5]
    assert ids(conditions=(("id", "!=", 3), ("id", "<", 5))) == [1, 2, 4]
    assert ids(order=(("result_time_us", False),), top=4) == [1, 3, 5, 4], "rows without a result time come first"
    assert empty_store.count(Select(datastream_id=1, conditions=(("result", "<", 5.0),), top=1)) == 3
    with pytest.raises(ValueError, match="operator"):
        empty_store.select(Select(conditions=(("id", "; DROP", 1),)))


def test_nothing_of_a_failed_transaction_stays(empty_store: ObservationStore) -> None:
    with pytest.raises(RuntimeError, match="on purpose"), empty_store.transaction() as open_:
        open_.insert(GoodRows(), ROWS)
        raise RuntimeError("on purpose")
    assert empty_store.newest_id() == 0
    fill(empty_store, ROWS)
    assert empty_store.newest_id() == 6


def test_the_database_itself_refuses_a_doubled_or_impossible_row(empty_store: ObservationStore) -> None:
    fill(empty_store, ROWS)
    for wrong in (row(7, 1, T), (7, 1, T + 9, None, 1.0, 3, 0, 0, None), (7, 1, T + 9, None, 1.0, 0, 64, 0, None)):
        with pytest.raises(Exception, match=r"UNIQUE|unique|CHECK|check"):
            fill(empty_store, [wrong])
    assert empty_store.newest_id() == 6


def test_what_a_writer_asks(empty_store: ObservationStore) -> None:
    fill(empty_store, ROWS)
    with empty_store.transaction() as open_:
        assert open_.newest_id == 6
        assert sorted(open_.streams_after(1, 100) or []) == [1, 2]
        assert open_.streams_after(4, 100) == [1]
        assert open_.streams_after(0, 5) is None, "too many to name"
        twins = open_.twins([(1, T), (1, T + 1), (2, T)])
        assert [one[:3] for one in twins[1, T]] == [(1, 1.5, 0), (5, 9.5, 1)]
        assert twins[1, T + 1] == []
        assert [one[0] for one in twins[2, T]] == [2]


def test_the_tail_of_a_stream_leaves_out_late_doubled_and_impossible_rows(empty_store: ObservationStore) -> None:
    fill(
        empty_store,
        [
            row(1, 1, T, 4.0),
            row(2, 1, T + MINUTE, 7.0),
            row(3, 1, T + 3 * MINUTE, 7.0),
            row(4, 1, T + 4 * MINUTE, 9999.0, reasons=1),
            row(5, 1, T + 2 * MINUTE, 8.0, reasons=8),
            row(6, 1, T + 3 * MINUTE, 8.0, reasons=16, ordinal=1),
            row(7, 2, T, 5.0),
            row(8, 3, T, 9999.0, reasons=1),
        ],
    )
    with empty_store.transaction() as open_:
        assert open_.tail(1, since_when=True) == Tail(T + 4 * MINUTE, T + 3 * MINUTE, 7.0, T + MINUTE)
        assert open_.tail(2, since_when=True) == Tail(T, T, 5.0, T)
        assert open_.tail(3, since_when=True) == Tail(T, None, None, None)
        assert open_.tail(4, since_when=True) == Tail(None, None, None, None)


def test_a_second_writer_waits_and_sees_what_the_first_wrote(store_url: str, empty_store: ObservationStore) -> None:
    other = open_store(store_url)
    fill(empty_store, ROWS[:2])
    with other.transaction() as open_:
        assert open_.newest_id == 2
        open_.insert(GoodRows(), [row(3, 1, T + MINUTE)])
    assert empty_store.newest_id() == 3
    other.close()


def test_many_months_and_years(empty_store: ObservationStore) -> None:
    times = [0, MONTH, 400 * MONTH, 680 * MONTH]
    fill(empty_store, [row(number + 1, 1, time_us) for number, time_us in enumerate(times)])
    fill(empty_store, [row(number + 5, 2, time_us) for number, time_us in enumerate(times)])
    assert empty_store.series(1).time_us.tolist() == times
    assert empty_store.series(2, since_us=MONTH, until_us=680 * MONTH).time_us.tolist() == times[1:3]


def test_migrating_again_changes_nothing(empty_store: ObservationStore) -> None:
    fill(empty_store, ROWS)
    empty_store.migrate()
    assert empty_store.newest_id() == 6


def test_a_copy_is_whole_while_the_store_is_in_use(
    empty_store: ObservationStore, store_url: str, tmp_path: Path
) -> None:
    fill(empty_store, ROWS)
    if store_url.startswith("postgresql"):
        with pytest.raises(StoreError, match="pg_dump or pgBackRest"):
            empty_store.backup(tmp_path / "copy.sqlite3")
        return
    empty_store.backup(tmp_path / "copy.sqlite3")
    copy = open_store(f"sqlite:///{tmp_path}/copy.sqlite3")
    assert copy.series(1).ids.tolist() == empty_store.series(1).ids.tolist()
    copy.close()


def test_which_store_is_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLOOP_DATABASE_URL", "sqlite:////somewhere/city.sqlite3")
    assert store_url() == "sqlite:////somewhere/observations.sqlite3"
    monkeypatch.setenv("CITYLOOP_DATABASE_URL", "postgresql://root@127.0.0.1/city")
    assert store_url() == "postgresql://root@127.0.0.1/city"
    monkeypatch.setenv("CITYLOOP_OBSERVATIONS_URL", "mysql://root@127.0.0.1/city")
    with pytest.raises(SettingError, match="begins with 'mysql'; allowed: sqlite:///PATH or postgresql://"):
        store()
