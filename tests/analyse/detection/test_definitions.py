"""What makes a rule acceptable, and rules as files and data."""

from dataclasses import replace
from pathlib import Path

import pytest

from cityloop.analyse.detection.contracts import Level, RuleDefinition
from cityloop.analyse.detection.definitions import faults, from_data, judged_alike, to_data
from cityloop.analyse.detection.reading import read_rules
from cityloop.kernel.problems import Invalid

GOOD = RuleDefinition(
    name="积水",
    property="water_depth",
    at_least=15.0,
    minimum_s=120,
    gap_s=600,
    class_kind="matter",
    class_code="10999",
    title="{place}积水",
    levels=(Level(3, 15.0), Level(2, 27.0)),
)


def test_a_good_one_reads_back_from_data() -> None:
    assert faults(GOOD, unit="cm", valid=(0, 500)) == {}
    assert from_data(to_data(GOOD)) == GOOD


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"at_least": 600.0}, "at_least", "600 cm; allowed: 0 to 500 cm, the property's valid range."),
        ({"at_least": float("nan")}, "at_least", "nan; allowed: a number."),
        ({"name": " "}, "name", "1 characters; allowed: 1 to 120."),
        ({"title": ""}, "title", "0 characters; allowed: 1 to 120."),
        ({"minimum_s": -1}, "minimum_s", "-1 s; allowed: 0 s to 366 days."),
        ({"gap_s": 0}, "gap_s", "0 s; allowed: 1 s to 366 days."),
        ({"class_kind": "event"}, "class_kind", "'event'; allowed: component or matter."),
        ({"class_code": "1099"}, "class_code", "'1099'; allowed: five digits (GB/T 47678.5)."),
        ({"levels": (Level(5, 1.0),)}, "levels", "levels [5]; allowed: each of 1, 2, 3, 4 at most once."),
        (
            {"levels": (Level(2, 20.0), Level(3, 30.0))},
            "levels",
            "level 2 begins at 20 cm and level 3 at 30; allowed: the graver level begins higher.",
        ),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, object], field: str, message: str) -> None:
    assert faults(replace(GOOD, **changes), unit="cm", valid=(0, 500)) == {field: message}  # type: ignore[arg-type]


def test_levels_by_peak() -> None:
    assert [GOOD.level_of(peak) for peak in (14.9, 15.0, 26.9, 27.0, 400.0)] == [4, 3, 3, 2, 2]


def test_names_don_t_change_what_is_judged() -> None:
    assert judged_alike(GOOD, replace(GOOD, name="内涝", title="x", class_code="10998"))
    assert not judged_alike(GOOD, replace(GOOD, gap_s=601))


def test_rules_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "rules:\n- {name: 积水, property: water_depth, at_least: 15, for: 2m, gap: PT10M,"
        " levels: {3: 15, 2: 27}, class: 'matter:10999', title: '{place}积水'}\n",
        encoding="utf-8",
    )
    assert read_rules(path) == [GOOD]


def test_the_example_file() -> None:
    (rule,) = read_rules(Path(__file__).resolve().parents[3] / "examples" / "rules.yaml")
    assert faults(rule) == {}
    assert (rule.property, rule.at_least, rule.minimum_s, rule.gap_s) == ("pm25", 250.0, 10_800, 21_600)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: []", "names no rule"),
        ("a: [", "is no YAML"),
        ("name: x", r"rule 1 lacks property, at_least, for, gap, class, title; needed: name"),
        ("- 5", "rule 1 is int; allowed: fields and values"),
        (
            "{name: x, property: p, at_least: 1, for: 3x, gap: 1m, class: 'matter:10999', title: t}",
            "rule 1: duration '3x'",
        ),
        (
            "{name: x, property: p, at_least: much, for: 3h, gap: 1m, class: 'matter:10999', title: t}",
            "rule 1: could not convert string to float: 'much'",
        ),
        (
            "{name: x, property: p, at_least: 1, for: 3h, gap: 1m, class: 'matter:10999', title: t, unit: cm}",
            "rule 1 has unit; needed",
        ),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid, match=message):
        read_rules(path)
    with pytest.raises(Invalid, match=r"none\.yaml can't be read: FileNotFoundError"):
        read_rules(tmp_path / "none.yaml")
