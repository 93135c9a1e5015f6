"""Reads of the city and its departments."""

from cityloop.kernel.organisations.contracts import CityView, OrganizationView
from cityloop.kernel.organisations.models import City, Organization


def city() -> CityView | None:
    """The city of this installation, or None before `cityloop init`."""
    row = City.objects.select_related("organization").first()
    if row is None:
        return None
    return CityView(
        name=row.organization.name,
        name_en=row.organization.name_en,
        time_zone=row.time_zone,
        language=row.language,
        demo=row.demo,
        organization_id=row.organization_id,
    )


def departments() -> list[OrganizationView]:
    """Every organisation below the city, in the order it was entered (at most 2,000)."""
    return [_view(row) for row in Organization.objects.filter(parent__isnull=False).order_by("id")[:2000]]


def organization(code: str) -> OrganizationView | None:
    """One organisation by its code."""
    row = Organization.objects.filter(code=code).first()
    return _view(row) if row else None


def organization_names() -> dict[int, OrganizationView]:
    """Every organisation by id: for pages that show many rows."""
    return {row.id: _view(row) for row in Organization.objects.all()[:2000]}


def _view(row: Organization) -> OrganizationView:
    return OrganizationView(
        id=row.id,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        parent_id=row.parent_id,
        duty=row.duty,
        duty_en=row.duty_en,
    )
