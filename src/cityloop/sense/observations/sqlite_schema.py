"""The tables of the SQLite store, and how older ones are brought up to date."""

import sqlite3

VERSION = 2

# Rows lie in the order of their stream and time, so that a chart or an hourly mean reads neighbours; the index on the
# id serves those who follow what is new. What few rows have lies apart: every column costs each of a hundred million.
SCHEMA = """
CREATE TABLE IF NOT EXISTS observation (
  id INTEGER NOT NULL,
  datastream_id INTEGER NOT NULL,
  phenomenon_time INTEGER NOT NULL,
  result_time INTEGER,
  result REAL,
  quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 2),
  reasons INTEGER NOT NULL CHECK (reasons BETWEEN 0 AND 31),
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  feature_id INTEGER,
  PRIMARY KEY (datastream_id, phenomenon_time, ordinal)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS observation_id ON observation (id);
CREATE INDEX IF NOT EXISTS observation_result_time ON observation (datastream_id, result_time)
  WHERE result_time IS NOT NULL;
CREATE TABLE IF NOT EXISTS observation_detail (
  id INTEGER PRIMARY KEY,
  phenomenon_end INTEGER,
  result TEXT,
  valid_from INTEGER,
  valid_until INTEGER,
  result_quality TEXT,
  parameters TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS observation_span (
  first_id INTEGER PRIMARY KEY,
  last_id INTEGER NOT NULL,
  least_time INTEGER NOT NULL,
  most_time INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS observation_feature (
  feature_id INTEGER NOT NULL,
  datastream_id INTEGER NOT NULL,
  PRIMARY KEY (feature_id, datastream_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS observation_detail_end ON observation_detail (id) WHERE phenomenon_end IS NOT NULL;
CREATE TABLE IF NOT EXISTS observation_change (
  id INTEGER PRIMARY KEY,
  datastream_id INTEGER NOT NULL,
  since_time INTEGER NOT NULL,
  until_time INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS observation_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  newest_id INTEGER NOT NULL,
  newest_time INTEGER,
  total INTEGER NOT NULL,
  span_first INTEGER NOT NULL,
  span_least INTEGER,
  span_most INTEGER
) STRICT;
INSERT OR IGNORE INTO observation_head VALUES (1, 0, NULL, 0, 1, NULL, NULL);
"""

# Version 1 kept rows by id, with an index by stream and time.
_FROM_1 = """
BEGIN IMMEDIATE;
ALTER TABLE observation RENAME TO observation_1;
ALTER TABLE observation_head RENAME TO observation_head_1;
{schema}
INSERT INTO observation
  SELECT id, datastream_id, phenomenon_time, result_time, result, quality, reasons, ordinal, NULL
  FROM observation_1 ORDER BY datastream_id, phenomenon_time, ordinal;
INSERT INTO observation_span
  SELECT min(id), max(id), min(phenomenon_time), max(phenomenon_time) FROM observation_1 GROUP BY id / 4096;
UPDATE observation_head SET (newest_id, newest_time) = (SELECT newest_id, newest_time FROM observation_head_1),
  total = (SELECT count(*) FROM observation_1),
  span_first = (SELECT newest_id FROM observation_head_1) + 1;
DROP TABLE observation_1;
DROP TABLE observation_head_1;
PRAGMA user_version = 2;
COMMIT;
"""


def upgrade(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an older release up to date; nothing is lost when it is interrupted."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'observation'").fetchone()
    if version == 0 and there:
        try:
            connection.executescript(_FROM_1.format(schema=SCHEMA))
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    elif version < VERSION:
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
