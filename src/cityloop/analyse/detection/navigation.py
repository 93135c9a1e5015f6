"""The tab of the rules."""

from django.utils.translation import gettext_lazy

from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.ui.nav import NavEntry, register


def register_tabs() -> None:
    """Enter the tab; called once when the program is ready."""
    register(
        NavEntry(
            key="rules",
            label=gettext_lazy("Detection rules"),
            href="/rules",
            order=60,
            permission=Permission.VIEW_RULES,
        )
    )
