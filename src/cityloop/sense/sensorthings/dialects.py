"""Where the SQL of SQLite and PostgreSQL differ: expressions over texts, JSON and times. Pure.

Times are microseconds since 1970 UTC on both. Every function takes and gives SQL text; values travel apart (%s).
"""

# ruff: noqa: S608 - the texts are made of the entity table's names; what clients write travels apart or is quoted

import json
from collections.abc import Sequence
from typing import Protocol

_PARTS = {"year": "%%Y", "month": "%%m", "day": "%%d", "hour": "%%H", "minute": "%%M", "second": "%%S"}


class Dialect(Protocol):
    """What both must be able to say."""

    true: str
    false: str

    def json_number(self, column: str, keys: Sequence[str]) -> str:
        """The number at a place in a JSON column; NULL when something else is there."""

    def json_text(self, column: str, keys: Sequence[str]) -> str:
        """The text at a place; NULL when something else is there."""

    def json_bool(self, column: str, keys: Sequence[str]) -> str:
        """Truth at a place; NULL when something else is there."""

    def json_any(self, column: str, keys: Sequence[str]) -> str:
        """Whatever is at a place, as text; NULL for null and for nothing."""

    def json_output(self, column: str) -> str:
        """A JSON column as JSON text."""

    def part(self, name: str, time_us: str) -> str:
        """Year, month, day, hour, minute or second of a time (UTC), a whole number."""

    def date(self, time_us: str) -> str:
        """YYYY-MM-DD of a time (UTC)."""

    def clock(self, time_us: str) -> str:
        """HH:MM:SS of a time (UTC), with six digits of its fraction."""

    def contains(self, text: str, part: str) -> str:
        """Where a part begins in a text, from 1; 0 when it is not in it."""

    def ends(self, text: str, part: str) -> str:
        """Whether a text ends with a part."""

    def lower(self, text: str) -> str:
        """In small letters."""

    def upper(self, text: str) -> str:
        """In capitals."""

    def same(self, left: str, right: str) -> str:
        """Whether both are equal, or both NULL."""

    def rounded(self, name: str, number: str) -> str:
        """round (halves away from zero), floor or ceiling."""

    def one_of(self, column: str) -> str:
        """Whether a column is among the whole numbers of a JSON array, which travels as a value."""

    def looked_up(self, column: str) -> str:
        """The number under a column's value in a JSON object, which travels as a value."""


class Sqlite:
    """SQLite 3.38 or newer."""

    true, false = "1", "0"

    def json_number(self, column: str, keys: Sequence[str]) -> str:
        path = _sqlite_path(keys)
        return f"CASE WHEN json_type({column}, {path}) IN ('integer', 'real') THEN json_extract({column}, {path}) END"

    def json_text(self, column: str, keys: Sequence[str]) -> str:
        path = _sqlite_path(keys)
        return f"CASE WHEN json_type({column}, {path}) = 'text' THEN json_extract({column}, {path}) END"

    def json_bool(self, column: str, keys: Sequence[str]) -> str:
        path = _sqlite_path(keys)
        return f"CASE json_type({column}, {path}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"

    def json_any(self, column: str, keys: Sequence[str]) -> str:
        return f"CAST(json_extract({column}, {_sqlite_path(keys)}) AS TEXT)"

    def json_output(self, column: str) -> str:
        return column

    def part(self, name: str, time_us: str) -> str:
        return f"CAST(strftime('{_PARTS[name]}', {_seconds(time_us)}, 'unixepoch') AS INTEGER)"

    def date(self, time_us: str) -> str:
        return f"strftime('%%Y-%%m-%%d', {_seconds(time_us)}, 'unixepoch')"

    def clock(self, time_us: str) -> str:
        fraction = f"printf('%%06d', (({time_us}) %% 1000000 + 1000000) %% 1000000)"
        return f"(strftime('%%H:%%M:%%S.', {_seconds(time_us)}, 'unixepoch') || {fraction})"

    def contains(self, text: str, part: str) -> str:
        return f"instr({text}, {part})"

    def ends(self, text: str, part: str) -> str:
        # The part is named once: a value may stand in it.
        return f"cl_ends({text}, {part})"

    def lower(self, text: str) -> str:
        return f"cl_lower({text})"

    def upper(self, text: str) -> str:
        return f"cl_upper({text})"

    def same(self, left: str, right: str) -> str:
        return f"({left}) IS ({right})"

    def rounded(self, name: str, number: str) -> str:
        return f"round({number})" if name == "round" else f"cl_{name}({number})"

    def one_of(self, column: str) -> str:
        return f"{column} IN (SELECT value FROM json_each(%s))"

    def looked_up(self, column: str) -> str:
        return f"json_extract(%s, '$.\"' || {column} || '\"')"


class Postgres:
    """PostgreSQL 15 or newer."""

    true, false = "TRUE", "FALSE"

    def json_number(self, column: str, keys: Sequence[str]) -> str:
        path = _postgres_path(keys)
        at = f"({column})::jsonb #> {path}"
        return f"CASE WHEN jsonb_typeof({at}) = 'number' THEN (({column})::jsonb #>> {path})::float8 END"

    def json_text(self, column: str, keys: Sequence[str]) -> str:
        path = _postgres_path(keys)
        at = f"({column})::jsonb #> {path}"
        return f"CASE WHEN jsonb_typeof({at}) = 'string' THEN ({column})::jsonb #>> {path} END"

    def json_bool(self, column: str, keys: Sequence[str]) -> str:
        path = _postgres_path(keys)
        at = f"({column})::jsonb #> {path}"
        return f"CASE WHEN jsonb_typeof({at}) = 'boolean' THEN ({at})::boolean END"

    def json_any(self, column: str, keys: Sequence[str]) -> str:
        return f"(({column})::jsonb #>> {_postgres_path(keys)})"

    def json_output(self, column: str) -> str:
        return f"({column})::text"

    def part(self, name: str, time_us: str) -> str:
        return f"floor(extract({name} FROM {_moment(time_us)}))::bigint"

    def date(self, time_us: str) -> str:
        return f"to_char({_moment(time_us)}, 'YYYY-MM-DD')"

    def clock(self, time_us: str) -> str:
        return f"to_char({_moment(time_us)}, 'HH24:MI:SS.US')"

    def contains(self, text: str, part: str) -> str:
        return f"strpos({text}, {part})"

    def ends(self, text: str, part: str) -> str:
        return f"(SELECT right(whole, length(part)) = part FROM (SELECT {text} AS whole, {part} AS part) AS texts)"

    def lower(self, text: str) -> str:
        return f"lower({text})"

    def upper(self, text: str) -> str:
        return f"upper({text})"

    def same(self, left: str, right: str) -> str:
        return f"({left}) IS NOT DISTINCT FROM ({right})"

    def rounded(self, name: str, number: str) -> str:
        return f"{name}(({number})::numeric)::float8"

    def one_of(self, column: str) -> str:
        return f"{column} IN (SELECT value::bigint FROM jsonb_array_elements_text(%s::jsonb))"

    def looked_up(self, column: str) -> str:
        return f"((%s::jsonb ->> ({column})::text)::float8)"


def _sqlite_path(keys: Sequence[str]) -> str:
    # A whole number is taken as a place in an array.
    path = "".join(f"[{key}]" if key.isdigit() else "." + json.dumps(key, ensure_ascii=False) for key in keys)
    return _quoted("$" + path)


def _postgres_path(keys: Sequence[str]) -> str:
    return _quoted("{" + ",".join(json.dumps(key, ensure_ascii=False) for key in keys) + "}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def _seconds(time_us: str) -> str:
    # Rounded down, also before 1970.
    return f"(({time_us}) / 1000000 - (({time_us}) %% 1000000 < 0))"


def _moment(time_us: str) -> str:
    return f"(timestamp 'epoch' + ({time_us}) * interval '1 microsecond')"
