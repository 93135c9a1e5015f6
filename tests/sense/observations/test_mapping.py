"""The mapping file: what is wrong with it is said by key."""

import copy
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cityloop.sense.observations.mapping import MappingError, parse_mapping

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

GOOD: dict[str, Any] = {
    "thing": {"key": "s/{station}"},
    "time": {"column": "when", "zone": "UTC"},
    "columns": {"PM2.5": {"property": "pm25"}},
}


def changed(path: str, value: Any) -> Any:
    document = copy.deepcopy(GOOD)
    *way, last = path.split("/")
    at = document
    for name in way:
        at = at.setdefault(name, {})
    if value is None:
        at.pop(last, None)
    else:
        at[last] = value
    return document


def test_the_example_is_a_mapping() -> None:
    mapping = parse_mapping(yaml.safe_load((EXAMPLES / "air-quality.yaml").read_text(encoding="utf-8")))
    assert mapping.columns["PM2.5"].property == "pm25"
    assert mapping.properties["pm25"].valid == (0, 1000)
    assert mapping.time.zone == "Asia/Shanghai"
    assert {column.property for column in mapping.columns.values()} == set(mapping.properties)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("thing", None, "key 'thing' is missing; needed: thing, time and columns"),
        ("colums", {}, "key 'colums'; allowed: file, thing, time, columns, properties"),
        ("thing/key", None, "thing: Object missing required field `key`; allowed in thing: key, name"),
        ("thing/key", "", "thing.key is empty"),
        ("thing/key", 7, "thing.key: Expected `str`, got `int`"),
        ("thing/name_zh", "x", "thing.name_zh is not a key; allowed in thing: key, name, name_en"),
        ("thing/file_name", "(", "thing.file_name is '\\('; allowed: a regular expression"),
        ("thing/places", {"A": {"lon": 1}}, "thing.places.A.lon is not a key; allowed in thing.places.A: name"),
        ("time/zone", "Asia/Peking", "time.zone is 'Asia/Peking'; allowed: an IANA name such as Asia/Shanghai"),
        ("time/zone", "../etc/passwd", "time.zone is"),
        ("time/column", "", "time needs either `column` .* or `columns`"),
        ("time/columns", {"year": "y"}, "time needs either"),
        ("time/format", "epoch", "time.format is 'epoch'; allowed: iso, unix, or a pattern"),
        ("columns", {}, "columns has 0 entries; allowed: 1 to 1000"),
        ("columns/PM2.5", "pm25", "columns.PM2.5: Expected `object`, got `str`; allowed in columns.PM2.5: property"),
        ("columns/PM2.5/factor", "ten", "columns.PM2.5.factor: Expected `float`, got `str`"),
        ("columns", ["PM2.5"], "columns is a list; allowed: names, each with its own keys"),
        ("file/encoding", "latin-1", "file.encoding is 'latin-1'; allowed: auto, utf-8, utf-8-sig, gb18030"),
        ("file/delimiter", "::", "file.delimiter is '::'; allowed: one character, or auto"),
        ("properties/pm25", {"unit": "ug/m3"}, "properties.pm25: Object missing required field `label`"),
        (
            "properties/pm25",
            {"label": "x", "unit": "y", "valid": [0]},
            "properties.pm25.valid: Expected `array` of length 2",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_key(path: str, value: Any, message: str) -> None:
    parse_mapping(GOOD)
    with pytest.raises(MappingError, match=message):
        parse_mapping(changed(path, value))


def test_time_columns_need_a_day_at_least() -> None:
    document = changed("time", {"zone": "UTC", "columns": {"year": "y", "hour": "h"}})
    with pytest.raises(MappingError, match=r"time.columns has year, hour; needed: year, month and day"):
        parse_mapping(document)
    document["time"]["columns"] = {"year": "y", "month": "m", "day": "d", "weekday": "w"}
    with pytest.raises(MappingError, match=r"time.columns.weekday is not a part of a time; allowed: year, month"):
        parse_mapping(document)


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "key", "zone", "file"]), inner),
    max_leaves=10,
)


@given(documents)
def test_any_document_is_read_or_refused_and_never_breaks(document: Any) -> None:
    with suppress(MappingError):
        parse_mapping(document)
