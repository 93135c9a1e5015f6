"""The root of the command line. Rooms' commands are found in their features' `cli.py`."""

import json
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from cityloop import __version__
from cityloop.kernel import settings
from cityloop.kernel.problems import Problem
from cityloop.kernel.saying import english_of

ROOMS = ("sense", "govern", "share", "analyse", "decide", "serve", "supervise")
ROOM_HELP = {
    "sense": "Things and observations: keys, imports.",
    "analyse": "Detection: rules and episodes.",
    "decide": "Responses and the ledger of decisions.",
    "serve": "Incidents and work orders.",
    "supervise": "Scores and alarms.",
}

DONE, CHECK_FAILED, BAD_INPUT, UNREACHABLE = 0, 1, 2, 3

app = typer.Typer(
    name="cityloop",
    help="The city's operating platform: sense → govern → analyse → decide → serve → supervise.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line with the exit codes of the reference: 0 done, 1 check failed, 2 bad input, 3 unreachable."""
    if sys.argv[1:] == ["--version"]:
        typer.echo(__version__)
        return
    # What the program writes is for its own user: registers hold password hashes and sessions.
    os.umask(0o077)
    try:
        _compose()
        app()
    except Problem as problem:
        typer.echo(f"cityloop: {english_of(problem.detail)}", err=True)
        sys.exit(UNREACHABLE if problem.status == 503 else BAD_INPUT)
    except settings.SettingError as error:
        typer.echo(f"cityloop: {error}", err=True)
        sys.exit(BAD_INPUT)
    except (FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        if settings.text("CITYLOOP_LOG_LEVEL") == "DEBUG" or error.filename is None:
            raise
        typer.echo(
            f"cityloop: {error.filename}: {error.strerror}. Mend the path or its rights, then try again.", err=True
        )
        sys.exit(BAD_INPUT)
    except Exception as error:
        _end_unreachable(error)
        raise


def _end_unreachable(error: Exception) -> None:
    from django.db.utils import InterfaceError, OperationalError

    if isinstance(error, OperationalError | InterfaceError):
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        typer.echo(f"cityloop: the database can't be used: {first}. Run `cityloop doctor`.", err=True)
        sys.exit(UNREACHABLE)


def _compose() -> None:
    """Add every feature's commands: room groups, and what a feature adds to the root."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.app.django_settings")
    import django
    from django.apps import apps

    from cityloop.kernel.ui.messages import compile_all

    compile_all()
    django.setup()
    groups: dict[str, typer.Typer] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("cityloop.") or find_spec(f"{config.name}.cli") is None:
            continue
        room = config.name.split(".")[1]
        if room in ROOMS and room not in groups:
            groups[room] = typer.Typer(help=ROOM_HELP.get(room, ""), no_args_is_help=True)
            app.add_typer(groups[room], name=room)
        import_module(f"{config.name}.cli").register(groups.get(room, app))
    if find_spec("cityloop.demo.cli") is not None:
        from cityloop.app.processes import demo_house

        import_module("cityloop.demo.cli").register(app, demo_house())


@app.command()
def run(
    role: Annotated[
        list[str], typer.Option(help="Run this part alone: web, ingest or worker. Empty: all of them.")
    ] = [],  # noqa: B006
    host: Annotated[str, typer.Option(help="Address to listen on; empty: CITYLOOP_HOST.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on; 0: CITYLOOP_PORT.", min=0, max=65535)] = 0,
) -> None:
    """Start the city: web and worker, or one role alone."""
    from cityloop.app import processes

    processes.run(tuple(role), host or settings.text("CITYLOOP_HOST"), port or settings.integer("CITYLOOP_PORT"))


@app.command()
def migrate() -> None:
    """Create or upgrade tables, texts and reference data. It can be run at any time; old data stay."""
    from cityloop.app.composition import migrate as bring_up_to_date

    bring_up_to_date(quiet=False)
    typer.echo("up to date", err=True)


@app.command()
def init(
    name: Annotated[str, typer.Option(help="The city's name.")],
    departments: Annotated[Path, typer.Option(help="CSV: code,name[,name_en,parent,duty,duty_en,credit_code].")],
    administrator: Annotated[str, typer.Option(help="Staff number of the first administrator.")],
    name_en: Annotated[str, typer.Option(help="The city's name in English.")] = "",
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "Asia/Shanghai",
    language: Annotated[str, typer.Option(help="zh-hans or en.")] = "zh-hans",
    districts: Annotated[Path | None, typer.Option(help="GeoJSON or CSV: code,name[,name_en].")] = None,
    cells: Annotated[Path | None, typer.Option(help="GeoJSON: code,name,district[,name_en,department].")] = None,
    base_map: Annotated[Path | None, typer.Option("--map", help="GeoJSON: kind[,name,name_en,rank].")] = None,
) -> None:
    """Begin a real city. The password is asked for, or read from CITYLOOP_ADMIN_PASSWORD."""
    from django.utils import translation

    from cityloop.app.composition import migrate as bring_up_to_date
    from cityloop.app.founding import Founding, found
    from cityloop.kernel.problems import Invalid

    if language not in ("zh-hans", "en"):
        raise Invalid(f"language {language!r}; allowed: zh-hans or en.")
    password = os.environ.get("CITYLOOP_ADMIN_PASSWORD") or typer.prompt(
        f"Password for {administrator}", hide_input=True, confirmation_prompt=True, err=True
    )
    bring_up_to_date()
    plan = Founding(
        name=name,
        name_en=name_en,
        time_zone=time_zone,
        language=language,
        departments=departments,
        districts=districts,
        cells=cells,
        base_map=base_map,
        administrator=administrator,
        password=password,
    )
    with translation.override("en"):  # the command line speaks English, whatever the pages do
        counts = found(plan)
    typer.echo(json.dumps({"city": name, **counts}, ensure_ascii=False))
    typer.echo("Next: `cityloop run`, then sign in.", err=True)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Copy the whole installation into one file, while it runs."""
    from cityloop.app.backups import backup as write

    manifest = write(file)
    typer.echo(json.dumps({"file": str(file), "bytes": file.stat().st_size, "made_at": manifest["made_at"]}))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file made by `cityloop backup`.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the city that is there.")] = False,
) -> None:
    """Put a backup in place of this installation's state."""
    from cityloop.app.backups import restore as read

    manifest = read(file, force)
    typer.echo(json.dumps({"restored": str(file), "made_at": manifest["made_at"], "version": manifest["version"]}))
    typer.echo("Next: `cityloop migrate`, then `cityloop run`.", err=True)


@app.command()
def doctor(
    revive: Annotated[bool, typer.Option("--revive", help="Try undeliverable events again.")] = False,
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Say what is wrong with this installation and what to do about it."""
    from cityloop.app.doctor import examine
    from cityloop.kernel.events.port import revive_dead

    if revive:
        typer.echo(f"{revive_dead()} events are tried again", err=True)
    findings = examine()
    if output == "json":
        typer.echo(json.dumps([vars(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(f"{finding.grade:<8}{finding.part:<14}{finding.text}")
    if any(finding.grade == "fault" for finding in findings):
        raise typer.Exit(CHECK_FAILED)


@app.command("settings")
def show_settings(output: Annotated[str, typer.Option("--format", help="text or json.")] = "text") -> None:
    """List every setting: value, default, where the value comes from, help. Secrets are not shown."""
    rows = []
    for setting in settings.SETTINGS:
        found = settings.value(setting.name)
        secret = setting.kind == "secret" and found.source == "environment"
        rows.append(
            {
                "name": setting.name,
                "value": "(set)" if secret else found.text,
                "default": setting.default,
                "source": found.source,
                "help": setting.help,
            }
        )
    if output == "json":
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(f"{row['name']}\n    value   {row['value'] or '(empty)'}  [{row['source']}]")
        typer.echo(f"    default {row['default'] or '(empty)'}\n    {row['help']}")
