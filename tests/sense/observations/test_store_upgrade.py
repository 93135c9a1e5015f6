"""A store of release 0.1 is brought up to date, and nothing of it is lost."""

import sqlite3
from pathlib import Path

import psycopg

from cityloop.sense.observations.contracts import Quality, Reason
from tests.sense.conftest import open_store

T = 1_700_000_000_000_000
MONTH = 31 * 86_400_000_000
# id, stream, time, result time, result, quality, reasons, ordinal: by id, not by stream and time.
ROWS = [
    (1, 2, T, None, 1.5, 0, 0, 0),
    (2, 1, T + MONTH, T + MONTH + 5, 2.5, 0, 0, 0),
    (3, 1, T, None, 3.5, 1, 8, 0),
    (4, 1, T, None, 9.5, 1, 16, 1),
]

TABLES = """
CREATE TABLE observation (
  id {whole} NOT NULL,
  datastream_id {whole} NOT NULL,
  phenomenon_time {whole} NOT NULL,
  result_time {whole},
  result {number} NOT NULL,
  quality {small} NOT NULL CHECK (quality BETWEEN 0 AND 2),
  reasons {small} NOT NULL CHECK (reasons BETWEEN 0 AND 31),
  ordinal {small} NOT NULL CHECK (ordinal >= 0),
  {key},
  UNIQUE (datastream_id, phenomenon_time, ordinal)
) {end};
CREATE TABLE observation_head (
  one {small} PRIMARY KEY CHECK (one = 1), newest_id {whole} NOT NULL, newest_time {whole}
);
INSERT INTO observation_head VALUES (1, 4, {newest});
"""


def release_1(url: str) -> None:
    """Tables and rows as release 0.1 left them."""
    newest = T + MONTH
    if url.startswith("sqlite"):
        with sqlite3.connect(Path(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(
                TABLES.format(
                    whole="INTEGER", number="REAL", small="INTEGER", key="PRIMARY KEY (id)", end="STRICT", newest=newest
                )
            )
            connection.executemany("INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ROWS)
        connection.close()
        return
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            TABLES.format(
                whole="bigint",
                number="double precision",
                small="smallint",
                key="PRIMARY KEY (id, phenomenon_time)",
                end="PARTITION BY RANGE (phenomenon_time)",
                newest=newest,
            )
        )
        server.execute(f"CREATE TABLE part PARTITION OF observation FOR VALUES FROM (0) TO ({T + 2 * MONTH})")
        with server.cursor() as cursor:
            cursor.executemany("INSERT INTO observation VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", ROWS)


def test_a_store_of_release_1_is_brought_up_to_date(store_url: str) -> None:
    release_1(store_url)
    for _ in range(2):
        store = open_store(store_url)
        assert store.series(1).ids.tolist() == [3, 4, 2]
        assert store.series(1).result.tolist() == [3.5, 9.5, 2.5]
        assert store.new_since(1, 10).ids.tolist() == [2, 3, 4]
        assert (store.newest_id(), store.newest_time_us()) == (4, T + MONTH)
        one = store.observation(4)
        assert one is not None
        assert (one.quality, one.reasons, one.ordinal) == (Quality.SUSPECT, Reason.DOUBLED, 1)
        with store.transaction() as open_:
            assert open_.newest_id == 4
        store.close()


def test_the_head_of_an_old_store_counts_what_is_there(store_url: str) -> None:
    release_1(store_url)
    store = open_store(store_url)
    found = store.observation(1)
    assert found is not None
    with store.transaction() as open_:
        open_.erase(found)
    with store.transaction() as open_:
        assert open_.newest_id == 5, "an erased row takes an id"
    assert store.observation(1) is None
    assert store.new_since(0, 10).ids.tolist() == [2, 3, 4]
    store.close()
