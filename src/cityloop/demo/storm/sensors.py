"""From what is true to what a device sends: noise, rounding and faults."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cityloop.demo.city.contracts import City, Device, Site
from cityloop.demo.storm.contracts import DayPlan, Fault, FaultKind, Reading

Array = NDArray[np.float64]

# Standard deviation of a reading's error in the property's unit; for particles a share of the value comes on top.
NOISE: Final = {Site.RAIN: 0.0, Site.UNDERPASS: 0.3, Site.ROAD: 0.3, Site.MANHOLE: 1.0, Site.AIR: 2.0, Site.NOISE: 0.7}
SHARE: Final = {Site.RAIN: 0.03, Site.AIR: 0.02}
DIGITS: Final = {Site.AIR: 0}
MOST: Final = {
    Site.RAIN: 300.0,
    Site.UNDERPASS: 500.0,
    Site.ROAD: 500.0,
    Site.MANHOLE: 1000.0,
    Site.AIR: 1000.0,
    Site.NOISE: 140.0,
}


class Sensors:
    """All devices of the city with their memory of the value they are stuck at.

    Args:
        city: The made city; its seed also throws the readings' noise, so a minute sent twice is sent alike.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._stuck: dict[str, float] = {}

    def readings(self, minute: int, truth: Array, plans: Sequence[DayPlan]) -> list[Reading]:
        """What the devices that are due at a minute send.

        Args:
            truth: True values in the order of the city's devices.
            plans: Day plans whose faults may act.
        """
        dice = np.random.default_rng([self._city.seed & 0xFFFFFFFF, minute])
        errors = dice.standard_normal(len(self._city.devices))
        acting: dict[str, list[Fault]] = {}
        for fault in (fault for plan in plans for fault in plan.faults):
            if fault.begins <= minute < fault.begins + fault.lasts:
                acting.setdefault(fault.device_key, []).append(fault)
        found = []
        for number, device in enumerate(self._city.devices):
            if (minute + number) % device.every_min:
                continue
            spread = NOISE[device.site] + SHARE.get(device.site, 0.0) * truth[number]
            sent = self._faulty(
                device, minute, float(truth[number] + errors[number] * spread), acting.get(device.key, ())
            )
            if sent is not None:
                rounded = round(min(max(sent, 0.0), MOST[device.site]), DIGITS.get(device.site, 1))
                found.append(Reading(device.key, device.property, minute, rounded))
        for key in [key for key in self._stuck if key not in acting]:
            del self._stuck[key]
        return found

    def _faulty(self, device: Device, minute: int, value: float, faults: Sequence[Fault]) -> float | None:
        for fault in faults:
            if fault.kind is FaultKind.DROP:
                return None
            if fault.kind is FaultKind.STICK:
                value = self._stuck.setdefault(device.key, round(max(value, 0.0), 1))
            elif fault.kind is FaultKind.DRIFT:
                value += fault.size * (minute - fault.begins) / 60.0
            else:
                value += fault.size
        return value

    def state(self) -> dict[str, float]:
        """The values devices are stuck at."""
        return dict(self._stuck)

    def restore(self, state: dict[str, float]) -> None:
        """Go on from a state that `state` gave."""
        self._stuck = dict(state)
