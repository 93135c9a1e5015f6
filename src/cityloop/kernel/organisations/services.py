"""Writes of the city and its departments."""

from django.db import transaction

from cityloop.kernel.audit.port import record
from cityloop.kernel.organisations.models import City, Organization
from cityloop.kernel.problems import Conflict


@transaction.atomic
def found_city(*, name: str, name_en: str, time_zone: str, language: str = "zh-hans", demo: bool = False) -> int:
    """Make the one city of this installation.

    Returns:
        The id of the city's organisation.

    Raises:
        Conflict: There is a city already.
    """
    existing = City.objects.select_related("organization").first()
    if existing is not None:
        raise Conflict(
            f"This installation already serves {existing.organization.name}; it serves one city. "
            "Use another CITYLOOP_HOME or database for a second city."
        )
    top = Organization.objects.create(code="city", name=name, name_en=name_en)
    City.objects.create(organization=top, time_zone=time_zone, language=language, demo=demo)
    record("city.founded", about=("organization", str(top.id)), after={"name": name, "time_zone": time_zone})
    return top.id


def enter_department(
    *,
    code: str,
    name: str,
    name_en: str = "",
    parent_code: str = "city",
    duty: str = "",
    duty_en: str = "",
    credit_code: str = "",
) -> int:
    """Enter a department, or correct the one with this code. Returns its id."""
    parent = Organization.objects.get(code=parent_code)
    row, _ = Organization.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "name_en": name_en,
            "parent": parent,
            "duty": duty,
            "duty_en": duty_en,
            "credit_code": credit_code,
        },
    )
    return row.id
