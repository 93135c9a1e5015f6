"""Entering the city's geography."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from cityloop.kernel.geography.lookup import GeometryError, polygons
from cityloop.kernel.geography.models import District, GridCell, MapFeature, cell_code, division_code
from cityloop.kernel.organisations.models import Organization
from cityloop.kernel.problems import Invalid


def enter_district(*, code: str, name: str, name_en: str = "", geometry: Mapping[str, object] | None = None) -> None:
    """Enter a district, or correct the one with this code.

    Raises:
        Invalid: The code is not six digits, or the geometry is no polygon.
    """
    _check(code, division_code, geometry)
    District.objects.update_or_create(
        code=code, defaults={"name": name, "name_en": name_en, "geometry": dict(geometry) if geometry else None}
    )


def enter_cell(
    *,
    code: str,
    name: str,
    name_en: str = "",
    district_code: str,
    geometry: Mapping[str, object],
    department_code: str = "",
) -> None:
    """Enter a unit grid cell, or correct the one with this code.

    Raises:
        Invalid: The code is not fifteen digits, the geometry is no polygon, or district or department are not known.
    """
    _check(code, cell_code, geometry)
    district = District.objects.filter(code=district_code).first()
    if district is None:
        raise Invalid(f"cell {code}: district {district_code!r} is not known; enter the district first.")
    department = Organization.objects.filter(code=department_code).first() if department_code else None
    if department_code and department is None:
        raise Invalid(f"cell {code}: department {department_code!r} is not known; enter the department first.")
    GridCell.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "name_en": name_en,
            "district": district,
            "department": department,
            "geometry": dict(geometry),
        },
    )


@transaction.atomic
def replace_map(features: Iterable[Mapping[str, object]]) -> int:
    """Put a new base map in place of the old one.

    Args:
        features: GeoJSON features whose properties name `kind`, and may name `name`, `name_en`, `rank`.

    Returns:
        The number of features.
    """
    MapFeature.objects.all().delete()
    rows = []
    for feature in features:
        about = feature.get("properties") or {}
        assert isinstance(about, Mapping)
        rows.append(
            MapFeature(
                kind=str(about.get("kind", "land"))[:20],
                name=str(about.get("name", ""))[:80],
                name_en=str(about.get("name_en", ""))[:80],
                rank=int(about.get("rank", 0)),
                geometry=feature.get("geometry"),
            )
        )
    MapFeature.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _check(code: str, rule: object, geometry: Mapping[str, object] | None) -> None:
    try:
        rule(code)  # type: ignore[operator]
    except ValidationError as error:
        raise Invalid(f"code {code!r}: {error.messages[0]}", errors={"code": error.messages[0]}) from None
    if geometry is not None:
        try:
            polygons(geometry)
        except GeometryError as error:
            raise Invalid(f"area {code}: {error}", errors={"geometry": str(error)}) from None
