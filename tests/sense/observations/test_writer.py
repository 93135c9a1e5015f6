"""The writing thread: in-process writes, and processes that are killed."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cityloop.kernel.problems import Invalid, Unavailable
from cityloop.sense.observations import port
from cityloop.sense.observations.commit import Rows
from cityloop.sense.observations.contracts import Quality, Reason, Row, Written
from cityloop.sense.observations.store import ObservationStore, Select, StoreFull
from cityloop.sense.observations.writer import writer
from tests.sense.conftest import open_store

T = 1_700_000_000_000_000
ROWS_A_BATCH = 50


@pytest.mark.django_db
def test_a_write_of_this_process_is_on_the_disk_when_it_returns(
    in_force: ObservationStore, make_stream: Callable[..., int]
) -> None:
    stream, other = make_stream(), make_stream("other/pm25")
    rows = [Row(stream, T, 5.0), Row(other, T, 6.0), Row(stream, T, 5.0), Row(stream, T + 1, 2000.0, T + 9)]
    assert port.write(rows) == [
        Written(1, True, Quality.GOOD, Reason(0)),
        Written(2, True, Quality.GOOD, Reason(0)),
        Written(1, False, Quality.GOOD, Reason(0)),
        Written(3, True, Quality.BAD, Reason.RANGE),
    ]
    assert in_force.newest_id() == 3
    assert port.write([]) == []


@pytest.mark.django_db
def test_wrong_rows_are_refused_whole(sqlite_in_force: ObservationStore, make_stream: Callable[..., int]) -> None:
    stream = make_stream()
    with pytest.raises(Invalid, match="Datastream 999 does not exist"):
        port.write([Row(stream, T, 1.0), Row(999, T, 1.0)])
    for result in (float("nan"), float("inf")):
        with pytest.raises(Invalid, match="allowed: a finite number"):
            port.write([Row(stream, T, result)])
    assert sqlite_in_force.newest_id() == 0


@pytest.mark.django_db
def test_a_store_in_trouble_is_said_and_the_thread_lives_on(
    sqlite_in_force: ObservationStore, make_stream: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = make_stream()

    def fail(_runs: object) -> None:
        raise StoreFull("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(writer()._committer, "commit", fail)
        with pytest.raises(Unavailable, match="disk is full"):
            port.write([Row(stream, T, 1.0)])
    assert port.write([Row(stream, T, 1.0)])[0].id == 1


@pytest.mark.django_db
def test_a_disk_that_is_really_full(sqlite_in_force: ObservationStore, make_stream: Callable[..., int]) -> None:
    """SQLite's own limit on pages stands for the disk: nothing half-written stays, and writing goes on with room."""
    stream = make_stream()
    port.write([Row(stream, T, 1.0)])
    connection = sqlite_in_force._writing  # type: ignore[attr-defined]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(Unavailable, match="database or disk is full"):
        port.write([Row(stream, T + number, 1.0) for number in range(1, 5000)])
    assert sqlite_in_force.newest_id() == 1
    connection.execute("PRAGMA max_page_count = 1000000")
    assert len(port.write([Row(stream, T + number, 1.0) for number in range(1, 5000)])) == 4999


@pytest.mark.django_db
def test_threads_write_at_once_and_each_row_is_stored_once(
    in_force: ObservationStore, make_stream: Callable[..., int]
) -> None:
    stream = make_stream()
    port.write([Row(stream, T, 1.0)])
    found: list[list[Written]] = []

    def work(offset: int) -> None:
        found.append(port.write([Row(stream, T + offset // 2 * 1000 + number, 1.0) for number in range(1, 100)]))

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    ids = [one.id for written in found for one in written]
    assert len(ids) == 8 * 99
    assert len(set(ids)) == in_force.newest_id() - 1 == 4 * 99


def test_closing_writes_what_waits(sqlite_in_force: ObservationStore) -> None:
    made = writer()
    futures = [made.submit(Rows([1], [T + number], [1.0])) for number in range(20)]
    port.close_writer()
    assert all(future.done() for future in futures)
    assert sqlite_in_force.newest_id() == 20


def test_kill_9_of_two_writers_loses_and_doubles_nothing(store_url: str, tmp_path: Path) -> None:
    rounds = 2
    target = open_store(store_url)
    environment = {**os.environ, "CITYLOOP_HOME": str(tmp_path), "CITYLOOP_OBSERVATIONS_URL": store_url}
    environment["CITYLOOP_DATABASE_URL"] = f"sqlite:///{tmp_path}/city.sqlite3"
    program = [sys.executable, str(Path(__file__).with_name("writer_process.py"))]
    acknowledged: dict[int, list[list[int]]] = {1: [], 2: []}
    for _ in range(rounds):
        before = target.newest_id()
        victims = {
            stream: subprocess.Popen([*program, str(stream)], env=environment, stdout=subprocess.PIPE, text=True)
            for stream in acknowledged
        }
        until = time.monotonic() + 60
        while target.newest_id() < before + 1500 and time.monotonic() < until:
            time.sleep(0.02)
        for victim in victims.values():
            victim.kill()
        for stream, victim in victims.items():
            said = victim.communicate()[0]
            # The last line may be torn: what was not said whole was not acknowledged.
            acknowledged[stream] += [
                list(map(int, line.split())) for line in said.splitlines(keepends=True) if line.endswith("\n")
            ]
    for stream, batches in acknowledged.items():
        assert sum(map(len, acknowledged.values())) > rounds, "one of the two may have waited for the other"
        held = target.series(stream)
        times = held.time_us.tolist()
        assert len(set(times)) == len(times), "nothing doubled"
        known = dict(zip(held.ids.tolist(), times, strict=True))
        assert all(number in known for batch in batches for number in batch), "nothing acknowledged is lost"
        assert times == [T + place * 1_000_000 for place in range(len(times))], "and nothing is missing between"
    assert len(target.series(99).ids) % 5 == 0
    everything = [one.id for one in target.select(Select(top=1_000_000))]
    assert everything == list(range(1, target.newest_id() + 1)), "ids have no holes: commits are whole"
    target.close()
