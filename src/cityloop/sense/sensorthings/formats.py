"""`$resultFormat`: data arrays, CSV and GeoJSON instead of the standard's JSON.

Source: OGC 18-088, clause 13.1 (data arrays); RFC 4180; RFC 7946.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from django.http import HttpResponse

from cityloop.kernel.ui.table import plain_cell
from cityloop.sense.sensorthings.entities import Entity, Shape
from cityloop.sense.sensorthings.expressions import QueryError
from cityloop.sense.sensorthings.options import Query
from cityloop.sense.sensorthings.reading import Page, Reader
from cityloop.sense.sensorthings.shaping import ID, SELF_LINK, Json, selection_of

FLATTENED_DEPTH: Final = 4
# Columns of a data array that are there even when all their values are null.
_USUAL: Final = ("phenomenonTime", "result", "resultTime")


def page(entity: Entity, found: Page, query: Query, next_link: str | None, reader: Reader) -> HttpResponse | None:
    """A page in the format that was asked for; None when that is the standard's JSON.

    Raises:
        QueryError: The format is not for this set.
    """
    match query.result_format:
        case "dataArray":
            return _json(_data_arrays(entity, found, query, next_link, reader))
        case "CSV":
            return _csv(found.values)
        case "GeoJSON":
            document: Json = {"type": "FeatureCollection", "features": [_feature(entity, one) for one in found.values]}
            if found.count is not None:
                document["@iot.count"] = found.count
            if next_link is not None:
                document["@iot.nextLink"] = next_link
            return _json(document, "application/geo+json")
        case _:
            return None


def one(entity: Entity, value: Json, query: Query) -> HttpResponse | None:
    """One entity in the format that was asked for."""
    match query.result_format:
        case "GeoJSON":
            return _json(_feature(entity, value), "application/geo+json")
        case "CSV":
            return _csv([value])
        case "dataArray":
            raise QueryError("$resultFormat=dataArray of one entity; allowed: of a set of Observations")
        case _:
            return None


def _data_arrays(entity: Entity, found: Page, query: Query, next_link: str | None, reader: Reader) -> Json:
    if entity.name != "Observation" or query.expand:
        raise QueryError("$resultFormat=dataArray; allowed: for Observations without $expand")
    selection = selection_of(entity, query.select)
    names = [name for name in selection.properties if query.select or name in _USUAL or _said(found.values, name)]
    components = [*(["id"] if selection.identity else []), *names]
    foreign = not query.select or "FeatureOfInterest" in query.select
    if foreign:
        components.append("FeatureOfInterest/id")
    blocks: dict[int | None, list[list[Any]]] = {}
    owners = found.owners
    for place, value in enumerate(found.values):
        row = [value.get(ID if name == "id" else name) for name in components if name != "FeatureOfInterest/id"]
        if foreign:
            row.append(owners["FeatureOfInterest"][place])
        blocks.setdefault(owners["Datastream"][place], []).append(row)
    document: Json = {}
    if found.count is not None:
        document["@iot.count"] = found.count
    if next_link is not None:
        document["@iot.nextLink"] = next_link
    document["value"] = [
        {
            "Datastream@iot.navigationLink": f"{reader.base}/Datastreams({stream})",
            "components": components,
            "dataArray@iot.count": len(rows),
            "dataArray": rows,
        }
        for stream, rows in blocks.items()
    ]
    return document


def _said(values: Iterable[Json], name: str) -> bool:
    return any(value.get(name) is not None for value in values)


def _csv(values: Iterable[Json]) -> HttpResponse:
    rows = [dict(_flat(value)) for value in values]
    header: dict[str, None] = {}
    for row in rows:
        header.update(dict.fromkeys(row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([plain_cell(row.get(name, "")) for name in header])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="sensorthings.csv"'
    return answer


def _flat(value: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """An entity as columns: what stands inside it by its path, lists as JSON."""
    if isinstance(value, msgspec.Raw):
        value = msgspec.json.decode(value)
    if not isinstance(value, dict) or depth >= FLATTENED_DEPTH:
        yield prefix, "" if value is None else value if isinstance(value, str | int | float | bool) else _text(value)
        return
    for name, inner in value.items():
        if name == SELF_LINK or "@iot.n" in name:
            continue
        name = "id" if name == ID else name
        yield from _flat(inner, f"{prefix}/{name}" if prefix else name, depth + 1)


def _feature(entity: Entity, value: Json) -> Json:
    """An entity as a GeoJSON Feature: its own geometry, or that of what was put into it."""
    properties = dict(_flat(value))
    geometry: Any = None
    for name, found in entity.properties.items():
        if found.shape is Shape.GEOMETRY and value.get(name) is not None:
            geometry = _geometry(value[name])
            properties = {key: one for key, one in properties.items() if not key.startswith(f"{name}/")}
            properties.pop(name, None)
    if geometry is None:
        geometry = _inner_geometry(value)
    return {"type": "Feature", "id": value.get(ID), "geometry": geometry, "properties": properties}


def _inner_geometry(value: Json) -> Any:
    for name, key in (("Locations", "location"), ("FeatureOfInterest", "feature")):
        inner = value.get(name)
        first = inner[0] if isinstance(inner, list) and inner else inner
        if isinstance(first, dict) and first.get(key) is not None:
            return _geometry(first[key])
    return None


def _geometry(value: Any) -> Any:
    document = msgspec.json.decode(value) if isinstance(value, msgspec.Raw) else value
    if isinstance(document, dict) and document.get("type") == "Feature":
        return document.get("geometry")
    return document if isinstance(document, dict) and "coordinates" in document else None


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _json(document: object, kind: str = "application/json") -> HttpResponse:
    return HttpResponse(msgspec.json.encode(document), content_type=kind)
