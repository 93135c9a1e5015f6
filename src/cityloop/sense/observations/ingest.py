"""The hot path: `POST /v1.1/CreateObservations` as a raw ASGI callable.

Key, body, rows, commit, links: in this order, and the answer leaves after the commit.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cityloop.kernel import clock, settings
from cityloop.kernel.problems import CONTENT_TYPE, BadRequest, Problem, TooLarge, Unauthorized, Unavailable
from cityloop.sense.observations.commit import REFUSED, Rows
from cityloop.sense.observations.contracts import to_us
from cityloop.sense.observations.decode import Decoder, ShapeError, latest_allowed_us
from cityloop.sense.observations.key_cache import KeyCache
from cityloop.sense.observations.store import StoreError, StoreFull
from cityloop.sense.observations.writer import Writer, writer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_S_MAX = 60.0
# A request beyond these holds the others up for seconds.
ROWS_MAX = 200_000
BLOCKS_MAX = 20_000
ERRORS_MAX = 20
RETRY_S = b"1"
TOO_MANY_TWINS = "more than 1,000 differing results for this time; check the device's clock"

_HOST = re.compile(rb"[A-Za-z0-9.\-_:\[\]]{1,255}")


class StoreIsFull(Problem):
    """The server's disk is full."""

    status, title = 507, "Insufficient storage"


class _Gone(Exception):
    """The client went away before its body was complete."""


_decoder = Decoder()
_keys = KeyCache()


async def create_observations(scope: Scope, receive: Receive, send: Send) -> None:
    """Take a batch of observations; answer 201 with a link or "error" for each row, after the commit."""
    try:
        if scope["method"] != "POST":
            problem = Problem(f"{scope['method']} is not allowed here; allowed: POST.")
            problem.status, problem.title = 405, "Method not allowed"
            raise problem
        headers = dict(scope["headers"])
        await _check_key(headers)
        body = await _body(headers, receive)
        status, content, extra = await _create(body, _base(scope, headers))
        await _answer(send, status, content, extra)
    except Problem as problem:
        await _refuse(send, problem)
    except _Gone:
        return


async def _create(body: bytes, base: str) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    target = writer()
    try:
        blocks = _decoder.decode(body)
        rows = sum([len(block.rows) for block in blocks])
        if rows > ROWS_MAX or len(blocks) > BLOCKS_MAX:
            raise TooLarge(
                f"{rows} rows in {len(blocks)} data arrays; allowed: {ROWS_MAX} in {BLOCKS_MAX}. Send less at a time."
            )
        known = target.catalogue.limits
        missing = [block.datastream.id for block in blocks if block.datastream.id not in known]
        if missing or target.catalogue.stale():
            await asyncio.to_thread(target.catalogue.in_thread, [one for one in missing if isinstance(one, int)])
        found, wrong = _decoder.rows(blocks, known, latest_allowed_us(_now_us()), target.catalogue.free)
    except ShapeError as error:
        raise BadRequest(f"{error}. Nothing was stored.") from None
    await _written(target, found)
    return _links(found.ids, wrong, base)


async def _written(target: Writer, rows: Rows) -> None:
    if not len(rows):
        return
    try:
        await target.submit_async(rows)
    except StoreFull:
        raise StoreIsFull(
            "The server's disk is full; nothing of this request was stored. Keep the data and send it again later."
        ) from None
    except StoreError as error:
        raise Unavailable(
            f"Observations can't be stored just now ({error}); nothing of this request was. Send it again."
        ) from None


def _links(ids: list[int], wrong: list[tuple[int, str]], base: str) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    opening = f'"{base}/v1.1/Observations('
    closing = ')"'
    if not wrong and REFUSED not in ids:
        between = f"{closing},{opening}"
        content = f"[{opening}{between.join(map(str, ids))}{closing}]" if ids else "[]"
        return 201, content.encode(), []
    links = iter(ids)
    reasons = dict(wrong)
    answers: list[str] = []
    for place in range(len(ids) + len(wrong)):
        number = REFUSED if place in reasons else next(links)
        if number == REFUSED:
            reasons.setdefault(place, TOO_MANY_TWINS)
        answers.append('"error"' if number == REFUSED else f"{opening}{number}{closing}")
    shown = [{"row": place, "detail": reasons[place]} for place in sorted(reasons)[:ERRORS_MAX]]
    return 201, f"[{','.join(answers)}]".encode(), [(b"cityloop-errors", json.dumps(shown, ensure_ascii=True).encode())]


async def _check_key(headers: dict[bytes, bytes]) -> None:
    if settings.switch("CITYLOOP_STA_OPEN"):
        return
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not token:
        raise Unauthorized("No key. Send `Authorization: Bearer KEY`; `cityloop sense key create NAME` makes one.")
    if await _keys.verify(token.strip().decode("latin-1")) is None:
        raise Unauthorized("This key is not known or was revoked. `cityloop sense key create NAME` makes a new one.")


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    limit = settings.integer("CITYLOOP_BODY_MB_MAX") * 1024 * 1024
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(f"{int(announced)} bytes")
    message = await receive()
    if message["type"] != "http.request":
        raise _Gone
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > limit:
            raise _too_large("more")
        return body
    parts, size = [body], len(body)
    try:
        async with asyncio.timeout(BODY_S_MAX):
            while message.get("more_body"):
                if size > limit:
                    raise _too_large("more")
                message = await receive()
                if message["type"] != "http.request":
                    raise _Gone
                parts.append(message.get("body", b""))
                size += len(parts[-1])
    except TimeoutError:
        raise BadRequest(f"The body was not complete after {BODY_S_MAX:.0f} seconds. Send smaller batches.") from None
    if size > limit:
        raise _too_large("more")
    return b"".join(parts)


def _too_large(received: str) -> TooLarge:
    allowed = settings.integer("CITYLOOP_BODY_MB_MAX")
    return TooLarge(
        f"The body has {received}; allowed: {allowed} MB (CITYLOOP_BODY_MB_MAX). Nothing was stored. "
        "Send smaller batches."
    )


def _base(scope: Scope, headers: dict[bytes, bytes]) -> str:
    host = headers.get(b"host", b"")
    if _HOST.fullmatch(host) is None:
        host = b"localhost"
    scheme = "https" if settings.switch("CITYLOOP_HTTPS") else scope.get("scheme", "http")
    return f"{scheme}://{host.decode()}"


def _now_us() -> int:
    # A demo city's clock runs ahead of the real one or behind it: what either calls now is allowed.
    return max(int(time.time() * 1_000_000), to_us(clock.now()))


async def _refuse(send: Send, problem: Problem) -> None:
    extra: list[tuple[bytes, bytes]] = []
    if problem.status == 401:
        extra.append((b"www-authenticate", b'Bearer realm="cityloop"'))
    if problem.status == 405:
        extra.append((b"allow", b"POST"))
    if problem.status in (503, 507):
        extra.append((b"retry-after", RETRY_S))
    if problem.status == 413:
        # The rest of the body was not read, so the connection can't be used again.
        extra.append((b"connection", b"close"))
    await _answer(send, problem.status, problem.body(), extra, CONTENT_TYPE.encode())


async def _answer(
    send: Send, status: int, content: bytes, extra: list[tuple[bytes, bytes]], kind: bytes = b"application/json"
) -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(content)), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
