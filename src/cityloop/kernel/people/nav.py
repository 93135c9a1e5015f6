"""The administrator's tab."""

from django.utils.translation import gettext_lazy

from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.ui.nav import NavEntry, register


def register_tab() -> None:
    """Enter it."""
    label = gettext_lazy("People")
    register(NavEntry(key="people", label=label, href="/people", order=95, permission=Permission.MANAGE_PEOPLE))
