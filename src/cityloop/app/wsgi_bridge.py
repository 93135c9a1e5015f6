"""Django, kept a plain WSGI program and run in a bounded pool of threads (measured: five times the throughput of its
own ASGI handler, see docs/adr)."""

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

THREADS = 8


def django_application() -> WSGIMiddleware:
    """Django as an ASGI callable."""
    return WSGIMiddleware(get_wsgi_application(), workers=THREADS)
