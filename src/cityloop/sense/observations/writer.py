"""One writing thread a process, with group commit: what waits is written in one transaction, then acknowledged."""

import asyncio
import logging
import threading
from concurrent.futures import Future
from queue import SimpleQueue

from cityloop.kernel.problems import Invalid, Unavailable
from cityloop.sense.observations.catalogue import Catalogue
from cityloop.sense.observations.commit import QUALITY, REFUSED, Committer, Extra, Rows
from cityloop.sense.observations.contracts import Quality, Reason, Row, Written
from cityloop.sense.observations.store import ObservationStore, StoreError, store, store_url

log = logging.getLogger(__name__)

GROUP_ROWS_MAX = 20_000
WAITING_ROWS_MAX = 400_000
# Requests that arrive within this time share a commit and one wake-up of the thread: less work a request under load.
GATHER_S = 0.002
WRITE_S_MAX = 60.0


class WriterBusy(StoreError):
    """Too many rows wait already: come back in a second."""


class _Request:
    __slots__ = ("future", "loop", "rows")

    def __init__(
        self,
        rows: Rows,
        future: "asyncio.Future[None] | Future[None]",
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self.rows, self.future, self.loop = rows, future, loop


class Writer:
    """The thread that writes into a store; it starts with the first request and ends with `close`."""

    def __init__(self, target: ObservationStore) -> None:
        self.catalogue = Catalogue()
        self._committer = Committer(target, self.catalogue.limits, self.catalogue.features)
        self._limits_version = 0
        self._requests: SimpleQueue[list[_Request] | None] = SimpleQueue()
        self._gathered: list[_Request] = []
        self._lock = threading.Lock()
        self._waiting_rows = 0
        self._thread: threading.Thread | None = None
        self._failing = False

    def submit_async(self, rows: Rows) -> "asyncio.Future[None]":
        """Hand over rows from the event loop; the future is done when they are on the disk.

        Raises:
            WriterBusy: Too many rows wait already.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._admit(len(rows))
        if not self._gathered:
            loop.call_later(GATHER_S, self._hand_over)
        self._gathered.append(_Request(rows, future, loop))
        return future

    def submit(self, rows: Rows) -> "Future[None]":
        """Hand over rows from any thread; the future is done when they are on the disk.

        Raises:
            WriterBusy: Too many rows wait already.
        """
        future: Future[None] = Future()
        self._admit(len(rows))
        self._requests.put([_Request(rows, future, None)])
        return future

    def close(self) -> None:
        """Write what waits, then end the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._requests.put(None)
            thread.join()

    def _admit(self, rows: int) -> None:
        with self._lock:
            if self._waiting_rows and self._waiting_rows + rows > WAITING_ROWS_MAX:
                raise WriterBusy(f"{self._waiting_rows} observations wait to be written already")
            self._waiting_rows += rows
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="observation-writer", daemon=True)
                self._thread.start()

    def _hand_over(self) -> None:
        gathered, self._gathered = self._gathered, []
        self._requests.put(gathered)

    def _work(self) -> None:
        go_on = True
        while go_on:
            group: list[_Request] = []
            rows = 0
            requests = self._requests.get()
            while requests is not None:
                group += requests
                rows += sum([len(request.rows) for request in requests])
                if rows >= GROUP_ROWS_MAX or self._requests.empty():
                    break
                requests = self._requests.get()
            go_on = requests is not None
            if group:
                self._write(group)
                with self._lock:
                    self._waiting_rows -= rows

    def _write(self, group: list[_Request]) -> None:
        if self._limits_version != self.catalogue.version:
            self._limits_version = self.catalogue.version
            self._committer.forget_limits()
        try:
            self._committer.commit([request.rows for request in group])
            error = None
        except Exception as found:  # the thread must live on, whatever the store says
            error = found
        self._log(error)
        _answer(group, error)

    def _log(self, error: Exception | None) -> None:
        # A flaky store is logged once when lost and once when back.
        if error is not None and not self._failing:
            log.error("observations can't be written", extra={"error": f"{type(error).__name__}: {error}"})
        elif error is None and self._failing:
            log.warning("observations can be written again")
        self._failing = error is not None


def _answer(group: list[_Request], error: Exception | None) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Request]] = {}
    for request in group:
        if request.loop is not None:
            by_loop.setdefault(request.loop, []).append(request)
        elif error is not None:
            request.future.set_exception(error)
        else:
            request.future.set_result(None)
    for loop, requests in by_loop.items():
        try:
            loop.call_soon_threadsafe(_finish, requests, error)
        except RuntimeError:
            # The loop was closed meanwhile: nobody waits for the answer any more.
            log.warning("a server stopped before its requests were answered", extra={"requests": len(requests)})


def _finish(requests: list[_Request], error: Exception | None) -> None:
    for request in requests:
        if request.future.done():
            continue
        if error is not None:
            request.future.set_exception(error)
        else:
            request.future.set_result(None)


_writers: dict[str, Writer] = {}
_writers_lock = threading.Lock()


def writer() -> Writer:
    """This process's writer for the store in force."""
    url = store_url()
    found = _writers.get(url)
    if found is None:
        with _writers_lock:
            found = _writers.get(url)
            if found is None:
                found = _writers[url] = Writer(store())
    return found


def forget_registers() -> None:
    """Let this process's writers read the registers again: one was changed."""
    for one in _writers.values():
        one.catalogue.forget()


def close_writer() -> None:
    """Write what waits and end the threads: at the end of a process, and in tests."""
    with _writers_lock:
        for one in _writers.values():
            one.close()
        _writers.clear()


def write(rows: list[Row] | tuple[Row, ...]) -> list[Written]:
    """Screen and write observations of this process; they are on the disk when it returns.

    Raises:
        Invalid: A Datastream that does not exist, or a result that is not finite.
        Unavailable: The store can't be written just now.
    """
    target = writer()
    target.catalogue.learn({row.datastream_id for row in rows})
    if target.catalogue.stale():
        target.catalogue.refresh()
    found = Rows([], [], [])
    for row in rows:
        if row.datastream_id not in target.catalogue.limits:
            raise Invalid(f"Datastream {row.datastream_id} does not exist; `datastreams()` lists those that do.")
        if row.result is not None and not abs(row.result) < float("inf"):
            raise Invalid(f"result {row.result} of Datastream {row.datastream_id}; allowed: a finite number.")
        if (row.result_time_us, row.feature_id, row.detail) != (None, None, None):
            found.extras[len(found)] = Extra(row.result_time_us, row.feature_id, row.detail)
        found.streams.append(row.datastream_id)
        found.times.append(row.time_us)
        found.results.append(None if row.result is None else float(row.result))
    try:
        target.submit(found).result(WRITE_S_MAX)
    except (StoreError, TimeoutError) as error:
        raise Unavailable(f"Observations can't be written just now ({error}). Try again in a few seconds.") from error
    return [_written(found, place) for place in range(len(found))]


def _written(rows: Rows, place: int) -> Written:
    if rows.ids[place] == REFUSED:
        raise Invalid(
            f"Datastream {rows.streams[place]} has too many differing results for one time; check the device's clock."
        )
    reasons = rows.flags.get(place, 0)
    return Written(rows.ids[place], place not in rows.known, Quality(QUALITY[reasons]), Reason(reasons))
