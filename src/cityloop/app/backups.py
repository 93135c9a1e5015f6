"""Backup and restore of a whole installation into one file, while it runs (R22).

The file is a tar archive with a manifest of SHA-256 sums. The registers are copied before the observations: the
detection's cursor then never points beyond the newest observation in the copy.
"""

import fcntl
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path

from django.db import connection, connections

from cityloop import __version__
from cityloop.kernel import clock, settings
from cityloop.kernel.problems import BadRequest, Conflict, Unavailable
from cityloop.sense.observations.port import store

MANIFEST = "manifest.json"
CHUNK = 1024 * 1024


def backup(target: Path) -> dict[str, object]:
    """Write a consistent copy of the installation to `target`.

    Returns:
        The manifest.

    Raises:
        Unavailable: A store can't be read, or the disk is full. Nothing is left at `target` then.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
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
        except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
            raise Unavailable(
                f"The backup could not be written: {error}. Free some space or mend the store, then try again."
            ) from error
    return manifest


def restore(source: Path, force: bool) -> dict[str, object]:
    """Put the copy in `source` in place of this installation's state.

    Raises:
        BadRequest: The file is not a backup, or is damaged.
        Conflict: There is state already and `force` is off, or the city is running.
    """
    with tempfile.TemporaryDirectory(prefix=".cityloop-restore-", dir=_existing(settings.home())) as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        lock = _lock_home()
        try:
            _refuse_overwriting(folder, force)
            _put_back(folder)
        finally:
            lock.close()
    return manifest


def _sqlite_path() -> Path | None:
    return Path(str(connection.settings_dict["NAME"])) if connection.vendor == "sqlite" else None


def _copy_registers(folder: Path) -> None:
    path = _sqlite_path()
    if path is None:
        _run_postgres("pg_dump", ["--format=custom", "--file", str(folder / "city.pgdump")])
        return
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as origin, sqlite3.connect(folder / "city.sqlite3") as copy:
        origin.backup(copy, pages=2000)


def _copy_observations(folder: Path) -> None:
    found = store()
    if hasattr(found, "backup"):
        found.backup(folder / "observations.sqlite3")


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
    occupied = path.exists() if path is not None else bool(connections["default"].introspection.table_names())
    if occupied and not force:
        raise Conflict(f"There is a city in {path or 'this database'} already; add --force to replace it.")


def _put_back(folder: Path) -> None:
    home = settings.home()
    connections.close_all()
    path = _sqlite_path()
    if path is None:
        _run_postgres(
            "pg_restore", ["--clean", "--if-exists", "--single-transaction", "--no-owner", str(folder / "city.pgdump")]
        )
    else:
        _replace_sqlite(folder / "city.sqlite3", path)
        if (folder / "observations.sqlite3").exists():
            _replace_sqlite(
                folder / "observations.sqlite3", Path(getattr(store(), "path", home / "observations.sqlite3"))
            )
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


def _run_postgres(program: str, arguments: list[str]) -> None:
    about = {key: str(value or "") for key, value in connection.settings_dict.items()}
    environment = {**os.environ, "PGPASSWORD": about["PASSWORD"]}
    where = ["--dbname", about["NAME"]]
    for flag, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if about[key]:
            where += [flag, about[key]]
    found = shutil.which(program)
    if found is None:
        raise Unavailable(f"{program} is not installed; install Debian's package postgresql-client.")
    subprocess.run([found, *where, *arguments], check=True, env=environment)  # noqa: S603


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
