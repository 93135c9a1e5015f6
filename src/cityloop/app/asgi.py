"""The one ASGI callable: hot routes raw, live events, everything else Django."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.app.django_settings")

import django

django.setup()

from cityloop.app.run import follow_server
from cityloop.app.wsgi_bridge import django_application
from cityloop.kernel.events.live import live_events
from cityloop.kernel.problems import NotFound
from cityloop.sense.observations.ingest import create_observations

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_pages = django_application()

# kill -9 of the server process must not leave this worker behind, holding the port.
follow_server()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route a request by its path."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path == "/v1.1/CreateObservations" and scope["method"] == "POST":
        await create_observations(scope, receive, send)
    elif path == "/events":
        await live_events(scope, receive, send)
    else:
        await _pages(scope, receive, send)


async def ingest_application(scope: Scope, receive: Receive, send: Send) -> None:
    """The role `ingest`: devices' routes and the probes, no pages."""
    if scope["type"] == "http" and not scope["path"].startswith(("/v1.1", "/livez", "/readyz", "/metrics")):
        await send(
            {"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/problem+json")]}
        )
        await send({"type": "http.response.body", "body": NotFound("This process takes observations only.").body()})
        return
    await application(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
