"""Registers and observations read together: by a snapshot of their own, or inside a transaction of the registers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection as registers_connection

from cityloop.sense.observations.postgres_joint import PostgresJoint, schema_of
from cityloop.sense.observations.sqlite_joint import SqliteJoint, add_functions
from cityloop.sense.observations.store import Joint, store, store_url

_inside: ContextVar[Joint | None] = ContextVar("inside", default=None)


@contextmanager
def joint() -> Iterator[Joint]:
    """What `store().joint()` gives; inside `joint_in_transaction` that one, which sees what is not yet committed."""
    found = _inside.get()
    if found is not None:
        yield found
        return
    with store().joint() as together:
        yield together


@contextmanager
def joint_in_transaction() -> Iterator[None]:
    """Let `joint` read through the registers' own connection, whose transaction is open, until the block ends.

    On SQLite the observations are attached to it meanwhile. They must not stay so: a later transaction of the registers
    would then lock the observations too.
    """
    with store().joint():
        pass  # raises when the tables can't be asked together
    registers_connection.ensure_connection()
    raw: Any = registers_connection.connection
    if registers_connection.vendor == "sqlite":
        raw.execute("ATTACH ? AS observations", (store_url().removeprefix("sqlite:///"),))
        add_functions(raw)
        made: Joint = SqliteJoint(raw, registers="main.")
    else:
        # The observations may lie in a schema that this connection does not search; until the transaction ends it does.
        raw.execute(f"SET LOCAL search_path = {store().schema()}, {schema_of(raw).rstrip('.')}")
        made = PostgresJoint(raw, schema_of(raw))
    token = _inside.set(made)
    try:
        yield
    finally:
        _inside.reset(token)


def detach_observations() -> None:
    """After the transaction of `joint_in_transaction` has ended."""
    raw: Any = registers_connection.connection
    if registers_connection.vendor == "sqlite" and raw is not None:
        names: Sequence[tuple[int, str, str]] = raw.execute("PRAGMA database_list").fetchall()
        if any(name == "observations" for _, name, _ in names):
            raw.execute("DETACH observations")
