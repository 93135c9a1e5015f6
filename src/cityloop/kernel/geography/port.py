"""What other features may call."""

from cityloop.kernel.geography.selectors import cell_geometry, districts, map_features, map_version, place_of
from cityloop.kernel.geography.services import enter_cell, enter_district, replace_map

__all__ = [
    "cell_geometry",
    "districts",
    "enter_cell",
    "enter_district",
    "map_features",
    "map_version",
    "place_of",
    "replace_map",
]
