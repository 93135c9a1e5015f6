"""Live pages: server-sent events that say what kinds of things changed (WHATWG HTML, section 9.2).

One task in the web process asks the outbox for new events and tells every open page. A page that reads too slowly loses
signals, never memory: its queue holds a few, and a lost one is made good by the next, because a signal only says
"look again".
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest

from cityloop.kernel import clock
from cityloop.kernel.events.selectors import kinds_after
from cityloop.kernel.problems import CONTENT_TYPE, Problem, Unauthorized, Unavailable

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

POLL_S = 0.3
QUEUE_MAX = 8
PAGES_MAX = 500
KEEP_ALIVE_S = 15.0


class Feed:
    """Watches the outbox while anybody listens, and fans out the kinds of events it finds."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[list[str]]] = set()
        self._watcher: asyncio.Task[None] | None = None

    def join(self) -> asyncio.Queue[list[str]]:
        """A queue for one page.

        Raises:
            Unavailable: As many pages listen as the server takes.
        """
        if len(self._queues) >= PAGES_MAX:
            raise Unavailable(f"{PAGES_MAX} live pages are open, which is the limit. Reload the page by hand.")
        queue: asyncio.Queue[list[str]] = asyncio.Queue(QUEUE_MAX)
        self._queues.add(queue)
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        return queue

    def leave(self, queue: asyncio.Queue[list[str]]) -> None:
        """The page was closed."""
        self._queues.discard(queue)

    async def _watch(self) -> None:
        last = -1
        while self._queues:
            try:
                last, kinds = await sync_to_async(_ask, thread_sensitive=False)(last)
            except DatabaseError:
                kinds = []
            if kinds:
                for queue in self._queues:
                    if not queue.full():
                        queue.put_nowait(kinds)
            await asyncio.sleep(POLL_S)


_feed = Feed()


def _ask(last: int) -> tuple[int, list[str]]:
    try:
        return kinds_after(last)
    finally:
        close_old_connections()


async def live_events(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """`GET /events` for people who are signed in: `data: {"kinds": ["incident"], "at": "..."}`; a beat has no kinds."""
    try:
        if not await sync_to_async(_signed_in, thread_sensitive=False)(scope):
            raise Unauthorized("Sign in first.")
        queue = _feed.join()
    except Problem as problem:
        await _answer_problem(send, problem)
        return
    gone = asyncio.ensure_future(_wait_for_close(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _headers(b"text/event-stream")})
        await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
        while not gone.done():
            body = await _next_message(queue)
            await send({"type": "http.response.body", "body": body, "more_body": True})
    except OSError:
        return
    finally:
        gone.cancel()
        _feed.leave(queue)


async def _next_message(queue: asyncio.Queue[list[str]]) -> bytes:
    try:
        kinds = await asyncio.wait_for(queue.get(), KEEP_ALIVE_S)
    except TimeoutError:
        kinds = []
    while not queue.empty():
        kinds = [*kinds, *queue.get_nowait()]
    # `incident.opened` and `incident.closed` both mean to a page: look at the incidents again.
    things = sorted({kind.partition(".")[0] for kind in kinds})
    return b"data: " + json.dumps({"kinds": things, "at": clock.now().isoformat()}).encode() + b"\n\n"


async def _wait_for_close(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer_problem(send: Send, problem: Problem) -> None:
    await send({"type": "http.response.start", "status": problem.status, "headers": _headers(CONTENT_TYPE.encode())})
    await send({"type": "http.response.body", "body": problem.body()})


def _headers(kind: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", kind), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]


def _signed_in(scope: MutableMapping[str, Any]) -> bool:
    """Whether the session cookie belongs to somebody: the same check as the pages' own."""
    raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        morsel = SimpleCookie(raw).get(django_settings.SESSION_COOKIE_NAME)
    except CookieError:
        return False
    if morsel is None:
        return False
    from importlib import import_module

    request = HttpRequest()
    request.session = import_module(django_settings.SESSION_ENGINE).SessionStore(morsel.value)
    try:
        return get_user(request).is_authenticated
    finally:
        close_old_connections()
