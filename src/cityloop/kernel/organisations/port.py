"""What other features may call."""

from cityloop.kernel.organisations.selectors import city, departments, organization, organization_names
from cityloop.kernel.organisations.services import enter_department, found_city

__all__ = ["city", "departments", "enter_department", "found_city", "organization", "organization_names"]
