"""Django, kept a plain WSGI program and run in a bounded pool of threads (measured: five times the throughput of its
own ASGI handler, see docs/adr/0002)."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

THREADS = 8

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def django_application() -> Callable[[Message, Receive, Send], Awaitable[None]]:
    """Django as an ASGI callable."""
    # Any: the two libraries describe the same messages in types of their own.
    program: Any = get_wsgi_application()
    bridge: Any = WSGIMiddleware(program, workers=THREADS)

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        async def next_message() -> Message:
            # granian's receive gives a future; the bridge asks for a coroutine.
            return await receive()

        await bridge(scope, next_message, send)

    return application
