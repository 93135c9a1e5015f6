"""The service of OGC SensorThings 1.1 over HTTP: `/v1.1`."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl

import jsonpatch
import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from cityloop.kernel import access, clock
from cityloop.kernel.problems import BadRequest, NotFound, Problem, Unavailable
from cityloop.kernel.times import to_us
from cityloop.sense.observations import port as observations
from cityloop.sense.sensorthings import batch, formats, writing
from cityloop.sense.sensorthings.callers import check_reader, check_writer
from cityloop.sense.sensorthings.entities import ENTITIES, Shape
from cityloop.sense.sensorthings.expressions import QueryError
from cityloop.sense.sensorthings.options import Query, parse_options
from cityloop.sense.sensorthings.reading import Page, Reader
from cityloop.sense.sensorthings.resource_path import ACTIONS, PathError, ResourcePath, parse_path
from cityloop.sense.sensorthings.resources import Resource, find, missing
from cityloop.sense.sensorthings.shaping import SELF_LINK

_REQ: Final = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CONFORMANCE: Final = (
    f"{_REQ}/datamodel",
    f"{_REQ}/resource-path/resource-path-to-entities",
    f"{_REQ}/request-data",
    f"{_REQ}/create-update-delete",
    f"{_REQ}/batch-request/batch-request",
    f"{_REQ}/data-array/data-array",
    "http://docs.oasis-open.org/odata/odata-json-format/v4.01/odata-json-format-v4.01.html",
    "https://datatracker.ietf.org/doc/html/rfc4180",
    "https://datatracker.ietf.org/doc/html/rfc6902",
    "https://datatracker.ietf.org/doc/html/rfc7946",
)
JSON_PATCH: Final = "application/json-patch+json"
DEEPEST: Final = 100


@csrf_exempt
@access.keyed
def root(request: HttpRequest) -> HttpResponse:
    """What the service offers."""
    return _service(request)


def _service(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        raise _not_allowed(request, "GET, HEAD")
    check_reader(request)
    base = _base(request)
    sets = [{"name": one.set, "url": f"{base}/{one.set}"} for one in ENTITIES.values()]
    return _json({"value": sets, "serverSettings": {"conformance": CONFORMANCE}})


@csrf_exempt
@access.keyed
def resource(request: HttpRequest, path: str) -> HttpResponse:
    """A set, an entity, a property of one, or what one leads to."""
    try:
        if path.rstrip("/") == "$batch":
            check_reader(request)
            return batch.answer(request, _inside_batch)
        found = parse_path(path)
        if not found.segments:
            return _service(request)
        if found.segments[0].name in ACTIONS:
            raise _not_allowed(request, "POST, outside of a batch")
        handler = _HANDLERS.get(request.method or "")
        if handler is None:
            raise _not_allowed(request, ", ".join(_HANDLERS))
        return handler(request, found)
    except PathError as error:
        raise NotFound(f"{error}.") from None
    except QueryError as error:
        raise BadRequest(f"{error}.") from None
    except observations.StoreError as error:
        raise Unavailable(f"The observations can't be read just now: {error}.") from None


def _inside_batch(request: HttpRequest, path: str) -> HttpResponse:
    answer: HttpResponse = resource(request, path)
    return answer


def _get(request: HttpRequest, path: ResourcePath) -> HttpResponse:
    check_reader(request)
    query = parse_options(parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True))
    with observations.joint() as joint:
        reader = Reader(joint, _base(request), to_us(clock.now()))
        found = find(path, reader)
        if path.property:
            return _property(reader, found, path)
        if path.suffix == "$count":
            return HttpResponse(str(reader.count(found.entity, query, found.within)), content_type="text/plain")
        if found.number is None:
            return _page(reader, found, path, query)
        value = reader.one(found.entity, found.number, query)
        if value is None:
            raise missing(found.entity, found.number)
        if path.suffix == "$ref":
            return _json({SELF_LINK: f"{_base(request)}/{found.entity.set}({found.number})"})
        return formats.one(found.entity, value, query) or _json(value)


def _page(reader: Reader, found: Resource, path: ResourcePath, query: Query) -> HttpResponse:
    within = found.within
    if within is not None and not reader.exists(within.entity, within.id):
        raise missing(within.entity, within.id)
    page = reader.page(found.entity, query, within)
    next_link = reader.next_link(_text(path), query) if page.more else None
    answer = formats.page(found.entity, page, query, next_link, reader)
    if answer is not None:
        return answer
    values: list[Any] = page.values
    if path.suffix == "$ref":
        values = [{SELF_LINK: reader.link(found.entity, number)} for number in page.ids]
    return _json(_document(page, next_link, values))


def _document(page: Page, next_link: str | None, values: list[Any]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    if page.count is not None:
        document["@iot.count"] = page.count
    if next_link is not None:
        document["@iot.nextLink"] = next_link
    document["value"] = values
    return document


def _property(reader: Reader, found: Resource, path: ResourcePath) -> HttpResponse:
    assert found.number is not None, "the path was checked"
    name, *keys = path.property
    if name in ("id", "@iot.id", SELF_LINK):
        value: Any = found.number if name != SELF_LINK else reader.link(found.entity, found.number)
        if not reader.exists(found.entity, found.number):
            raise missing(found.entity, found.number)
    else:
        entity = reader.one(found.entity, found.number, Query(select=(name,)))
        if entity is None:
            raise missing(found.entity, found.number)
        value = entity.get(name)
    if isinstance(value, msgspec.Raw):
        value = msgspec.json.decode(value)
    for key in keys:
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            raise NotFound(f"{'/'.join(path.property)} of {found.entity.set}({found.number}) is not there.")
    if value is None:
        return HttpResponse(status=204)
    if path.suffix == "$value":
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    return _json({keys[-1] if keys else name: value})


def _post(request: HttpRequest, path: ResourcePath) -> HttpResponse:
    by = check_writer(request)
    if path.property or path.suffix:
        raise _not_allowed(request, "GET, HEAD")
    document = _body(request)
    with observations.joint() as joint:
        found = find(path, Reader(joint, _base(request), to_us(clock.now())))
        if found.number is not None:
            raise _not_allowed(request, "GET, HEAD, PATCH, PUT, DELETE")
        if found.within is not None and not Reader(joint, "", 0).exists(found.within.entity, found.within.id):
            raise missing(found.within.entity, found.within.id)
    number = writing.create(found.entity, document, found.within, by=by)
    answer = _entity(request, found, number, status=201)
    answer["Location"] = f"{_base(request)}/{found.entity.set}({number})"
    return answer


def _patch(request: HttpRequest, path: ResourcePath) -> HttpResponse:
    return _update(request, path, whole=False)


def _put(request: HttpRequest, path: ResourcePath) -> HttpResponse:
    return _update(request, path, whole=True)


def _update(request: HttpRequest, path: ResourcePath, *, whole: bool) -> HttpResponse:
    by = check_writer(request)
    found = _the_one(request, path)
    document = _body(request)
    assert found.number is not None
    if request.content_type == JSON_PATCH:
        document, whole = _patched(request, found, document), False
    elif isinstance(document, list):
        raise BadRequest(f"A list is sent; allowed: an object, or JSON Patch with the type {JSON_PATCH}.")
    writing.update(found.entity, found.number, document, whole=whole, by=by)
    return _entity(request, found, found.number)


def _patched(request: HttpRequest, found: Resource, operations: object) -> dict[str, Any]:
    """What JSON Patch (RFC 6902) changes, as an update."""
    assert found.number is not None
    with observations.joint() as joint:
        reader = Reader(joint, _base(request), 0)
        names = tuple(name for name, one in found.entity.properties.items() if not one.computed)
        entity = reader.one(found.entity, found.number, Query(select=names))
    if entity is None:
        raise missing(found.entity, found.number)
    before = msgspec.json.decode(msgspec.json.encode(entity))
    for name, one in found.entity.properties.items():
        if one.shape is Shape.QUALITY:
            before.pop(name, None)
    try:
        after = jsonpatch.apply_patch(before, operations)  # type: ignore[arg-type]  # checked by it
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError, KeyError) as error:
        raise BadRequest(f"JSON Patch can't be applied: {error}. Nothing was changed.") from None
    gone = {name: None for name in before if name not in after}
    return {name: value for name, value in {**after, **gone}.items() if before.get(name) != value or name in gone}


def _delete(request: HttpRequest, path: ResourcePath) -> HttpResponse:
    by = check_writer(request)
    found = _the_one(request, path)
    assert found.number is not None
    writing.remove(found.entity, found.number, by=by)
    return HttpResponse(status=200)


def _the_one(request: HttpRequest, path: ResourcePath) -> Resource:
    with observations.joint() as joint:
        reader = Reader(joint, _base(request), 0)
        found = find(path, reader)
        if found.number is None or path.property or path.suffix:
            raise _not_allowed(request, "GET, HEAD, POST" if found.number is None else "GET, HEAD")
        if not reader.exists(found.entity, found.number):
            raise missing(found.entity, found.number)
    return found


def _entity(request: HttpRequest, found: Resource, number: int, status: int = 200) -> HttpResponse:
    with observations.joint() as joint:
        value = Reader(joint, _base(request), 0).one(found.entity, number, Query())
    if value is None:
        raise missing(found.entity, number)
    return _json(value, status)


def _body(request: HttpRequest) -> Any:
    try:
        return msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {error}. Nothing was stored.") from None


def _text(path: ResourcePath) -> str:
    parts = [one.name if one.id is None else f"{one.name}({one.id})" for one in path.segments]
    return "/".join([*parts, *([path.suffix] if path.suffix else [])])


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/v1.1")


def _json(document: object, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(document), content_type="application/json", status=status)


def _not_allowed(request: HttpRequest, allowed: str) -> Problem:
    problem = Problem(f"{request.method} is not allowed here; allowed: {allowed}.")
    problem.status, problem.title = 405, "Method not allowed"
    return problem


_HANDLERS: Final[dict[str, Callable[[HttpRequest, ResourcePath], HttpResponse]]] = {
    "GET": _get,
    "HEAD": _get,
    "POST": _post,
    "PATCH": _patch,
    "PUT": _put,
    "DELETE": _delete,
}
