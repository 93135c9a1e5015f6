"""Live pages: server-sent events that say what kinds of things changed (WHATWG HTML, section 9.2).

One task in the web process asks the outbox for new events and tells every open page. A page that reads too slowly loses
signals, never memory: its queue holds a few, and a lost one is made good by the next, because a signal only says
"look again".
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest

from cityloop.kernel import clock
from cityloop.kernel.events.selectors import kinds_after
from cityloop.kernel.problems import Problem, Unauthorized, Unavailable, answer_problem

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

POLL_S = 0.3
QUEUE_MAX = 8
PAGES_MAX = 500
PAGES_A_PERSON_MAX = 10
KEEP_ALIVE_S = 15.0
SEND_S = 20.0
BEAT = b'data: {"kinds": []}\n\n'


class Feed:
    """Watches the outbox while anybody listens, and fans out the kinds of events it finds."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.Queue[list[str]], int] = {}
        self._watcher: asyncio.Task[None] | None = None

    def join(self, person_id: int) -> asyncio.Queue[list[str]]:
        """A queue for one page of a person.

        Raises:
            Unavailable: As many pages listen as the server takes, in all or of one person.
        """
        own = sum(1 for owner in self._queues.values() if owner == person_id)
        if len(self._queues) >= PAGES_MAX or own >= PAGES_A_PERSON_MAX:
            raise Unavailable(
                f"{own} live pages of yours and {len(self._queues)} in all are open; allowed: "
                f"{PAGES_A_PERSON_MAX} and {PAGES_MAX}. Close some, or reload the page by hand."
            )
        queue: asyncio.Queue[list[str]] = asyncio.Queue(QUEUE_MAX)
        self._queues[queue] = person_id
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        return queue

    def leave(self, queue: asyncio.Queue[list[str]]) -> None:
        """The page was closed."""
        self._queues.pop(queue, None)

    async def _watch(self) -> None:
        last = -1
        while self._queues:
            try:
                last, kinds = await sync_to_async(_ask, thread_sensitive=False)(last)
            except DatabaseError:
                kinds = []
            if kinds:
                for queue in list(self._queues):
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
        queue = _feed.join(await _person_id(scope))
    except Problem as problem:
        await answer_problem(send, problem)
        return
    gone = asyncio.ensure_future(_wait_for_close(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _headers(b"text/event-stream")})
        await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
        while (body := await _next_message(queue, gone)) is not None:
            if body == BEAT:
                await _person_id(scope)  # a leaver's open pages fall silent too
            await asyncio.wait_for(send({"type": "http.response.body", "body": body, "more_body": True}), SEND_S)
    except (OSError, TimeoutError, Unauthorized):
        return
    finally:
        gone.cancel()
        _feed.leave(queue)


async def _next_message(queue: asyncio.Queue[list[str]], gone: asyncio.Future[None]) -> bytes | None:
    """The next message, a beat when nothing happens for a while, None when the page was closed."""
    news = asyncio.ensure_future(queue.get())
    ends: set[asyncio.Future[Any]] = {news, gone}
    await asyncio.wait(ends, timeout=KEEP_ALIVE_S, return_when=asyncio.FIRST_COMPLETED)
    if gone.done():
        news.cancel()
        return None
    if not news.done():
        news.cancel()
        return BEAT
    kinds = news.result()
    while not queue.empty():
        kinds = [*kinds, *queue.get_nowait()]
    # `incident.opened` and `incident.closed` both mean to a page: look at the incidents again.
    things = sorted({kind.partition(".")[0] for kind in kinds})
    return b"data: " + json.dumps({"kinds": things, "at": clock.now().isoformat()}).encode() + b"\n\n"


async def _person_id(scope: MutableMapping[str, Any]) -> int:
    found = await sync_to_async(_signed_in, thread_sensitive=False)(scope)
    if found is None:
        raise Unauthorized("Sign in first.")
    return found


async def _wait_for_close(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _headers(kind: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", kind), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]


def _signed_in(scope: MutableMapping[str, Any]) -> int | None:
    """Whose session cookie it is, by the same check as the pages' own; None: nobody's."""
    raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        morsel = SimpleCookie(raw).get(django_settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if morsel is None:
        return None
    request = HttpRequest()
    request.session = import_module(django_settings.SESSION_ENGINE).SessionStore(morsel.value)
    try:
        user = get_user(request)
        return int(user.pk) if user.is_authenticated and user.is_active else None
    finally:
        close_old_connections()
