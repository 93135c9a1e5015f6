"""Registers and observations read together on PostgreSQL: both lie in one database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection as registers_connection
from psycopg import sql

from cityloop.sense.observations.store import JointUnavailable


class PostgresJoint:
    """See `store.Joint`."""

    kind = "postgres"

    def __init__(self, connection: psycopg.Connection[Any], registers: str) -> None:
        self._connection = connection
        self.registers = registers
        row = connection.execute("SELECT newest_id, total FROM observation_head").fetchone()
        assert row is not None, "migrate() makes this row"
        self.newest_id, self.total = row

    def rows(self, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a SELECT."""
        return self._connection.execute(text, values).fetchall()  # type: ignore[arg-type]  # made by the compiler


@contextmanager
def postgres_joint(connection: psycopg.Connection[Any]) -> Iterator[PostgresJoint]:
    """A snapshot on a reading connection of the store."""
    if not _same_database(connection):
        raise JointUnavailable(
            "the registers lie in another database than the observations; set CITYLOOP_OBSERVATIONS_URL to the one "
            "that CITYLOOP_DATABASE_URL names, or leave it empty"
        )
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield PostgresJoint(connection, schema_of(connection))


def _same_database(connection: psycopg.Connection[Any]) -> bool:
    if registers_connection.vendor != "postgresql":
        return False
    settings, info = registers_connection.settings_dict, connection.info
    mine = (info.dbname, info.host or "", str(info.port))
    return mine == (settings["NAME"], settings["HOST"] or "", str(settings["PORT"] or 5432))


def schema_of(connection: psycopg.Connection[Any]) -> str:
    """The schema of the registers: their tables may lie in another than the observations'."""
    row = connection.execute(
        "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relname = 'sense_observations_datastream' AND c.relkind = 'r' "
        "ORDER BY n.nspname = 'public' DESC LIMIT 1"
    ).fetchone()
    if row is None:
        raise JointUnavailable("the registers' tables are missing; run `cityloop migrate`")
    return sql.Identifier(row[0]).as_string(connection) + "."
