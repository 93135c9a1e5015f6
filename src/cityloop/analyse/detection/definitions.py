"""Rule definitions from and to plain data, and what makes one acceptable. Pure."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from cityloop.analyse.detection.contracts import Level, RuleDefinition, RuleKind

DURATION_S_MAX: Final = 366 * 86400
LEVELS: Final = (1, 2, 3, 4)
CLASS_KINDS: Final = ("component", "matter")


def to_data(definition: RuleDefinition) -> dict[str, Any]:
    """A definition as JSON values."""
    data = asdict(definition)
    data["levels"] = [asdict(one) for one in definition.levels]
    data["datastream_ids"] = list(definition.datastream_ids)
    data["kind"] = definition.kind.value
    return data


def from_data(data: Mapping[str, Any]) -> RuleDefinition:
    """A definition from JSON values as `to_data` makes them."""
    fields = dict(data)
    fields["levels"] = tuple(Level(int(one["level"]), float(one["at_least"])) for one in data.get("levels", ()))
    fields["datastream_ids"] = tuple(int(number) for number in data.get("datastream_ids", ()))
    fields["kind"] = RuleKind(data.get("kind", RuleKind.SUSTAINED_EXCEEDANCE))
    return RuleDefinition(**fields)


def judged_alike(one: RuleDefinition, other: RuleDefinition) -> bool:
    """Whether two definitions find the same episodes with the same levels, whatever they are called."""
    fields = ("property", "at_least", "minimum_s", "gap_s", "levels", "datastream_ids", "kind")
    return all(getattr(one, name) == getattr(other, name) for name in fields)


def faults(
    definition: RuleDefinition, *, unit: str = "", valid: tuple[float | None, float | None] = (None, None)
) -> dict[str, str]:
    """What is wrong with a definition: field → what was received and what is allowed; empty when all is well.

    Args:
        unit, valid: Unit and valid range of the property.
    """
    found: dict[str, str] = {}
    for name, most in (("name", 120), ("name_en", 160), ("title", 120), ("title_en", 160)):
        text = getattr(definition, name)
        if len(text) > most or (not text.strip() and name in ("name", "title")):
            found[name] = f"{len(text)} characters; allowed: 1 to {most}."
    if not math.isfinite(definition.at_least):
        found["at_least"] = f"{definition.at_least}; allowed: a number."
    elif not _within(definition.at_least, valid):
        found["at_least"] = (
            f"{definition.at_least:g} {unit}; allowed: {valid[0]:g} to {valid[1]:g} {unit}, the property's valid range."
        )
    for name, least in (("minimum_s", 0), ("gap_s", 1)):
        seconds = getattr(definition, name)
        if not least <= seconds <= DURATION_S_MAX:
            found[name] = f"{seconds} s; allowed: {least} s to 366 days."
    if definition.class_kind not in CLASS_KINDS:
        found["class_kind"] = f"{definition.class_kind!r}; allowed: {' or '.join(CLASS_KINDS)}."
    if not (len(definition.class_code) == 5 and definition.class_code.isascii() and definition.class_code.isdigit()):
        found["class_code"] = f"{definition.class_code!r}; allowed: five digits (GB/T 47678.5)."
    problem = _levels_fault(definition.levels, unit)
    if problem:
        found["levels"] = problem
    if len(definition.datastream_ids) > 10_000:
        found["datastream_ids"] = (
            f"{len(definition.datastream_ids)} Datastreams; allowed: at most 10000. Leave it empty for all."
        )
    return found


def _within(value: float, valid: tuple[float | None, float | None]) -> bool:
    least, most = valid
    return least is None or most is None or least <= value <= most


def _levels_fault(levels: tuple[Level, ...], unit: str) -> str:
    numbers = [one.level for one in levels]
    if any(number not in LEVELS for number in numbers) or len(set(numbers)) != len(numbers):
        return f"levels {numbers}; allowed: each of 1, 2, 3, 4 at most once."
    if any(not math.isfinite(one.at_least) for one in levels):
        return "a level begins at something that is not a number; give a number."
    ordered = sorted(levels, key=lambda one: one.level)
    for graver, milder in itertools.pairwise(ordered):
        if graver.at_least <= milder.at_least:
            return (
                f"level {graver.level} begins at {graver.at_least:g} {unit} "
                f"and level {milder.level} at {milder.at_least:g}; allowed: the graver level begins higher."
            )
    return ""
