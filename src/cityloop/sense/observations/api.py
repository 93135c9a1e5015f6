"""Reading SensorThings: `GET /v1.1`, entity sets, entities, and one step from one to the next."""

import re
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cityloop.kernel import access, settings
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.problems import BadRequest, Forbidden, NotFound, Unauthorized
from cityloop.sense.keys.port import verify
from cityloop.sense.observations import shapes
from cityloop.sense.observations.entities import ID_MAX, SETS, Page, read_observations, read_set
from cityloop.sense.observations.models import Datastream
from cityloop.sense.observations.query import Query, QueryError, parse_query
from cityloop.sense.observations.store import store

NAMES = (*SETS, "Observations")
CONFORMANCE = (
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/data-array",
)

_PATH = re.compile(r"(?P<name>[A-Za-z]+)(?:\((?P<id>\d{1,19})\)(?:/(?P<leads_to>[A-Za-z]+))?)?")


@csrf_exempt
@access.keyed
@require_http_methods(["GET", "HEAD"])
def root(request: HttpRequest) -> HttpResponse:
    """The entity sets there are."""
    _check_reader(request)
    base = _base(request)
    sets = [{"name": name, "url": f"{base}/{name}"} for name in NAMES]
    return _json({"value": sets, "serverSettings": {"conformance": CONFORMANCE}})


@csrf_exempt
@access.keyed
@require_http_methods(["GET", "HEAD"])
def resource(request: HttpRequest, path: str) -> HttpResponse:
    """An entity set, an entity, or what an entity leads to."""
    _check_reader(request)
    match = _PATH.fullmatch(path)
    if match is None or match["name"] not in NAMES:
        raise NotFound(f"/v1.1/{path} is nothing we have; allowed: {', '.join(NAMES)}, NAME(ID) and NAME(ID)/NAME.")
    try:
        query = parse_query({name: value for name, value in request.GET.dict().items() if name.startswith("$")})
        if match["id"] is None:
            return _page(request, _read(match["name"], query, _base(request)), query)
        number = min(int(match["id"]), ID_MAX)
        if match["leads_to"] is None:
            return _json(_entity(match["name"], number, _base(request)))
        return _step(request, match["name"], number, match["leads_to"], query)
    except QueryError as error:
        raise BadRequest(f"{error}.") from None


def _step(request: HttpRequest, name: str, number: int, leads_to: str, query: Query) -> HttpResponse:
    base = _base(request)
    if name == "Observations":
        stream = store().observation(number)
        if stream is None or leads_to != "Datastream":
            raise _missing(name, number, leads_to, "Datastream")
        return _json(_entity("Datastreams", stream.datastream_id, base))
    if name == "Datastreams" and leads_to == "Observations":
        if not Datastream.objects.filter(id=number).exists():
            raise _missing(name, number)
        return _page(request, read_observations(query, base, number), query)
    target = SETS[name].leads_to.get(leads_to)
    row = SETS[name].rows().filter(id=number).first()
    if target is None or row is None:
        also = ("Observations",) if name == "Datastreams" else ()
        raise _missing(name, number, leads_to if row else "", *SETS[name].leads_to, *also)
    if target[1].endswith("_id"):
        return _json(_entity(target[0], getattr(row, target[1]), base))
    return _page(request, read_set(target[0], query, base, {target[1]: number}), query)


def _read(name: str, query: Query, base: str) -> Page:
    return read_observations(query, base) if name == "Observations" else read_set(name, query, base)


def _entity(name: str, number: int, base: str) -> shapes.Shape:
    if name == "Observations":
        found = store().observation(number)
        if found is None:
            raise _missing(name, number)
        return shapes.observation(found, base)
    row = SETS[name].rows().filter(id=number).first()
    if row is None:
        raise _missing(name, number)
    return SETS[name].shape(row, base)


def _missing(name: str, number: int, leads_to: str = "", *allowed: str) -> NotFound:
    if leads_to:
        return NotFound(f"{name}({number}) does not lead to {leads_to}; allowed: {', '.join(allowed)}.")
    return NotFound(f"There is no {name}({number}). `GET /v1.1/{name}` lists those there are.")


def _page(request: HttpRequest, page: Page, query: Query) -> HttpResponse:
    document: dict[str, Any] = {}
    if page.count is not None:
        document["@iot.count"] = page.count
    if page.more and query.top:
        options = {**request.GET.dict(), "$skip": str(query.skip + query.top), "$top": str(query.top)}
        document["@iot.nextLink"] = f"{request.build_absolute_uri(request.path)}?{urlencode(options, safe='$/')}"
    document["value"] = page.values
    return _json(document)


def _check_reader(request: HttpRequest) -> None:
    if settings.switch("CITYLOOP_STA_OPEN"):
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if verify(token.strip()) is None:
            raise Unauthorized(
                "This key is not known or was revoked. `cityloop sense key create NAME` makes a new one."
            )
        return
    person = access.person_of(request)
    if person is None:
        raise Unauthorized("Reading needs a key (`Authorization: Bearer KEY`) or somebody signed in.")
    if not person.may(Permission.VIEW_DATA):
        raise Forbidden(
            f"This needs the permission {Permission.VIEW_DATA}; ask an administrator for a post that has it."
        )


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/v1.1")


def _json(document: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(document), content_type="application/json")
