"""Registers and observations read together on SQLite: the registers' file is attached to a reading connection."""

import math
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection as registers_connection

from cityloop.sense.observations.store import JointUnavailable

REGISTERS = "city"
_MARK = re.compile("%[s%]")


class SqliteJoint:
    """See `store.Joint`."""

    kind = "sqlite"

    def __init__(self, connection: sqlite3.Connection, registers: str = f"{REGISTERS}.") -> None:
        self._connection = connection
        self.registers = registers
        self.newest_id, self.total = connection.execute("SELECT newest_id, total FROM observation_head").fetchone()

    def rows(self, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a SELECT."""
        text = _MARK.sub(lambda mark: "?" if mark[0] == "%s" else "%", text)
        return self._connection.execute(text, values).fetchall()


@contextmanager
def sqlite_joint(connection: sqlite3.Connection) -> Iterator[SqliteJoint]:
    """A snapshot on a reading connection of the store; its own thread's, so nobody else uses it meanwhile."""
    _attach(connection)
    connection.execute("BEGIN")
    try:
        yield SqliteJoint(connection)
    finally:
        connection.execute("ROLLBACK")


def add_functions(connection: sqlite3.Connection) -> None:
    """What SQLite lacks: letters beyond ASCII, and rounding as OData wants it."""
    functions: list[tuple[str, int, Callable[..., Any]]] = [
        ("cl_lower", 1, lambda text: text.lower() if isinstance(text, str) else text),
        ("cl_upper", 1, lambda text: text.upper() if isinstance(text, str) else text),
        ("cl_floor", 1, lambda number: None if number is None else math.floor(number)),
        ("cl_ceiling", 1, lambda number: None if number is None else math.ceil(number)),
        ("cl_ends", 2, lambda text, part: None if text is None or part is None else str(text).endswith(str(part))),
    ]
    for name, arguments, function in functions:
        connection.create_function(name, arguments, function, deterministic=True)


def _attach(connection: sqlite3.Connection) -> None:
    if registers_connection.vendor != "sqlite":
        raise JointUnavailable(
            "the registers lie in PostgreSQL and the observations in SQLite; set CITYLOOP_OBSERVATIONS_URL to the "
            "same PostgreSQL database, or leave it empty"
        )
    path = str(Path(str(registers_connection.settings_dict["NAME"])).resolve())
    there = {name: file for _, name, file in connection.execute("PRAGMA database_list")}
    if there.get(REGISTERS) == path:
        return
    if REGISTERS in there:
        connection.execute(f"DETACH {REGISTERS}")
    connection.execute(f"ATTACH ? AS {REGISTERS}", (path,))
