"""What other features see of the city and its departments."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CityView:
    """The city of this installation. `time_zone` is an IANA name, `demo` marks a made city."""

    name: str
    name_en: str
    time_zone: str
    language: str
    demo: bool
    organization_id: int


@dataclass(frozen=True)
class OrganizationView:
    """A department or unit."""

    id: int
    code: str
    name: str
    name_en: str
    parent_id: int | None
    duty: str
    duty_en: str
