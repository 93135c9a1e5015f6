from django.utils.translation import pgettext_lazy

from cityloop.kernel.features import FeatureConfig
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.ui.nav import NavEntry, register


class OperationsConfig(FeatureConfig):
    name = "cityloop.desk.operations"

    def ready(self) -> None:
        """Enter the tab."""
        super().ready()
        register(
            NavEntry(
                key="operations",
                label=pgettext_lazy("page", "Operations"),
                href="/operations",
                order=10,
                permission=Permission.VIEW_OPERATIONS,
            )
        )
