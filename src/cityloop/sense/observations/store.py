"""The observation store: what it promises, and which one is in force.

Two stores keep the promise: `sqlite_store` (a file of its own) and `postgres_store` (partitioned by month). Code above
does not know which it is.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from cityloop.kernel import settings
from cityloop.kernel.settings import SettingError
from cityloop.sense.observations.contracts import Batch, ObservationView, Series

# id, datastream_id, time_us, result_time_us, result, quality, reasons, ordinal, feature_id
StoredRow = tuple[int, int, int, int | None, float | None, int, int, int, int | None]
# id and what `Detail` has: phenomenon_end, result, valid_from, valid_until, result_quality, parameters
DetailRow = tuple[int, int | None, str | None, int | None, int | None, str | None, str | None]
# id, result (a number, or JSON text when it is none), ordinal, quality, reasons
Twin = tuple[int, float | str, int, int, int]

# Observations that share an entry of the table of spans, which says what times they cover.
SPAN_ROWS = 4096


class GoodRows:
    """Good rows without a result time or detail, column by column, in id order: nearly all rows are of this kind."""

    __slots__ = ("features", "ids", "results", "streams", "times")

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.streams: list[int] = []
        self.times: list[int] = []
        self.results: list[float] = []
        self.features: list[int | None] = []

    def __len__(self) -> int:
        return len(self.ids)


class StoreError(Exception):
    """The store could not do it.

    StoreError
      ├ StoreBusy   somebody else holds it, or it can't be reached: try again
      ├ StoreFull   no room on the disk: an operator must act
      └ JointUnavailable   registers and observations lie apart
    """


class StoreBusy(StoreError):
    """Somebody else holds the store, or it can't be reached: try again."""


class StoreFull(StoreError):
    """No room is left on the disk."""


@dataclass(frozen=True)
class Tail:
    """What screening needs to go on with a stream; see `StreamState`. Late and doubled rows don't count."""

    newest_us: int | None
    trusted_us: int | None
    trusted: float | None
    same_since_us: int | None


@dataclass(frozen=True)
class Select:
    """A question to the store for pages of the standard: conditions joined by *and*, an order, a window.

    Args:
        datastream_id: Of one stream, or None for all.
        conditions: (column, operator, value); columns id, time_us, result; operators = != < <= > >=.
        order: (column, descending) in turn; columns id, time_us, result_time_us, result.
    """

    datastream_id: int | None = None
    conditions: tuple[tuple[str, str, float], ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    top: int = 100
    skip: int = 0


class Transaction(Protocol):
    """A write in progress: it holds the store alone, so ids follow the order of commits."""

    @property
    def newest_id(self) -> int:
        """The newest id of all, whoever wrote it."""

    def streams_after(self, newest_id: int, limit: int) -> list[int] | None:
        """Streams that got rows after this id; None when more than `limit` rows came."""

    def twins(self, keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], list[Twin]]:
        """What is there already under (datastream_id, time_us)."""

    def tail(self, datastream_id: int, *, since_when: bool) -> Tail:
        """The state of a stream; `since_when` also finds out since when the value has not changed."""

    def rewrite(self, before: ObservationView, after: ObservationView, detail: DetailRow | None) -> None:
        """Put an observation in the place of the one with its id. Raises StoreError when that has changed."""

    def erase(self, one: ObservationView) -> None:
        """Erase an observation."""

    def erase_some(self, datastream_id: int, *, feature_id: int | None = None, until_us: int | None = None) -> int:
        """Erase up to 20,000 observations of a stream, oldest first; how many."""

    def forget_feature(self, *, datastream_id: int | None = None, feature_id: int | None = None) -> None:
        """Forget what a stream's observations, or those of a feature, were about."""

    def note_features(self, pairs: Collection[tuple[int, int]]) -> None:
        """Keep which (feature_id, datastream_id) have met; pairs that are kept already change nothing."""

    def insert(self, good: GoodRows, others: Sequence[StoredRow], details: Sequence[DetailRow] = ()) -> None:
        """Insert good rows and all others, each in id order, and what some of the others have beside."""


class Joint(Protocol):
    """A snapshot of the registers and the observations together, for questions that span both.

    Attributes:
        kind: `sqlite` or `postgres`: whose SQL it takes, with placeholders %s for either.
        registers: What stands before the name of a register's table, such as `city.`.
        total: How many observations there are.
        newest_id: The newest id.
    """

    kind: str
    registers: str
    total: int
    newest_id: int

    def rows(self, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a SELECT; placeholders are %s, a % sign in the text is %%."""


class JointUnavailable(StoreError):
    """Registers and observations lie in databases that can't be asked together."""


class ObservationStore(Protocol):
    """What every store promises. Reads are safe from any thread and see committed rows only."""

    def migrate(self) -> None:
        """Make or upgrade the tables; may be called at any time."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a write; commits when the block ends, durable on disk. Raises StoreBusy, StoreFull."""

    def new_since(self, cursor: int, limit: int) -> Batch:
        """Rows with a larger id, in id order."""

    def series(
        self, datastream_id: int, since_us: int | None = None, until_us: int | None = None, limit: int | None = None
    ) -> Series:
        """A stream's rows by time; since inclusive, until exclusive; `limit` keeps the oldest."""

    def before(self, datastream_id: int, time_us: int, limit: int) -> Series:
        """The newest rows with a smaller time, ascending."""

    def after(self, datastream_id: int, time_us: int, limit: int) -> Series:
        """The oldest rows with a larger time, ascending."""

    def latest(self, ids: Iterable[int]) -> dict[int, ObservationView]:
        """The newest row of each stream that has one."""

    def extent(self, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
        """First and last time of each stream that has rows."""

    def observation(self, number: int) -> ObservationView | None:
        """One row by id."""

    def features_streams(self, feature_id: int) -> list[int]:
        """Streams that had observations about a feature."""

    def select(self, question: Select) -> list[ObservationView]:
        """Rows that answer a question."""

    def count(self, question: Select) -> int:
        """How many rows answer it, `top` and `skip` aside."""

    def joint(self) -> AbstractContextManager[Joint]:
        """Registers and observations, to be read together. Raises JointUnavailable."""

    def schema(self) -> str:
        """The schema its tables lie in, quoted (PostgreSQL); nothing on SQLite."""

    def stream(self, datastream_id: int, since_us: int | None, until_us: int | None) -> Iterator[ObservationView]:
        """All rows of a stream by time, read bit by bit: for downloads."""

    def quality_counts(self, datastream_id: int, since_us: int | None = None) -> dict[int, int]:
        """How many rows of a stream have each quality."""

    def newest_id(self) -> int:
        """The newest id, 0 when empty."""

    def newest_time_us(self) -> int | None:
        """The newest phenomenon time of all."""

    def backup(self, path: Path) -> None:
        """A consistent copy while the store is in use (SQLite); PostgreSQL is backed up with pg_dump or pgBackRest."""

    def close(self) -> None:
        """Close every connection."""


_lock = threading.Lock()
_stores: dict[str, ObservationStore] = {}


def store() -> ObservationStore:
    """The store in force: by CITYLOOP_OBSERVATIONS_URL, or beside the database when that is empty."""
    url = store_url()
    found = _stores.get(url)
    if found is None:
        with _lock:
            found = _stores.get(url) or _open(url)
            _stores[url] = found
    return found


def store_url() -> str:
    """The address of the store in force.

    Raises:
        SettingError: Neither SQLite nor PostgreSQL.
    """
    url = settings.text("CITYLOOP_OBSERVATIONS_URL")
    if url:
        return url
    return _beside(settings.text("CITYLOOP_DATABASE_URL"))


@lru_cache(maxsize=8)
def _beside(database: str) -> str:
    if not database.startswith("sqlite:///"):
        return database
    path = Path(database.removeprefix("sqlite:///"))
    return f"sqlite:///{path.with_name('observations.sqlite3')}"


def _open(url: str) -> ObservationStore:
    from cityloop.sense.observations.postgres_store import PostgresStore
    from cityloop.sense.observations.sqlite_store import SqliteStore

    made: ObservationStore
    if url.startswith("sqlite:///"):
        made = SqliteStore(Path(url.removeprefix("sqlite:///")))
    elif url.startswith(("postgresql://", "postgres://")):
        made = PostgresStore(url)
    else:
        raise SettingError(
            f"CITYLOOP_OBSERVATIONS_URL begins with {url.split(':')[0]!r}; allowed: sqlite:///PATH or "
            "postgresql://USER@HOST/NAME. Correct it in the environment and start again."
        )
    made.migrate()
    return made
