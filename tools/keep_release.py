"""Keep this release's database as SQL, for the upgrade test of the releases to come.

.venv/bin/python tools/keep_release.py        (before a release; writes tests/app/releases/VERSION.sql.gz)
"""

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from cityloop import __version__

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "app" / "releases"


def main() -> None:
    """Make the made city with its history, and dump its registers."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cityloop-release-") as home:
        command = [sys.executable, "-m", "cityloop", "demo", "--only-make"]
        subprocess.run(command, env={**os.environ, "CITYLOOP_HOME": home}, check=True)
        with sqlite3.connect(f"{home}/city.sqlite3") as database:
            # Ground and events make most of the size and say little about an upgrade.
            for table in ("kernel_geography_mapfeature", "kernel_events_handledevent", "kernel_events_outboxevent"):
                database.execute(f"DELETE FROM {table}")
            database.execute("DELETE FROM django_session")
            database.commit()
            text = "\n".join(database.iterdump())
    target = FOLDER / f"{__version__}.sql.gz"
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{target.name}: {target.stat().st_size // 1024} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
