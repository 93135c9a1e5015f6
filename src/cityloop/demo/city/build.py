"""Building the made city from its seed."""

import json
import random
from dataclasses import asdict
from functools import lru_cache

from cityloop.demo.city.contracts import City
from cityloop.demo.city.devices import devices
from cityloop.demo.city.ground import CITY_CODE, base_map, cells, districts
from cityloop.demo.city.people import departments, staff


@lru_cache(maxsize=4)
def build_city(seed: int) -> City:
    """The made city of a seed: streets, river and borders are the same for all, the rest is thrown with its dice.

    Args:
        seed: Any whole number; equal seeds give equal cities, on any machine.
    """

    def dice(what: str) -> random.Random:
        # One stream a part: a change in one does not shift the others.
        return random.Random(f"lanchuan:{seed}:{what}")  # noqa: S311

    return City(
        seed=seed,
        name="澜川市",
        name_en="Lanchuan",
        code=CITY_CODE,
        districts=districts(),
        cells=cells(),
        departments=departments(),
        features=base_map(dice("blocks")),
        devices=devices(dice("devices")),
        staff=staff(dice("staff")),
    )


def description(city: City) -> str:
    """The whole city as one line of JSON: byte for byte the same for the same seed."""
    return json.dumps(asdict(city), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
