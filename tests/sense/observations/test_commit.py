"""The writer's core: what is new, what is there, what is kept beside it; with several writers on one store."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cityloop.sense.observations.commit import ORDINAL_MAX, REFUSED, Committer, Rows
from cityloop.sense.observations.sqlite_store import SqliteStore
from cityloop.sense.observations.store import ObservationStore, Select
from cityloop.sense.screening.port import Limits, Reason
from tests.sense.conftest import open_store

T = 1_700_000_000_000_000
MINUTE = 60_000_000
LIMITS = {1: Limits(0, 1000, rate_max=600, stuck_after_s=300, stuck_above=0), 2: Limits(0, 1000)}


def run_of(stream: int, *rows: tuple[int, float]) -> Rows:
    return Rows([stream] * len(rows), [T + minutes * MINUTE for minutes, _ in rows], [result for _, result in rows])


def test_rows_get_ids_in_their_order_and_flags(empty_store: ObservationStore) -> None:
    committer = Committer(empty_store, LIMITS)
    first, second = run_of(1, (0, 5.0), (1, 2000.0), (2, 500.0)), run_of(2, (0, 7.0))
    committer.commit([first, second])
    assert (first.ids, second.ids) == ([1, 2, 3], [4])
    assert first.reasons() == [0, Reason.RANGE, Reason.RATE]
    assert first.known == set()


def test_sent_again_gives_the_ids_it_had_and_inserts_nothing(empty_store: ObservationStore) -> None:
    committer = Committer(empty_store, LIMITS)
    committer.commit([run_of(1, (0, 5.0), (1, 2000.0), (2, 5.0))])
    again = run_of(1, (2, 5.0), (0, 5.0), (1, 2000.0))
    committer.commit([again])
    assert again.ids == [3, 1, 2]
    assert again.known == {0, 1, 2}
    assert again.reasons() == [0, 0, Reason.RANGE], "the flags it had"
    assert empty_store.newest_id() == 3


def test_a_row_sent_twice_in_one_request_is_stored_once(empty_store: ObservationStore) -> None:
    run = run_of(1, (0, 5.0), (0, 5.0), (0, 6.0), (0, 6.0))
    Committer(empty_store, LIMITS).commit([run])
    assert run.ids == [1, 1, 2, 2]
    assert run.reasons() == [0, 0, Reason.DOUBLED, Reason.DOUBLED]
    assert empty_store.newest_id() == 2


def test_another_result_for_the_same_time_is_kept_and_suspect(empty_store: ObservationStore) -> None:
    committer = Committer(empty_store, LIMITS)
    committer.commit([run_of(1, (0, 5.0))])
    other, bad = run_of(1, (0, 6.0)), run_of(1, (0, -1.0))
    committer.commit([other, bad])
    assert empty_store.series(1).result.tolist() == [5.0, 6.0, -1.0]
    assert other.reasons() == [Reason.DOUBLED]
    assert bad.reasons() == [Reason.DOUBLED | Reason.RANGE]


def test_a_late_row_is_suspect_and_moves_nothing(empty_store: ObservationStore) -> None:
    committer = Committer(empty_store, LIMITS)
    committer.commit([run_of(1, (10, 5.0))])
    late, then = run_of(1, (1, 900.0)), run_of(1, (11, 6.0))
    committer.commit([late, then])
    assert (late.reasons(), then.reasons()) == ([Reason.LATE], [0])


def test_a_clock_that_stands_still_is_stopped_at_some_point(tmp_path: object) -> None:
    target = SqliteStore(tmp_path / "observations.sqlite3")  # type: ignore[operator]
    target.migrate()
    run = Rows([1] * (ORDINAL_MAX + 3), [T] * (ORDINAL_MAX + 3), [float(number) for number in range(ORDINAL_MAX + 3)])
    Committer(target, LIMITS).commit([run])
    assert run.ids[-2:] == [REFUSED, REFUSED]
    assert REFUSED not in run.ids[:-2]
    assert target.newest_id() == ORDINAL_MAX + 1
    target.close()


def test_after_a_failure_the_same_rows_can_be_given_again(
    empty_store: ObservationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    committer = Committer(empty_store, LIMITS)
    committer.commit([run_of(1, (0, 5.0))])
    run = run_of(1, (1, 5.0), (2, 6.0))
    with monkeypatch.context() as broken:
        broken.setattr("cityloop.sense.observations.commit.Committer._judge_aside", None)
        late = run_of(1, (-1, 5.0))
        with pytest.raises(TypeError):
            committer.commit([run, late])
    assert empty_store.newest_id() == 1
    committer.commit([run])
    assert run.ids == [2, 3]
    assert run.reasons() == [0, 0], "judged as if it came for the first time"


def test_two_writers_on_one_store_see_each_other(empty_store: ObservationStore, store_url: str) -> None:
    other_store = open_store(store_url)
    one, other = Committer(empty_store, LIMITS), Committer(other_store, LIMITS)
    one.commit([run_of(1, (0, 5.0), (1, 6.0))])
    again = run_of(1, (1, 6.0), (2, 7.0))
    other.commit([again])
    assert again.ids == [2, 3]
    third = run_of(1, (2, 7.0), (2, 8.0), (1, 6.0))
    one.commit([third])
    assert third.ids == [3, 4, 2]
    assert third.reasons() == [0, Reason.DOUBLED, 0]
    fourth = run_of(1, (3, 7.0), (8, 7.0), (14, 7.0))
    other.commit([fourth])
    assert fourth.reasons()[-1] == Reason.STUCK, "since when the value stands is read back too"
    other_store.close()


rows = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.integers(0, 12), st.sampled_from([0.0, 5.0, 5.0, 400.0, 2000.0])), max_size=30
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows, st.lists(st.integers(1, 6), max_size=30), st.data())
def test_flags_depend_on_the_rows_alone(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, float]], cuts: list[int], data: st.DataObject
) -> None:
    """Cut into any batches, by any of two writers, with restarts: the store holds the same."""
    folder = tmp_path_factory.mktemp("stores")
    whole = SqliteStore(folder / "whole.sqlite3")
    whole.migrate()
    single = Committer(whole, LIMITS)
    for stream, minutes, result in rows:
        single.commit([run_of(stream, (minutes, result))])
    parts = SqliteStore(folder / "parts.sqlite3")
    parts.migrate()
    second = SqliteStore(folder / "parts.sqlite3")
    writers = [Committer(parts, LIMITS), Committer(second, LIMITS)]
    rest = list(rows)
    for cut in [*cuts, len(rest)]:
        batch, rest = rest[:cut], rest[cut:]
        writer = data.draw(st.integers(0, 2))
        committer = writers[writer] if writer < 2 else Committer(parts, LIMITS)
        committer.commit([run_of(stream, (minutes, result)) for stream, minutes, result in batch])

    def held(target: SqliteStore) -> list[tuple[object, ...]]:
        return sorted(
            (one.datastream_id, one.time_us, one.ordinal, one.result, one.reasons) for one in target.select(Select())
        )

    assert held(parts) == held(whole)
    assert sorted(one.id for one in parts.select(Select())) == list(range(1, parts.newest_id() + 1))
    for one in (whole, parts, second):
        one.close()
