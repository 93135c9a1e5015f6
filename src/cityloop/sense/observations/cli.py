"""`cityloop sense import …`, `cityloop sense things …`."""

import csv
import json
import os
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
import yaml

from cityloop.kernel.problems import BadRequest, Unavailable
from cityloop.sense.observations.csv_file import FileError
from cityloop.sense.observations.import_file import Reject, import_files
from cityloop.sense.observations.import_report import Rejected
from cityloop.sense.observations.mapping import Mapping, MappingError, parse_mapping
from cityloop.sense.observations.selectors import datastreams
from cityloop.sense.observations.store import StoreError
from cityloop.sense.observations.things_file import load_things

FILE_BYTES_MAX = 20_000_000


def register(group: typer.Typer) -> None:
    """Add the commands to the room's group."""
    group.command("import")(import_command)
    things = typer.Typer(help="Things and their Datastreams.", no_args_is_help=True)
    things.command("load")(load)
    things.command("list")(show)
    group.add_typer(things, name="things")


def import_command(
    files: Annotated[list[Path], typer.Argument(help="CSV files.", metavar="FILE…")],
    mapping: Annotated[Path, typer.Option(help="Mapping file (YAML): see docs/reference/mapping.md.")],
    rejected: Annotated[
        Path | None, typer.Option(help="Write rows that were not stored, with the reason, to this CSV file.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Read everything, store nothing.")] = False,
) -> None:
    """Import observations from CSV files. Doing it twice adds nothing; it can be interrupted and run again."""
    wanted = read_mapping(mapping)
    try:
        size = sum(os.stat(path).st_size for path in files)
    except OSError as error:
        raise BadRequest(f"{error.filename}: {error.strerror}.") from None
    with ExitStack() as stack:
        reject = _rejected_writer(stack, rejected) if rejected is not None else _ignore
        bar = stack.enter_context(typer.progressbar(length=size, label="import", file=typer.get_text_stream("stderr")))
        try:
            report = import_files(files, wanted, reject=reject, progress=bar.update, dry_run=dry_run)
        except (MappingError, FileError) as error:
            raise BadRequest(f"{error}.") from None
        except StoreError as error:
            raise Unavailable(
                f"The observation store can't be written ({error}). What was imported stands; run it again."
            ) from None
    typer.echo(json.dumps(report.document(), ensure_ascii=False, indent=2))
    if report.interrupted:
        typer.echo("Interrupted. What was imported stands; run it again for the rest.", err=True)
        raise typer.Exit(1)


def load(file: Annotated[Path, typer.Argument(help="YAML or JSON file of properties and things.")]) -> None:
    """Enter properties, Things and Datastreams from a file. Doing it twice changes nothing."""
    try:
        typer.echo(json.dumps(load_things(_document(file))))
    except MappingError as error:
        raise BadRequest(f"{file}: {error}.") from None


def show(
    property_name: Annotated[str | None, typer.Option("--property", help="Only of this property.")] = None,
) -> None:
    """Print every Datastream with its Thing as JSON."""
    typer.echo(json.dumps([asdict(one) for one in datastreams(property_name)], ensure_ascii=False, indent=2))


def read_mapping(path: Path) -> Mapping:
    """The mapping in a YAML file.

    Raises:
        BadRequest: It can't be read; the message names the key or the line.
    """
    try:
        return parse_mapping(_document(path))
    except MappingError as error:
        raise BadRequest(f"{path}: {error}.") from None


def _document(path: Path) -> object:
    try:
        text = path.read_bytes()[: FILE_BYTES_MAX + 1]
    except OSError as error:
        raise BadRequest(f"{path}: {error.strerror}.") from None
    if len(text) > FILE_BYTES_MAX:
        raise BadRequest(f"{path} is larger than {FILE_BYTES_MAX} bytes; is it the right file?")
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadRequest(f"{path} is not YAML: {' '.join(str(error).split())}.") from None


def _rejected_writer(stack: ExitStack, path: Path) -> Reject:
    try:
        writer = csv.writer(stack.enter_context(path.open("w", newline="", encoding="utf-8")))
    except OSError as error:
        raise BadRequest(f"{path}: {error.strerror}.") from None
    writer.writerow(["file", "line", "column", "value", "reason"])

    def write_row(row: Rejected) -> None:
        writer.writerow([row.file, row.line or "", row.column, row.value, row.reason])

    return write_row


def _ignore(_row: Rejected) -> None:
    return
