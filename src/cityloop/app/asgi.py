"""The one ASGI callable: hot routes raw, live events, everything else Django."""

import gc
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.app.django_settings")

import django

django.setup()

from django.conf import settings as django_settings
from django.http.request import split_domain_port, validate_host

from cityloop.app.databases import share_connections
from cityloop.app.run import follow_server
from cityloop.app.wsgi_bridge import django_application
from cityloop.kernel import settings
from cityloop.kernel.events.live import live_events
from cityloop.kernel.problems import BadRequest, Forbidden, NotFound, Problem, answer_problem
from cityloop.sense.observations.ingest import create_observations

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

share_connections()
_pages = django_application()

# What is loaded by now lives as long as the process. Looking through it for garbage again and again cost ingest a
# quarter of its CPU time (benchmarks/ingest.py).
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)

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
    try:
        _check_host(scope)
        if path == "/v1.1/CreateObservations":
            _check_origin(scope)
            await create_observations(scope, receive, send)
        elif path == "/events":
            await live_events(scope, receive, send)
        else:
            await _pages(scope, receive, send)
    except Problem as problem:
        await answer_problem(send, problem)


async def ingest_application(scope: Scope, receive: Receive, send: Send) -> None:
    """The role `ingest`: devices' routes and the probes, no pages."""
    if scope["type"] == "http" and not scope["path"].startswith(("/v1.1", "/livez", "/readyz", "/metrics")):
        await answer_problem(send, NotFound("This process takes observations only."))
        return
    await application(scope, receive, send)


def _check_host(scope: Scope) -> None:
    """Answer only to our own names: links in answers are made from the Host header."""
    host, _ = split_domain_port(_header(scope, b"host"))
    if not validate_host(host, django_settings.ALLOWED_HOSTS):
        raise BadRequest("The Host header is not one of CITYLOOP_ALLOWED_HOSTS. Add the name there, or use another.")


def _check_origin(scope: Scope) -> None:
    """With the interface open to everybody on this machine, a page of another site must not write through a browser."""
    origin = _header(scope, b"origin")
    if settings.switch("CITYLOOP_STA_OPEN") and origin and urlsplit(origin).netloc != _header(scope, b"host"):
        raise Forbidden("CITYLOOP_STA_OPEN=1 takes nothing from pages of other sites.")


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
