"""Functions over geometries. They are answered entity by entity with GEOS, so that both databases say the same.

Places of a city's devices are few beside their observations, and a predicate over them becomes a list of ids.
Source: OGC 18-088, clause 9.3.3.5.2; DE-9IM, ISO 19125-1. Lengths and distances are in the units of the coordinates,
degrees, as the standard has it: "in the coordinate reference system signified by the two points' SRIDs".
"""

import json
from collections.abc import Callable
from typing import Any, Final

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cityloop.sense.sensorthings.dialects import Dialect
from cityloop.sense.sensorthings.expressions import Call, QueryError, shown
from cityloop.sense.sensorthings.operands import Kind, Operand

GEOMETRIES_MAX: Final = 500_000

_PREDICATES: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "geo.intersects": shapely.intersects,
    "st_intersects": shapely.intersects,
    "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint,
    "st_touches": shapely.touches,
    "st_within": shapely.within,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "st_contains": shapely.contains,
}
GEO_FUNCTIONS: Final = frozenset({*_PREDICATES, "st_relate", "geo.distance", "geo.length"})

# Gives id and GeoJSON text of every row of a column: (column as SQL over an alias, the alias's id) → rows.
Rows = Callable[[str, str], list[tuple[int, str | None]]]


class GeometryLookup:
    """Answers functions over geometries.

    Args:
        rows: Reads all geometries of the column an operand names.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def call(self, node: Call, args: list[Operand], dialect: Dialect) -> Operand:
        """What a function gives.

        Raises:
            QueryError: An argument is no geometry, or several are not written out.
        """
        pattern = None
        if node.name == "st_relate":
            pattern, args = _pattern(args[2]), args[:2]
        for one in args:
            if one.kind not in (Kind.GEOMETRY, Kind.TEXT):
                raise QueryError(f"{node.name} of {one.kind}; allowed: geometries, such as geography'POINT (30 10)'")
        columns = [one for one in args if one.end]
        if len(columns) > 1:
            raise QueryError(f"{node.name} of two properties; allowed: one property and one geography'…'")
        if not columns:
            found = _apply(node.name, [_literal(one) for one in args], pattern)
            return _constant(found)
        column = columns[0]
        return self._of_column(node.name, args, column, pattern, dialect)

    def _of_column(
        self, name: str, args: list[Operand], column: Operand, pattern: str | None, dialect: Dialect
    ) -> Operand:
        fixed = [None if one is column else _literal(one) for one in args]
        for one in fixed:
            if one is not None:
                shapely.prepare(one)
        found: dict[int, Any] = {}
        for number, text in self._rows(column.text, column.end):
            geometry = geometry_of(text)
            if geometry is not None:
                found[number] = _apply(name, [geometry if one is None else one for one in fixed], pattern)
        if name in ("geo.distance", "geo.length"):
            values = {str(number): float(value) for number, value in found.items()}
            return Operand(Kind.NUMBER, dialect.looked_up(column.end), (json.dumps(values),))
        true = [number for number, value in found.items() if value]
        return Operand(Kind.BOOL, f"({dialect.one_of(column.end)})", (json.dumps(true),))


def geometry_of(text: str | None) -> BaseGeometry | None:
    """The geometry of a GeoJSON text: a geometry, a Feature or a FeatureCollection; None when it is none."""
    try:
        document = json.loads(text) if text else None
        return geojson_geometry(document)
    except ValueError:
        return None


def geojson_geometry(document: object) -> BaseGeometry | None:
    """The geometry of a GeoJSON document; None for a Feature without one, and for what is no GeoJSON object.

    Raises:
        ValueError: It has the form of GeoJSON and can't be read.
    """
    if not isinstance(document, dict):
        return None
    kind = document.get("type")
    try:
        if kind == "Feature":
            return geojson_geometry(document.get("geometry"))
        if kind == "FeatureCollection":
            parts = [geojson_geometry(one) for one in document.get("features", [])]
            return shapely.geometrycollections([one for one in parts if one is not None])
        return shape(document) if isinstance(kind, str) else None
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ValueError(f"no GeoJSON geometry ({error})") from None


def _literal(one: Operand) -> BaseGeometry:
    text = str(one.literal)
    try:
        return shapely.from_wkt(text)
    except shapely.errors.ShapelyError:
        raise QueryError(f"geometry {shown(text)}; allowed: WKT, such as POINT (120.1 30.2)") from None


def _pattern(one: Operand) -> str:
    text = str(one.literal)
    if len(text) != 9 or set(text.upper()) - set("012TF*"):
        raise QueryError(f"st_relate with {shown(text)}; allowed: nine of 0 1 2 T F *")
    return text.upper()


def _apply(name: str, args: list[BaseGeometry], pattern: str | None) -> Any:
    if name == "geo.length":
        return shapely.length(args[0])
    if name == "geo.distance":
        return shapely.distance(args[0], args[1])
    if name == "st_relate":
        return shapely.relate_pattern(args[0], args[1], pattern or "")
    return _PREDICATES[name](args[0], args[1])


def _constant(found: Any) -> Operand:
    if isinstance(found, bool | int) or type(found).__name__ == "bool":
        return Operand(Kind.BOOL, "TRUE" if found else "FALSE")
    return Operand(Kind.NUMBER, repr(float(found)))
