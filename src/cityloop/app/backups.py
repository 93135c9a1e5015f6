"""Backup and restore of a whole installation into one file, while it runs (R22).

The file is a tar archive with a manifest of SHA-256 sums. The registers are copied before the observations: the
detection's cursor then never points beyond the newest observation in the copy. Where PostgreSQL holds
them, its own tools copy them: one dump when both lie in one database, a second one for observations in their own.
"""

import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.db import connection, connections

from cityloop import __version__
from cityloop.app.databases import database
from cityloop.kernel import clock, settings
from cityloop.kernel.problems import BadRequest, Conflict, Unavailable
from cityloop.sense.observations.port import StoreError, store

MANIFEST = "manifest.json"
CHUNK = 1024 * 1024
# A line of `pg_restore --list`: 245; 1259 16386 TABLE public kernel_people_person postgres
TABLE = re.compile(r"^\d+; \d+ \d+ TABLE (\S+) (\S+) \S+$", re.MULTILINE)


def backup(target: Path) -> dict[str, object]:
    """Write a consistent copy of the installation to `target`.

    Returns:
        The manifest.

    Raises:
        BadRequest: `target` can't be a file.
        Conflict: There is nothing to copy.
        Unavailable: A store can't be read, or the disk is full. Nothing is left at `target` then.
    """
    target = target.resolve()
    if target.is_dir():
        raise BadRequest(f"{target} is a folder; name a file in it.")
    path = _sqlite_path()
    if path is not None and not path.exists():
        raise Conflict(f"There is no city in {path.parent} to copy; set CITYLOOP_HOME to its folder.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadRequest(f"{target.parent} can't be made ({error.strerror}); choose another folder.") from None
    with tempfile.TemporaryDirectory(prefix=".cityloop-backup-", dir=target.parent) as name:
        folder = Path(name)
        try:
            _copy_registers(folder)
            _copy_observations(folder)
            _copy_files(folder)
            manifest = _manifest(folder)
            draft = folder.parent / f".{target.name}.part"
            _pack(folder, manifest, draft)
            os.replace(draft, target)
        except (OSError, sqlite3.Error, StoreError, subprocess.CalledProcessError) as error:
            raise Unavailable(
                f"The backup could not be written: {error}. Free some space or mend the store, then try again."
            ) from error
    return manifest


def restore(source: Path, force: bool) -> dict[str, object]:
    """Put the copy in `source` in place of this installation's state.

    Raises:
        BadRequest: The file is not a backup, or is damaged.
        Conflict: There is state already and `force` is off, or the city is running.
        Unavailable: PostgreSQL did not take it; it is then as it was.
    """
    if not source.is_file():
        raise BadRequest(f"{source} does not exist; give the path of a file made by `cityloop backup`.")
    with tempfile.TemporaryDirectory(prefix=".cityloop-restore-", dir=_existing(settings.home())) as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        lock = _lock_home()
        try:
            _refuse_overwriting(folder, force)
            _put_back(folder)
        except subprocess.CalledProcessError as error:
            raise Unavailable(
                f"{Path(error.cmd[0]).name} ended with {error.returncode}: see above. Mend that, then try again."
            ) from error
        finally:
            lock.close()
    return manifest


def _sqlite_path() -> Path | None:
    return Path(str(connection.settings_dict["NAME"])) if connection.vendor == "sqlite" else None


def _observations_path() -> Path | None:
    """The file of the observations, where they lie in one. It is not opened here: a restore replaces it."""
    url = settings.text("CITYLOOP_OBSERVATIONS_URL")
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    path = _sqlite_path()
    return path.with_name("observations.sqlite3") if path is not None and not url else None


def _observations_apart() -> str:
    """The address of the observations' own PostgreSQL database, or nothing."""
    url = settings.text("CITYLOOP_OBSERVATIONS_URL")
    return url if url.startswith(("postgresql:", "postgres:")) else ""


def _copy_registers(folder: Path) -> None:
    path = _sqlite_path()
    if path is None:
        _run_postgres("pg_dump", ["--format=custom", "--file", str(folder / "city.pgdump")], connection.settings_dict)
        return
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as origin, sqlite3.connect(folder / "city.sqlite3") as copy:
        origin.backup(copy, pages=2000)


def _copy_observations(folder: Path) -> None:
    if _observations_path() is not None:
        store().backup(folder / "observations.sqlite3")
    elif url := _observations_apart():
        dump = str(folder / "observations.pgdump")
        _run_postgres("pg_dump", ["--format=custom", "--file", dump], database(url))


def _copy_files(folder: Path) -> None:
    home = settings.home()
    for name in ("media", "demo"):
        if (home / name).is_dir():
            shutil.copytree(home / name, folder / name, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    if (home / "secret-key").is_file():
        shutil.copy2(home / "secret-key", folder / "secret-key")


def _manifest(folder: Path) -> dict[str, object]:
    files = {str(path.relative_to(folder)): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    return {"format": 1, "version": __version__, "made_at": clock.now().isoformat(), "files": files}


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            found.update(piece)
    return found.hexdigest()


def _pack(folder: Path, manifest: dict[str, object], target: Path) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            head = tarfile.TarInfo(MANIFEST)
            body = json.dumps(manifest, indent=1).encode()
            head.size = len(body)
            archive.addfile(head, io.BytesIO(body))
            for name in manifest["files"]:  # type: ignore[attr-defined]
                archive.add(folder / name, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def _unpack(source: Path, folder: Path) -> dict[str, object]:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, object] = json.loads((folder / MANIFEST).read_text())
        files = manifest["files"]
        assert isinstance(files, dict)
    except (tarfile.TarError, OSError, ValueError, KeyError, AssertionError) as error:
        raise BadRequest(f"{source} is not a backup made by `cityloop backup` ({error}).") from None
    for name, expected in files.items():
        path = folder / name
        if not path.is_file() or _digest(path) != expected:
            raise BadRequest(f"{source} is damaged: {name} does not match its sum. Use another copy.")
    return manifest


def _lock_home() -> io.TextIOWrapper:
    lock = (settings.home() / "run.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Conflict(f"The city in {settings.home()} is running; stop it before restoring over it.") from None
    return lock


def _refuse_overwriting(folder: Path, force: bool) -> None:
    path = _sqlite_path()
    if path is not None and (folder / "city.pgdump").exists():
        raise BadRequest(
            "The backup is of a PostgreSQL installation; set CITYLOOP_DATABASE_URL to a PostgreSQL database."
        )
    if path is None and (folder / "city.sqlite3").exists():
        raise BadRequest("The backup is of a SQLite installation; unset CITYLOOP_DATABASE_URL to restore it.")
    held, wanted = _where_observations_lie(folder), _where_observations_go()
    if held != wanted:
        raise BadRequest(
            f"The backup holds the observations {held}, and here they lie {wanted}; "
            "set CITYLOOP_OBSERVATIONS_URL as it was where the backup was made."
        )
    occupied = path.exists() if path is not None else bool(connections["default"].introspection.table_names())
    if occupied and not force:
        raise Conflict(f"There is a city in {path or 'this database'} already; add --force to replace it.")


def _where_observations_lie(folder: Path) -> str:
    if (folder / "observations.sqlite3").exists():
        return "in a file"
    return "in a database of their own" if (folder / "observations.pgdump").exists() else "with the registers"


def _where_observations_go() -> str:
    if _observations_path() is not None:
        return "in a file"
    return "in a database of their own" if _observations_apart() else "with the registers"


def _put_back(folder: Path) -> None:
    home = settings.home()
    connections.close_all()
    path = _sqlite_path()
    if path is None:
        _restore_postgres(folder / "city.pgdump", connection.settings_dict)
    else:
        _replace_sqlite(folder / "city.sqlite3", path)
    if (folder / "observations.sqlite3").exists():
        _replace_sqlite(folder / "observations.sqlite3", _observations_path() or home / "observations.sqlite3")
    elif url := _observations_apart():
        _restore_postgres(folder / "observations.pgdump", database(url))
    for name in ("media", "demo"):
        if (folder / name).is_dir():
            shutil.rmtree(home / name, ignore_errors=True)
            shutil.move(str(folder / name), home / name)
    if (folder / "secret-key").is_file():
        os.replace(folder / "secret-key", home / "secret-key")


def _replace_sqlite(source: Path, target: Path) -> None:
    # The old journal belongs to the old file: left behind it would be played into the new one.
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    source.chmod(0o600)
    os.replace(source, target)


def _restore_postgres(dump: Path, whose: Mapping[str, object]) -> None:
    """Put a dump in place of the tables it names, all or nothing.

    `pg_restore --clean` can't: it drops the constraints of partitions, which PostgreSQL refuses. So tables are dropped
    whole, in the transaction that brings the new ones.
    """
    listed = subprocess.run([_program("pg_restore"), "--list", str(dump)], check=True, capture_output=True, text=True)  # noqa: S603
    drops = dump.with_suffix(".drop.sql")
    tables = [f'DROP TABLE IF EXISTS "{schema}"."{table}" CASCADE;' for schema, table in TABLE.findall(listed.stdout)]
    drops.write_text("SET client_min_messages = warning;\n" + "\n".join(tables) + "\n")
    script = dump.with_suffix(".sql")
    subprocess.run([_program("pg_restore"), "--no-owner", "--file", str(script), str(dump)], check=True)  # noqa: S603
    quietly = ["--no-psqlrc", "--quiet", "--output", os.devnull, "--set", "ON_ERROR_STOP=1", "--single-transaction"]
    _run_postgres("psql", [*quietly, "--file", str(drops), "--file", str(script)], whose)


def _run_postgres(program: str, arguments: list[str], whose: Mapping[str, object]) -> None:
    about = {key: str(value or "") for key, value in whose.items()}
    environment = {**os.environ, "PGPASSWORD": about["PASSWORD"]}
    where = ["--dbname", about["NAME"]]
    for flag, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if about[key]:
            where += [flag, about[key]]
    subprocess.run([_program(program), *where, *arguments], check=True, env=environment)  # noqa: S603


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Unavailable(f"{name} is not installed; install Debian's package postgresql-client.")
    return found


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
