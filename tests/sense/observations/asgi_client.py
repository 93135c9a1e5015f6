"""Calls the ingest route as a server would."""

import asyncio
import json
import queue
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest

from cityloop.sense.observations import catalogue, key_cache
from cityloop.sense.observations.ingest import create_observations


@dataclass
class Answer:
    """What the route answered; `read` is how many pieces of the body it took."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    read: int = 0

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def call(
    pieces: Sequence[bytes], *, token: str = "", method: str = "POST", headers: dict[str, str] | None = None
) -> Answer:
    """One request; its body comes in pieces."""
    answer = Answer()
    sent = {"host": "city.example:8000", **({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
    scope = {
        "type": "http",
        "method": method,
        "path": "/v1.1/CreateObservations",
        "scheme": "http",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
    }

    async def receive() -> dict[str, Any]:
        if answer.read >= len(pieces):
            return {"type": "http.disconnect"}
        answer.read += 1
        return {"type": "http.request", "body": pieces[answer.read - 1], "more_body": answer.read < len(pieces)}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message["body"]

    await create_observations(scope, receive, send)
    return answer


def post(document: object, **options: Any) -> Answer:
    """One request with a JSON body (or raw bytes), answered."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    answer: Answer = run(call([body], **options))
    return answer


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine on an event loop beside the test; what it gives to threads runs on the test's own thread.

    So it sees what the test's transaction has not committed: Django keeps another connection for code on a loop.
    """
    jobs: queue.Queue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]] | None] = queue.Queue()
    outcome: Future[Any] = Future()

    async def to_test_thread(function: Callable[..., Any], *arguments: Any) -> Any:
        done: Future[Any] = Future()
        jobs.put((done, function, arguments))
        return await asyncio.wrap_future(done)

    def loop() -> None:
        try:
            outcome.set_result(asyncio.run(work))
        except BaseException as error:
            outcome.set_exception(error)
        jobs.put(None)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asyncio, "to_thread", to_test_thread)
        for module in (catalogue, key_cache):
            patched.setattr(module, "close_old_connections", lambda: None)
        thread = threading.Thread(target=loop)
        thread.start()
        while (job := jobs.get(timeout=30)) is not None:
            done, function, arguments = job
            try:
                done.set_result(function(*arguments))
            except BaseException as error:
                done.set_exception(error)
        thread.join()
    return outcome.result()


def block(stream: object, *rows: Sequence[object], components: Sequence[str] = ("phenomenonTime", "result")) -> Any:
    """One block of a data array."""
    return {
        "Datastream": {"@iot.id": stream},
        "components": list(components),
        "dataArray@iot.count": len(rows),
        "dataArray": [list(row) for row in rows],
    }
