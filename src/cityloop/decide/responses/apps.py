from django.utils.translation import gettext_lazy as _

from cityloop.kernel.features import FeatureConfig
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.ui.nav import NavEntry, register


class ResponsesConfig(FeatureConfig):
    name = "cityloop.decide.responses"

    def ready(self) -> None:
        super().ready()
        register(
            NavEntry(
                key="responses", label=_("Responses"), href="/responses", order=45, permission=Permission.VIEW_RULES
            )
        )
