"""The made world, minute by minute: what is true at every device's spot. Nothing in the platform's rooms reads it."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cityloop.demo.city.contracts import City, Site
from cityloop.demo.city.port import metres
from cityloop.demo.storm.basins import basins
from cityloop.demo.storm.contracts import MINUTES_A_DAY, DayPlan
from cityloop.demo.storm.drainage import Basins, Water
from cityloop.demo.storm.plan import plan_day
from cityloop.demo.storm.weather import background_pm25, plume_ugm3, rain_mmh, street_noise_dba

Array = NDArray[np.float64]

WATER_SITES = (Site.UNDERPASS, Site.ROAD, Site.MANHOLE)
# Washing out of particles, a share a minute for each mm/h; and the share of what is missing that comes back a minute.
WASHED_A_MINUTE = 0.0009
COMES_BACK = 1 / 300
CALMED_A_MINUTE = 1 / 45
FORGOTTEN_A_MINUTE = 1 / 600
STATE_VERSION = 1


class World:
    """What is true now, and how crews change it.

    Args:
        city: The made city.
        begins: The first minute (from midnight of the first day) that `step` will make.
    """

    def __init__(self, city: City, begins: int) -> None:
        self.city = city
        self.minute = begins - 1
        self._place = {device.key: number for number, device in enumerate(city.devices)}
        points = np.array([metres(device.longitude, device.latitude) for device in city.devices])
        self._x, self._y = points[:, 0].copy(), points[:, 1].copy()
        self._at = {
            site: np.array([number for number, device in enumerate(city.devices) if device.site is site])
            for site in Site
        }
        self._water_at = np.concatenate([self._at[site] for site in WATER_SITES])
        ground = basins(city)
        self.basins = Basins([ground[city.devices[number].key] for number in self._water_at])
        self.water = Water.dry(self.basins.count)
        count = len(city.devices)
        # What crews do now: m³/min at water spots; else the share of the source they are silencing.
        self._relief = np.zeros(count)
        self._calm = np.zeros(count)
        self._washed = np.zeros(count)
        self._stopped = np.zeros(count)
        dice = random.Random(f"lanchuan:{city.seed}:streets")  # noqa: S311
        self._busy = np.array([dice.random() for _ in city.devices])
        self._plans: dict[int, DayPlan] = {}
        self.truth: Array = np.zeros(count)

    def plan(self, day: int) -> DayPlan:
        """The plan of a day; kept for the days around now."""
        if day not in self._plans:
            self._plans = {known: plan for known, plan in self._plans.items() if abs(known - day) <= 1}
            self._plans[day] = plan_day(self.city, day)
        return self._plans[day]

    def plans(self) -> list[DayPlan]:
        """The plans that can matter now: today's and yesterday's, which may reach past midnight."""
        day = max(0, self.minute) // MINUTES_A_DAY
        return [self.plan(known) for known in (day - 1, day) if known >= 0]

    def step(self) -> Array:
        """Let a minute pass. Returns the true values in the order of the city's devices, in each property's unit."""
        self.minute += 1
        plans = self.plans()
        rain = rain_mmh([cell for plan in plans for cell in plan.rain], self.minute, self._x, self._y)
        truth = np.zeros(len(rain))
        truth[self._at[Site.RAIN]] = rain[self._at[Site.RAIN]]
        self.basins.advance(self.water, rain[self._water_at], self._relief[self._water_at])
        truth[self._water_at] = self.basins.depth(self.water) * 100.0
        truth[self._at[Site.AIR]] = self._air(plans, rain)[self._at[Site.AIR]]
        truth[self._at[Site.NOISE]] = self._noise(plans)[self._at[Site.NOISE]]
        self.truth = truth
        return truth

    def value(self, key: str) -> float:
        """The true value at a device now."""
        return float(self.truth[self._place[key]])

    def rain_at(self, longitude: float, latitude: float) -> float:
        """Rain at a place now, mm/h."""
        x, y = metres(longitude, latitude)
        cells = [cell for plan in self.plans() for cell in plan.rain]
        return float(rain_mmh(cells, self.minute, np.array([x]), np.array([y]))[0])

    def relieve(self, key: str, strength: float) -> None:
        """A crew begins to help at a spot (or helps more, or with 0 ends).

        Args:
            strength: m³/min for water; else 0 to 1, the share of the source that is being silenced.
        """
        self._relief[self._place[key]] = strength

    def _air(self, plans: list[DayPlan], rain: Array) -> Array:
        self._washed = np.clip(
            self._washed + (1 - self._washed) * WASHED_A_MINUTE * rain - self._washed * COMES_BACK, 0, 0.8
        )
        # What was shut down comes back slowly after the crew has gone.
        pull = np.where(self._relief > self._calm, CALMED_A_MINUTE, FORGOTTEN_A_MINUTE)
        self._calm += (self._relief - self._calm) * pull
        left = (1 - self._washed) * (1 - np.clip(self._calm, 0, 1))
        plumes = [plume for plan in plans for plume in plan.plumes]
        return background_pm25(self.minute) * (1 - 0.6 * self._washed) + plume_ugm3(
            plumes, self.minute, self._x, self._y, left
        )

    def _noise(self, plans: list[DayPlan]) -> Array:
        level = street_noise_dba(self.minute, self._busy)
        for plan in plans:
            for site in plan.work_sites:
                place = self._place[site.device_key]
                if not site.begins <= self.minute < site.begins + site.lasts:
                    continue
                if self._relief[place] > 0:
                    # Stopped by order: it does not begin again when the crew has gone.
                    self._stopped[place] = site.begins + site.lasts
                if self.minute >= self._stopped[place]:
                    level[place] = max(level[place], site.level_dba)
        return level

    def state(self) -> dict[str, Any]:
        """Everything needed to go on from here, as plain values."""
        water = {name: getattr(self.water, name).tolist() for name in vars(self.water)}
        own = {name: getattr(self, f"_{name}").tolist() for name in ("relief", "calm", "washed", "stopped")}
        return {"version": STATE_VERSION, "minute": self.minute, "truth": self.truth.tolist(), "water": water, **own}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that `state` gave.

        Raises:
            ValueError: It was written by another version of the model.
        """
        if state.get("version") != STATE_VERSION:
            raise ValueError(
                f"world state of version {state.get('version')!r}; allowed: {STATE_VERSION}. Begin anew with --fresh."
            )
        self.minute = int(state["minute"])
        self.truth = np.array(state["truth"])
        self.water = Water(**{name: np.array(values) for name, values in state["water"].items()})
        for name in ("relief", "calm", "washed", "stopped"):
            setattr(self, f"_{name}", np.array(state[name]))
