"""Where the fact lies, as a small map."""

from django.utils.translation import gettext as _

from cityloop.desk.city_map.port import base_map
from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.desk.whole_loop.narration import named
from cityloop.kernel.ui import map as city_map
from cityloop.kernel.ui.markup import Markup


def locator(loop: WholeLoop) -> Markup | None:
    """The map around the fact; None without a position or without a base map."""
    one, base = loop.incident, base_map()
    if base is None or one.longitude is None or one.latitude is None:
        return None
    place = named(one, "cell_name") or named(one, "title")
    label = _("Position: %(place)s") % {"place": place}
    return city_map.locator(base, one.longitude, one.latitude, level=one.level, cell=one.cell_code, label=label)
