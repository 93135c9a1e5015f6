"""Django, kept a plain WSGI program and run in a bounded pool of threads (measured: five times the throughput of its
own ASGI handler, see docs/adr/0002).

A thread is taken only when the whole body is here, and a reader that takes nothing for a while is given up: otherwise
a handful of slow connections would hold every thread.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from cityloop.kernel import settings
from cityloop.kernel.problems import BadRequest, Problem, TooLarge, Unavailable, answer_problem

THREADS = 12
BODY_S = 30.0
SEND_S = 20.0
# Bodies that are being read at one time, all together.
IN_FLIGHT_BYTES_MAX = 128 * 1024 * 1024

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def django_application() -> Callable[[Message, Receive, Send], Awaitable[None]]:
    """Django as an ASGI callable."""
    # Any: the two libraries describe the same messages in types of their own.
    program: Any = get_wsgi_application()
    bridge: Any = WSGIMiddleware(program, workers=THREADS)
    bodies = Bodies(settings.integer("CITYLOOP_BODY_MB_MAX") * 1024 * 1024)

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        try:
            body = await bodies.read(scope, receive)
        except Problem as problem:
            await answer_problem(send, problem)
            return
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def next_message() -> Message:
            return waiting.pop() if waiting else await receive()

        async def send_in_time(message: Message) -> None:
            await asyncio.wait_for(send(message), SEND_S)

        await bridge(scope, next_message, send_in_time)

    return application


class Bodies:
    """Reads request bodies whole, within bounds of size and time.

    Args:
        most: Largest body in bytes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_flight = 0

    async def read(self, scope: Message, receive: Receive) -> bytes:
        """The body of a request.

        Raises:
            TooLarge: It is, or says it is, larger than the server takes.
            Unavailable: Too much is being read already.
            BadRequest: It did not arrive in time, or the caller went away.
        """
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if announced.isdigit() and int(announced) > self._most:
            raise self._too_large()
        pieces: list[bytes] = []
        held = 0
        try:
            async with asyncio.timeout(BODY_S):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise BadRequest("The connection ended before the body did.")
                    piece = message.get("body", b"")
                    held += len(piece)
                    self._in_flight += len(piece)
                    if held > self._most:
                        raise self._too_large()
                    if self._in_flight > IN_FLIGHT_BYTES_MAX:
                        raise Unavailable("The server is reading as much as it can just now. Try again in a minute.")
                    pieces.append(piece)
                    if not message.get("more_body"):
                        return b"".join(pieces)
        except TimeoutError:
            raise BadRequest(f"The body did not arrive within {BODY_S:.0f} s. Send it again.") from None
        finally:
            self._in_flight -= held

    def _too_large(self) -> TooLarge:
        megabytes = self._most // (1024 * 1024)
        return TooLarge(f"The body is larger than {megabytes} MB (CITYLOOP_BODY_MB_MAX). Send less at a time.")
