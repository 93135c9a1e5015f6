"""Reading rules from a YAML file.

```yaml
rules:
  - name: PM2.5 重污染
    name_en: Heavy PM2.5 pollution
    property: pm25
    at_least: 250
    for: 3h
    gap: 6h
    levels: {3: 350, 2: 500}
    class: matter:10998
    title: "{place}空气重污染"
    title_en: "Heavy air pollution at {place}"
```
"""

from pathlib import Path
from typing import Any, Final

import yaml

from cityloop.analyse.detection.contracts import Level, RuleDefinition
from cityloop.analyse.detection.durations import DurationError, parse_duration
from cityloop.kernel.problems import Invalid

FILE_BYTES_MAX: Final = 1_000_000
NEEDED: Final = ("name", "property", "at_least", "for", "gap", "class", "title")
OPTIONAL: Final = ("name_en", "title_en", "levels", "datastreams")


def read_rules(path: Path) -> list[RuleDefinition]:
    """The rules of a file.

    Raises:
        Invalid: The file can't be read or says something that is not allowed; the message names file, rule and field.
    """
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise Invalid(f"{path} has more than {FILE_BYTES_MAX} bytes; split it.")
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} can't be read: {type(error).__name__}. Give a UTF-8 YAML file.") from None
    except yaml.YAMLError as error:
        raise Invalid(f"{path} is no YAML: {' '.join(str(error).split())}.") from None
    entries = data.get("rules", [data]) if isinstance(data, dict) else data
    if not isinstance(entries, list) or not entries:
        raise Invalid(f"{path} names no rule; allowed: one rule, or a list below `rules:`.")
    return [_definition(f"{path}, rule {number}", entry) for number, entry in enumerate(entries, 1)]


def _definition(where: str, entry: Any) -> RuleDefinition:
    if not isinstance(entry, dict):
        raise Invalid(f"{where} is {type(entry).__name__}; allowed: fields and values.")
    missing = [name for name in NEEDED if name not in entry]
    spare = [str(name) for name in entry if name not in NEEDED + OPTIONAL]
    if missing or spare:
        what = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(spare)}"
        raise Invalid(f"{where} {what}; needed: {', '.join(NEEDED)}; allowed too: {', '.join(OPTIONAL)}.")
    levels, streams = entry.get("levels") or {}, entry.get("datastreams") or []
    try:
        kind, _, code = str(entry["class"]).partition(":")
        return RuleDefinition(
            name=str(entry["name"]),
            name_en=str(entry.get("name_en") or ""),
            property=str(entry["property"]),
            at_least=float(entry["at_least"]),
            minimum_s=parse_duration(str(entry["for"])),
            gap_s=parse_duration(str(entry["gap"])),
            levels=tuple(Level(int(level), float(least)) for level, least in levels.items()),
            datastream_ids=tuple(int(number) for number in streams),
            class_kind=kind,
            class_code=code,
            title=str(entry["title"]),
            title_en=str(entry.get("title_en") or ""),
        )
    except DurationError as error:
        raise Invalid(f"{where}: {error}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise Invalid(f"{where}: {error}. See `cityloop analyse rule add --help` and examples/rules.yaml.") from None
