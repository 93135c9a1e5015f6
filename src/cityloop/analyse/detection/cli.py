"""`cityloop analyse …`."""

import csv
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cityloop.analyse.detection import port
from cityloop.analyse.detection.contracts import Level, RuleDefinition, RuleView
from cityloop.analyse.detection.definitions import to_data
from cityloop.analyse.detection.durations import DurationError, parse_duration, short_duration
from cityloop.analyse.detection.history import episodes_over_history
from cityloop.analyse.detection.reading import read_rules
from cityloop.kernel import clock
from cityloop.kernel.problems import Invalid, NotFound
from cityloop.kernel.ui.parameters import whole_number
from cityloop.sense.observations.contracts import to_datetime, to_us

COLUMNS = ("datastream", "start", "end", "count", "peak", "peak_time")


def register(group: typer.Typer) -> None:
    """Add the commands to the room's group."""
    group.command("episodes")(episodes)
    group.command("detect")(detect)
    commands = typer.Typer(help="Detection rules: what makes an incident.", no_args_is_help=True)
    commands.command("list")(list_rules)
    commands.command("add")(add)
    commands.command("enable")(enable)
    commands.command("disable")(disable)
    group.add_typer(commands, name="rule")


def episodes(
    property_name: Annotated[str, typer.Option("--property", help="Property, such as pm25.")],
    at_least: Annotated[float, typer.Option(help="Threshold in the property's unit, inclusive.")],
    minimum: Annotated[str, typer.Option("--for", help="Least duration: 90s, 15m, 3h, 2d or PT3H.")],
    gap: Annotated[str, typer.Option(help="Largest distance of neighbouring observations, written alike.")],
    since: Annotated[
        str, typer.Option(help="Only observations from this time on (ISO 8601, UTC when no zone is given).")
    ] = "",
    until: Annotated[str, typer.Option(help="Only observations before this time.")] = "",
    datastream: Annotated[list[int], typer.Option(help="Only this Datastream (id); may be given again.")] = [],  # noqa: B006
    output: Annotated[str, typer.Option("--format", help="csv or json.")] = "csv",
) -> None:
    """Print the episodes of sustained exceedance in the stored observations. Nothing is written."""
    _one_of("--format", output, ("csv", "json"))
    found = episodes_over_history(
        property=property_name,
        at_least=at_least,
        minimum_us=_duration("--for", minimum) * 1_000_000,
        gap_us=_duration("--gap", gap) * 1_000_000,
        since_us=_time("--since", since),
        until_us=_time("--until", until),
        datastream_ids=datastream,
    )
    rows = (
        (stream.name, _iso(run.start_us), _iso(run.end_us), run.count, run.peak, _iso(run.peak_us))
        for stream, run in found
    )
    _print(rows, output)


def detect() -> None:
    """Run the detection to the end of the observations that are there, and print what became of it as JSON.

    It may run beside the worker: whoever comes first does the work.
    """
    before, judged = port.episode_totals(), 0
    while done := port.advance():
        judged += done
    ended = port.close_stale(quiet_s=0)
    after = port.episode_totals()
    new = after["episodes"] - before["episodes"]
    typer.echo(json.dumps({"judged": judged, "new": new, "ended_by_clock": ended, **after}))


def list_rules(output: Annotated[str, typer.Option("--format", help="csv or json.")] = "json") -> None:
    """Print every rule."""
    _one_of("--format", output, ("csv", "json"))
    found = port.rules()
    if output == "json":
        typer.echo(json.dumps([_rule_data(rule) for rule in found], ensure_ascii=False, indent=2))
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("id", "name", "property", "at_least", "for", "gap", "enabled", "version"))
    for rule in found:
        said = rule.definition
        writer.writerow(
            (rule.id, said.name, said.property, said.at_least, short_duration(said.minimum_s),
             short_duration(said.gap_s), int(rule.enabled), rule.version)
        )  # fmt: skip


def add(
    file: Annotated[Path | None, typer.Argument(help="YAML file with one rule, or several below `rules:`.")] = None,
    name: Annotated[str, typer.Option(help="Without a file: the rule's name.")] = "",
    property_name: Annotated[str, typer.Option("--property", help="Property, such as pm25.")] = "",
    at_least: Annotated[float | None, typer.Option(help="Threshold in the property's unit, inclusive.")] = None,
    minimum: Annotated[str, typer.Option("--for", help="Least duration: 90s, 15m, 3h, 2d or PT3H.")] = "",
    gap: Annotated[str, typer.Option(help="Largest distance of neighbouring observations.")] = "",
    level: Annotated[
        list[str], typer.Option(help="LEVEL=FROM, such as 2=27: from this peak on; may be given again.")
    ] = [],  # noqa: B006
    incident_class: Annotated[
        str, typer.Option("--class", help="KIND:CODE of GB/T 47678.5, such as matter:10998.")
    ] = "",
    title: Annotated[str, typer.Option(help="Title of the incident; {place} stands for the Thing's name.")] = "",
    name_en: Annotated[str, typer.Option(help="The name in English.")] = "",
    title_en: Annotated[str, typer.Option(help="The title in English.")] = "",
    from_now: Annotated[bool, typer.Option("--from-now", help="Leave the stored history alone.")] = False,
) -> None:
    """Add rules. One whose name is there already is left as it is, so a file can be added again."""
    if file is not None:
        definitions = read_rules(file)
    else:
        if not (name and property_name and at_least is not None and minimum and gap and incident_class and title):
            raise Invalid("Give a YAML file, or all of --name --property --at-least --for --gap --class --title.")
        kind, _, code = incident_class.partition(":")
        definitions = [
            RuleDefinition(
                name=name,
                name_en=name_en,
                property=property_name,
                at_least=at_least,
                minimum_s=_duration("--for", minimum),
                gap_s=_duration("--gap", gap),
                levels=tuple(_level(text) for text in level),
                class_kind=kind,
                class_code=code,
                title=title,
                title_en=title_en,
            )
        ]
    for definition in definitions:
        if port.rule_by_name(definition.name) is None:
            port.add_rule(definition, since=clock.now() if from_now else None, by=None)
            typer.echo(f"Rule {definition.name} is added.", err=True)
        else:
            typer.echo(f"There is a rule {definition.name} already; it is left as it is.", err=True)
    wanted = {definition.name for definition in definitions}
    found = [_rule_data(rule) for rule in port.rules() if rule.name in wanted]
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


def enable(name: Annotated[str, typer.Argument(help="The rule's name or id.")]) -> None:
    """Let a rule speak."""
    port.set_enabled(_rule(name).id, True, by=None)
    typer.echo(f"Rule {name} is enabled.", err=True)


def disable(
    name: Annotated[str, typer.Argument(help="The rule's name or id.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Silence a rule. Its episodes that are still going on end now."""
    port.set_enabled(_rule(name).id, False, reason=reason, by=None)
    typer.echo(f"Rule {name} is disabled.", err=True)


def _rule(name: str) -> RuleView:
    number = whole_number(name)
    found = port.rule_by_name(name) or (port.rule(number) if number is not None else None)
    if found is None:
        raise NotFound(f"There is no rule {name!r}. `cityloop analyse rule list` shows all.")
    return found


def _rule_data(rule: RuleView) -> dict[str, object]:
    said = to_data(rule.definition)
    said["for"], said["gap"] = short_duration(said.pop("minimum_s")), short_duration(said.pop("gap_s"))
    return {"id": rule.id, **said, "enabled": rule.enabled, "version": rule.version}


def _print(rows: Iterable[tuple[object, ...]], output: str) -> None:
    if output == "json":
        found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)


def _one_of(option: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise Invalid(f"{option} is {given!r}; allowed: {' or '.join(allowed)}.")


def _duration(option: str, text: str) -> int:
    try:
        return parse_duration(text)
    except DurationError as error:
        raise Invalid(f"{option}: {error}") from None


def _level(text: str) -> Level:
    number, _, least = text.partition("=")
    try:
        return Level(int(number), float(least))
    except ValueError:
        raise Invalid(f"--level is {text!r}; allowed: LEVEL=FROM, such as 2=27.") from None


def _time(option: str, text: str) -> int | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"{option} is {text!r}; allowed: ISO 8601 such as 2014-01-01 or 2014-01-01T08:00:00+08:00."
        ) from None
    return to_us(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _iso(time_us: int) -> str:
    return to_datetime(time_us).isoformat().replace("+00:00", "Z")
