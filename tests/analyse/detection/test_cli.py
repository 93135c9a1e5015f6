"""The commands of detection, as a script sees them."""

import csv
import io
import json
from collections.abc import Callable

import pytest
import typer
from tests.analyse.detection.detection_oracle import Put
from typer.testing import CliRunner, Result

from cityloop.analyse.detection import cli
from cityloop.analyse.detection.models import Episode
from cityloop.kernel.problems import Invalid, NotFound

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    group = typer.Typer()
    cli.register(group)
    found = CliRunner().invoke(group, arguments)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        assert found.stdout == "", "nothing is printed before an error"
        raise found.exception
    assert found.exit_code == 0, found.output
    return found


@pytest.fixture
def gauge(observations: Put, stream: Callable[[], int]) -> int:
    number = stream()
    observations(number, [(0, 20.0, 0), (1, 0.5, 2), (2, 31.25, 1), (3, 1.0, 0), (10, 20.0, 0), (12, 20.0, 0)])
    return number


NAME = "澜江大道下穿 gauge-1 水深"
QUESTION = ("episodes", "--property", "water_depth", "--at-least", "15", "--for", "2m", "--gap", "PT3M")


def test_episodes_as_csv(gauge: int) -> None:
    rows = list(csv.reader(io.StringIO(run(*QUESTION).stdout)))
    assert rows == [
        ["datastream", "start", "end", "count", "peak", "peak_time"],
        [
            NAME,
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:02:00Z",
            "2",
            "31.25",
            "2026-01-01T00:02:00Z",
        ],
        [
            NAME,
            "2026-01-01T00:10:00Z",
            "2026-01-01T00:12:00Z",
            "2",
            "20.0",
            "2026-01-01T00:10:00Z",
        ],
    ]


def test_episodes_as_json_of_a_time_and_a_datastream(gauge: int) -> None:
    found = run(
        *QUESTION,
        "--since",
        "2026-01-01T00:03Z",
        "--until",
        "2026-01-01T08:13+08:00",
        "--datastream",
        str(gauge),
        "--format",
        "json",
    )
    assert [(row["start"], row["count"], row["peak"]) for row in json.loads(found.stdout)] == [
        ("2026-01-01T00:10:00Z", 2, 20.0)
    ]
    assert json.loads(run(*QUESTION, "--until", "2026-01-01T00:02", "--format", "json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("--for", "3x"), Invalid, "--for: duration '3x'; allowed"),
        (("--since", "yesterday"), Invalid, "--since is 'yesterday'; allowed: ISO 8601"),
        (("--format", "xml"), Invalid, "--format is 'xml'; allowed: csv or json"),
        (("--property", "pm25"), Invalid, "property 'pm25' is not known"),
        (("--datastream", "0"), NotFound, "Datastream 0 does not exist"),
    ],
)
def test_bad_input(gauge: int, arguments: tuple[str, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        run(*QUESTION, *arguments)


def test_rules_are_added_and_detection_runs_to_the_end(gauge: int) -> None:
    rule = (
        "rule", "add", "--name", "积水", "--property", "water_depth", "--at-least", "15", "--for", "2m", "--gap", "3m",
        "--level", "2=27", "--class", "matter:10999", "--title", "{place}积水",
    )  # fmt: skip
    assert json.loads(run(*rule).stdout)[0]["for"] == "2m"
    assert "left as it is" in run(*rule).stderr
    first = json.loads(run("detect").stdout)
    assert {name: first[name] for name in ("new", "episodes", "going_on", "ended_by_clock")} == {
        "new": 2, "episodes": 2, "going_on": 0, "ended_by_clock": 1,
    }  # fmt: skip
    assert json.loads(run("detect").stdout) == {**first, "judged": 0, "new": 0, "ended_by_clock": 0}
    run("rule", "disable", "积水")
    assert [(one["name"], one["enabled"]) for one in json.loads(run("rule", "list").stdout)] == [("积水", False)]
    run("rule", "enable", "积水")
    assert run("rule", "list", "--format", "csv").stdout.splitlines()[1].endswith("积水,water_depth,15.0,2m,3m,1,3")
    with pytest.raises(NotFound, match="There is no rule 'x'"):
        run("rule", "disable", "x")
    with pytest.raises(Invalid, match="Give a YAML file, or all of --name"):
        run("rule", "add", "--name", "y")


@pytest.mark.parametrize(("switch", "episodes"), [((), 2), (("--from-now",), 0)])
def test_a_rule_can_leave_the_stored_history_alone(gauge: int, switch: tuple[str, ...], episodes: int) -> None:
    rule = ("--name", "积水", "--property", "water_depth", "--at-least", "15", "--for", "2m", "--gap", "3m")
    run("rule", "add", *rule, "--class", "matter:10999", "--title", "{place}积水", *switch)
    run("detect")
    assert Episode.objects.count() == episodes
