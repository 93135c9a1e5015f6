from django.utils.translation import gettext_lazy as _

from cityloop.kernel.features import FeatureConfig
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.ui.nav import NavEntry, register


class ScoresConfig(FeatureConfig):
    name = "cityloop.supervise.scores"

    def ready(self) -> None:
        super().ready()
        register(NavEntry(key="scores", label=_("Scores"), href="/scores", order=50, permission=Permission.VIEW_SCORES))
