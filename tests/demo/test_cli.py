"""The demo on the command line."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cityloop.demo.cli import register
from cityloop.demo.run import keeping
from cityloop.demo.run.contracts import House
from cityloop.kernel.problems import BadRequest, Conflict, NotFound


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """A root with the demo's commands, in an empty home."""
    monkeypatch.setenv("CITYLOOP_HOME", str(tmp_path))
    app = typer.Typer()
    house = House(migrate=lambda: None, check_port=lambda host, port: None, start=lambda extra, host, port, ready: None)
    register(app, house)
    return app


def test_a_score_needs_a_made_city_and_leaves_no_trace_of_the_question(root: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(root, ["demo", "score"])
    assert isinstance(result.exception, NotFound)
    assert "There is no made city in this home folder" in result.exception.detail
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused_with_what_is_allowed(root: typer.Typer) -> None:
    result = CliRunner().invoke(root, ["demo", "score", "--format", "yaml"])
    assert isinstance(result.exception, BadRequest)
    assert result.exception.detail == "format 'yaml'; allowed: text or json."


def test_one_home_has_one_demo_at_a_time(root: typer.Typer) -> None:
    with keeping.alone():
        result = CliRunner().invoke(root, ["demo"])
    assert isinstance(result.exception, Conflict)
    assert "`cityloop demo` runs in" in result.exception.detail


def test_a_negative_seed_is_refused(root: typer.Typer) -> None:
    assert CliRunner().invoke(root, ["demo", "--seed", "-1"]).exit_code == 2
