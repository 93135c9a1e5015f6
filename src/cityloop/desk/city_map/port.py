"""What the other features of the desk may call."""

import logging

from cityloop.desk.city_map.features import drawable
from cityloop.desk.city_map.picture import Spot, middle_of_cell, picture
from cityloop.kernel.geography.port import map_features, map_version
from cityloop.kernel.ui.basemap import BadBasemapError, Basemap, cached

__all__ = ["Spot", "base_map", "middle_of_cell", "picture"]

log = logging.getLogger(__name__)


def base_map() -> Basemap | None:
    """The city's base map, or None while the city has no ground to draw."""
    try:
        return cached(map_version(), lambda: list(drawable(map_features())))
    except BadBasemapError as error:
        log.info("the city has no base map", extra={"why": str(error)[:200]})
        return None
