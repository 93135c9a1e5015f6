"""The tab of the data."""

from django.utils.translation import gettext_lazy

from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.ui.nav import NavEntry, register


def register_tabs() -> None:
    """Enter the tab; called once when the program is ready."""
    register(NavEntry(key="data", label=gettext_lazy("Data"), href="/data", order=50, permission=Permission.VIEW_DATA))
