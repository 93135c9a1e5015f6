"""The true incidents: runs of the true values at or above a rule's threshold, found without any sensor."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from cityloop.demo.city.contracts import City
from cityloop.demo.storm.contracts import TrueIncident
from cityloop.demo.storm.rules import BY_PROPERTY

Array = NDArray[np.float64]


class TruthBook:
    """Follows the true values and notes when an incident begins, has lasted long enough, and ends.

    Two runs at one spot less than the rule's gap apart are one incident: the street is not dry between them.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._rules = [BY_PROPERTY.get(device.property) for device in city.devices]
        self._at_least = np.array([rule.at_least if rule else np.inf for rule in self._rules])
        # By device: first minute, last minute at the threshold, peak, and whether it has been told as an incident.
        self._runs: dict[int, tuple[int, int, float, bool]] = {}

    def note(self, minute: int, truth: Array) -> list[TrueIncident]:
        """Take in a minute.

        Returns:
            Incidents that qualified or ended at this minute (one that goes on has `ended` None).
        """
        found: list[TrueIncident] = []
        for number in {int(one) for one in np.flatnonzero(truth >= self._at_least)} | set(self._runs):
            rule = self._rules[number]
            assert rule is not None
            value = float(truth[number])
            run = self._runs.get(number)
            if value >= rule.at_least:
                began, _, peak, told = run or (minute, minute, value, False)
                peak = max(peak, value)
                due = not told and minute - began >= rule.for_min
                self._runs[number] = (began, minute, peak, told or due)
                if due:
                    found.append(self._incident(number, began, None, peak))
            elif run is not None and minute - run[1] > rule.gap_min:
                del self._runs[number]
                if run[3]:
                    found.append(self._incident(number, run[0], run[1] + 1, run[2]))
        return found

    def _incident(self, number: int, began: int, ended: int | None, peak: float) -> TrueIncident:
        device, rule = self._city.devices[number], self._rules[number]
        assert rule is not None
        return TrueIncident(
            device_key=device.key,
            rule_key=rule.key,
            class_code=rule.class_code,
            longitude=device.longitude,
            latitude=device.latitude,
            began=began,
            qualified=began + rule.for_min,
            ended=ended,
            peak=round(peak, 1),
        )

    def state(self) -> dict[str, Any]:
        """Everything needed to go on from here."""
        return {str(number): list(run) for number, run in self._runs.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that `state` gave."""
        self._runs = {
            int(number): (int(run[0]), int(run[1]), float(run[2]), bool(run[3])) for number, run in state.items()
        }


def fold(notes: list[TrueIncident]) -> list[TrueIncident]:
    """One row an incident from notes in the order they were written: the later note of a beginning stands."""
    found: dict[tuple[str, str, int], TrueIncident] = {}
    for note in notes:
        key = (note.device_key, note.rule_key, note.began)
        known = found.get(key)
        if known is not None and note.ended is None:
            note = replace(note, ended=known.ended, peak=max(note.peak, known.peak))
        found[key] = note
    return sorted(found.values(), key=lambda one: (one.began, one.device_key))


def to_line(note: TrueIncident) -> str:
    """A note as a line of JSON."""
    return msgspec.json.encode(note).decode()


def from_line(line: str) -> TrueIncident:
    """The note of a line."""
    return msgspec.json.decode(line, type=TrueIncident)
