"""Reads of the city's geography."""

import threading

from cityloop.kernel.geography.contracts import NOWHERE, DistrictView, Place
from cityloop.kernel.geography.lookup import PointLookup
from cityloop.kernel.geography.models import District, GridCell, MapFeature

_lock = threading.Lock()
_cached: tuple[tuple[int, int, str], PointLookup, PointLookup, dict[str, Place], dict[str, Place]] | None = None


def districts() -> list[DistrictView]:
    """Every district, by code."""
    return [
        DistrictView(row.code, row.name, row.name_en) for row in District.objects.only("code", "name", "name_en")[:1000]
    ]


def place_of(longitude: float | None, latitude: float | None) -> Place:
    """Cell, district and department of a point; `NOWHERE` where the city has no ground there.

    The polygons are kept in memory and read again when their number changed.
    """
    if longitude is None or latitude is None:
        return NOWHERE
    cells, borders, by_cell, by_district = _lookups()
    cell = cells.find(longitude, latitude)
    if cell is not None:
        return by_cell[cell]
    district = borders.find(longitude, latitude)
    return by_district[district] if district is not None else NOWHERE


def map_features() -> list[dict[str, object]]:
    """The base map as GeoJSON features with `kind`, `name`, `name_en`, `rank`: map data, then cells, then districts."""
    found = [
        _feature(row.kind, row.name, row.name_en, row.rank, row.geometry)
        for row in MapFeature.objects.order_by("id")[:20000]
    ]
    found += [
        _feature("cell", row.name, row.name_en, 0, row.geometry, code=row.code)
        for row in GridCell.objects.all()[:20000]
    ]
    found += [
        _feature("district", row.name, row.name_en, 0, row.geometry, code=row.code)
        for row in District.objects.exclude(geometry=None)[:1000]
    ]
    return found


def map_version() -> str:
    """Changes when the base map does: for caches."""
    newest = MapFeature.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return f"{newest}-{GridCell.objects.count()}-{District.objects.count()}"


def cell_geometry(code: str) -> dict[str, object] | None:
    """The GeoJSON geometry of a cell."""
    return GridCell.objects.filter(code=code).values_list("geometry", flat=True).first()


def _feature(kind: str, name: str, name_en: str, rank: int, geometry: object, code: str = "") -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"kind": kind, "name": name, "name_en": name_en, "rank": rank, "code": code},
    }


def _lookups() -> tuple[PointLookup, PointLookup, dict[str, Place], dict[str, Place]]:
    global _cached
    version = (GridCell.objects.count(), District.objects.count(), GridCell.objects.db)
    with _lock:
        if _cached is None or _cached[0] != version:
            _cached = (version, *_read_lookups())
        return _cached[1:]


def _read_lookups() -> tuple[PointLookup, PointLookup, dict[str, Place], dict[str, Place]]:
    cells = list(GridCell.objects.select_related("district", "department"))
    borders = list(District.objects.all())
    by_cell = {
        row.code: Place(
            cell_code=row.code,
            cell_name=row.name,
            cell_name_en=row.name_en,
            district_code=row.district_id,
            district_name=row.district.name,
            district_name_en=row.district.name_en,
            department_code=row.department.code if row.department else "",
        )
        for row in cells
    }
    by_district = {
        row.code: Place(
            "", "", "", district_code=row.code, district_name=row.name, district_name_en=row.name_en, department_code=""
        )
        for row in borders
    }
    return (
        PointLookup({row.code: row.geometry for row in cells}),
        PointLookup({row.code: row.geometry for row in borders if row.geometry}),
        by_cell,
        by_district,
    )
