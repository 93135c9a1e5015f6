from django.utils.translation import gettext_lazy as _

from cityloop.kernel.features import FeatureConfig
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.ui.nav import NavEntry, register


class SearchConfig(FeatureConfig):
    name = "cityloop.desk.search"

    def ready(self) -> None:
        """Enter the tab."""
        super().ready()
        register(NavEntry(key="search", label=_("Search"), href="/search", order=90, permission=Permission.VIEW_ORDERS))
