"""The probes and the metrics page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from prometheus_client import REGISTRY
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from cityloop.kernel.access import keyed, public
from cityloop.kernel.problems import Forbidden
from cityloop.kernel.telemetry.selectors import figures, readiness

# A proxy on this machine asks for somebody else.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")
LOOPBACK = frozenset({"127.0.0.1", "::1"})


@require_GET
@public
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
@public
def readyz(request: HttpRequest) -> HttpResponse:
    """Every part the work needs is there; 503 names the one that is not."""
    parts = readiness()
    ready = parts["database"] == "ok" and parts.get("worker") == "ok"
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


@require_GET
@keyed
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text format, to a scraper on this machine only; put a proxy with a guard before it for others."""
    if request.META.get("REMOTE_ADDR") not in LOOPBACK or any(name in request.META for name in FORWARDED):
        raise Forbidden("Metrics are given to this machine only.")
    lines = [f"# TYPE {name} gauge\n{name} {value}\n" for name, value in figures().items()]
    return HttpResponse(generate_latest(REGISTRY) + "".join(lines).encode(), content_type=CONTENT_TYPE_LATEST)
