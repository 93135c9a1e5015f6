"""Matching what was opened with what was true. Pure."""

from collections.abc import Sequence
from math import cos, hypot, radians
from statistics import median
from typing import Final

from cityloop.demo.score.contracts import ClassScore, Found, Score
from cityloop.demo.storm.contracts import TrueIncident

PLACE_M: Final = 120.0
SLACK_MIN: Final = 10.0
MATCHING_RULE: Final = (
    f"An opened incident matches a true one of the same class when they lie within {PLACE_M:.0f} m and their times "
    f"overlap, {SLACK_MIN:.0f} minutes of slack on either side. One true incident has one match, the earliest opened; "
    "further ones are repeats and count as wrong. True incidents count once they have lasted as long as the rule asks, "
    f"and only those that qualified at least {SLACK_MIN:.0f} minutes before now."
)

Pair = tuple[TrueIncident, Found]


def compare(true: Sequence[TrueIncident], found: Sequence[Found], *, now: float) -> Score:
    """Compare truth and incidents.

    Args:
        true: All true incidents so far.
        found: All incidents opened so far.
        now: Minutes from midnight of the first day; true incidents too young to judge are left out.
    """
    judged = [one for one in true if one.qualified <= now - SLACK_MIN]
    young = [one for one in true if one.qualified > now - SLACK_MIN]
    pairs, repeats = _pairs(judged, found, now)
    paired = {incident.number for _, incident in pairs} | set(repeats)
    # An incident of a true one that is too young to judge is neither right nor wrong yet.
    waiting = {
        incident.number
        for incident in found
        if incident.number not in paired and any(_fits(one, incident, now) for one in young)
    }
    counted = [incident for incident in found if incident.number not in waiting]
    codes = sorted({one.class_code for one in judged} | {incident.class_code for incident in counted})
    hit = {(one.device_key, one.began) for one, _ in pairs}
    return Score(
        rule=MATCHING_RULE,
        until=now,
        all=_score("", judged, counted, pairs, repeats),
        classes=tuple(
            _score(
                code,
                [one for one in judged if one.class_code == code],
                [incident for incident in counted if incident.class_code == code],
                [pair for pair in pairs if pair[0].class_code == code],
                repeats,
            )
            for code in codes
        ),
        missed=tuple((one.device_key, one.began) for one in judged if (one.device_key, one.began) not in hit),
        false=tuple(incident.number for incident in counted if incident.number not in paired),
    )


def _pairs(true: Sequence[TrueIncident], found: Sequence[Found], now: float) -> tuple[list[Pair], list[str]]:
    pairs: list[Pair] = []
    repeats: list[str] = []
    taken: set[tuple[str, int]] = set()
    for incident in sorted(found, key=lambda one: one.opened):
        fitting = [one for one in true if _fits(one, incident, now)]
        free = [one for one in fitting if (one.device_key, one.began) not in taken]
        if free:
            best = min(free, key=lambda one: abs(one.began - incident.began))
            taken.add((best.device_key, best.began))
            pairs.append((best, incident))
        elif fitting:
            repeats.append(incident.number)
    return pairs, repeats


def _fits(one: TrueIncident, incident: Found, now: float) -> bool:
    if one.class_code != incident.class_code:
        return False
    ended = now if one.ended is None else one.ended
    over = now if incident.ended is None else incident.ended
    in_time = incident.began <= ended + SLACK_MIN and over >= one.began - SLACK_MIN
    return in_time and _metres(one, incident) <= PLACE_M


def _metres(one: TrueIncident, incident: Found) -> float:
    east = (one.longitude - incident.longitude) * cos(radians(one.latitude))
    return hypot(east, one.latitude - incident.latitude) * 111_320.0


def _score(
    code: str, true: Sequence[TrueIncident], found: Sequence[Found], pairs: Sequence[Pair], repeats: Sequence[str]
) -> ClassScore:
    numbers = {incident.number for incident in found}
    delays = [incident.opened - one.qualified for one, incident in pairs]
    return ClassScore(
        class_code=code,
        true=len(true),
        found=len(found),
        matched=len(pairs),
        repeats=sum(number in numbers for number in repeats),
        delay_min=round(median(delays), 2) if delays else None,
        delay_most_min=round(max(delays), 2) if delays else None,
    )
