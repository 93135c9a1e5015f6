from django.utils.translation import gettext_lazy as _

from cityloop.kernel.features import FeatureConfig
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.ui.nav import NavEntry, register


class IncidentsConfig(FeatureConfig):
    name = "cityloop.desk.incidents"

    def ready(self) -> None:
        """Enter the tab."""
        super().ready()
        register(
            NavEntry(
                key="incidents",
                label=_("Incidents"),
                href="/incidents",
                order=20,
                permission=Permission.VIEW_OPERATIONS,
            )
        )
