"""What a crew does on the spot: how strongly it helps, when it is done, and what it writes. Pure."""

from dataclasses import dataclass
from typing import Final

from cityloop.demo.city.contracts import Device, Site

# m³/min: two pump trucks (mock city: 0.42 m³/s at best, a third of it in real mud); cleared storm drains.
PUMPS_M3MIN: Final = 6.0
CLEARED_M3MIN: Final = 1.4
LEAST_MIN, MOST_MIN = 8.0, 150.0
HEAVY_MMH, STAYS_MIN = 12.0, 50.0
# A crew goes when the value on the spot is below this, in the property's unit.
DONE_BELOW: Final = {Site.UNDERPASS: 4.0, Site.ROAD: 4.0, Site.MANHOLE: 60.0, Site.AIR: 115.0, Site.NOISE: 68.0}
GUARD_UNTIL: Final = {Site.UNDERPASS: 10.0, Site.ROAD: 10.0, Site.MANHOLE: 100.0}
SCALE: Final = {Site.UNDERPASS: 60.0, Site.ROAD: 60.0, Site.MANHOLE: 320.0, Site.AIR: 300.0, Site.NOISE: 100.0}
UNITS: Final = {
    Site.UNDERPASS: "厘米", Site.ROAD: "厘米", Site.MANHOLE: "厘米", Site.AIR: "微克/立方米", Site.NOISE: "分贝",
}  # fmt: skip
UNITS_EN: Final = {
    Site.UNDERPASS: "cm", Site.ROAD: "cm", Site.MANHOLE: "cm", Site.AIR: "µg/m³", Site.NOISE: "dB(A)",
}  # fmt: skip
WORD: Final = {
    Site.UNDERPASS: "水深",
    Site.ROAD: "水深",
    Site.MANHOLE: "井内水位",
    Site.AIR: "PM2.5",
    Site.NOISE: "噪声",
}
WORD_EN: Final = {
    Site.UNDERPASS: "water depth",
    Site.ROAD: "water depth",
    Site.MANHOLE: "water level in the manhole",
    Site.AIR: "PM2.5",
    Site.NOISE: "noise",
}


@dataclass
class Job:
    """An order in somebody's hands.

    Args:
        order, worker: Their numbers. `device_key`: the spot.
        arrives: Minute of arrival. `came_upon`: what was found there, None on the way.
    """

    order: str
    worker: str
    device_key: str
    department: str
    action: str
    arrives: float
    came_upon: float | None = None


def strength(device: Device, department: str, action: str) -> float:
    """How much a crew helps: m³/min at water, else the share of the source it silences (0: it only guards)."""
    if device.site in (Site.UNDERPASS, Site.ROAD, Site.MANHOLE):
        if "泵车" in action or "疏通" in action:
            return PUMPS_M3MIN
        return CLEARED_M3MIN if "清掏" in action else 0.0
    if device.site is Site.AIR:
        return 0.45
    return 1.0 if department in ("urban_mgmt", "eco") else 0.0


def is_done(job: Job, device: Device, value: float, minute: float, rain_mmh: float = 0.0) -> bool:
    """Whether a crew on the spot may go.

    Args:
        value: True value there now, in the property's unit.
        rain_mmh: Rain there now: pumps stay for a while in heavy rain, or the water would be back at once.
    """
    spent = minute - job.arrives
    if spent < LEAST_MIN:
        return False
    if spent >= MOST_MIN:
        return True
    if rain_mmh >= HEAVY_MMH and spent < STAYS_MIN and device.site is not Site.NOISE:
        return False
    guards = strength(device, job.department, job.action) == 0.0
    limit = GUARD_UNTIL.get(device.site, DONE_BELOW[device.site]) if guards else DONE_BELOW[device.site]
    return value < limit


def note(job: Job, device: Device, value: float, minute: float, *, real: bool) -> tuple[str, str]:
    """What the crew writes in its report, and the same in English.

    Args:
        real: Whether there was anything.
    """
    spent = max(1, round(minute - job.arrives))
    word, unit = WORD[device.site], UNITS[device.site]
    word_en, unit_en = WORD_EN[device.site], UNITS_EN[device.site]
    if not real:
        return (
            f"到场核实，{word} {value:.0f} {unit}，未见异常，疑为设备故障，建议检修 {device.key}。",
            f"Looked on the spot: {word_en} {value:.0f} {unit_en}, nothing out of the ordinary; probably a faulty "
            f"device, {device.key} should be inspected.",
        )
    before = job.came_upon if job.came_upon is not None else value
    if device.site is Site.NOISE:
        return (
            f"到场测得 {before:.0f} {unit}，已责令停止夜间施工，现 {value:.0f} {unit}。",
            f"Measured {before:.0f} {unit_en} on arrival, had the night work stopped; now {value:.0f} {unit_en}.",
        )
    if device.site is Site.AIR:
        return (
            f"排查周边源头 {spent} 分钟，{word} 由 {before:.0f} 降至 {value:.0f} {unit}。",
            f"Searched for sources nearby for {spent} min; {word_en} fell from {before:.0f} to {value:.0f} {unit_en}.",
        )
    if strength(device, job.department, job.action) == 0.0:
        return (
            f"现场警戒 {spent} 分钟，{word}退至 {value:.0f} {unit}，已撤除警戒。",
            f"Guarded the spot for {spent} min; {word_en} down to {value:.0f} {unit_en}, the guard is withdrawn.",
        )
    return (
        f"到场处置 {spent} 分钟，{word}由 {before:.0f} {unit}降至 {value:.0f} {unit}，已恢复。",
        f"Worked on the spot for {spent} min; {word_en} down from {before:.0f} to {value:.0f} {unit_en}, all clear.",
    )
