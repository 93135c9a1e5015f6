"""The tab of the work orders."""

from django.utils.translation import gettext_lazy as _

from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.ui.nav import NavEntry, register


def register_pages() -> None:
    """Enter the tab."""
    register(
        NavEntry(key="orders", label=_("Work orders"), href="/orders", order=30, permission=Permission.VIEW_ORDERS)
    )
