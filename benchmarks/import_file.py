"""Importing one station's file: CPU-seconds and peak memory of the command, beside a plain insert of the same rows.

python -m benchmarks.import_file [--repeat 3] [--file CSV]

The command is `cityloop sense import FILE --mapping examples/air-quality.yaml` into a fresh city: program start,
reading, screening, committing with synchronous=FULL. Once more with everything there already.
"""

import argparse
import json
import multiprocessing
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.ingest import plain_insert, spread
from benchmarks.trial_city import ROOT

FILE = ROOT.parent / "shared" / "data" / "air-quality" / "PRSA_Data_Aotizhongxin_20130301-20170228.csv"
MAPPING = ROOT / "examples" / "air-quality.yaml"
CPU_S_MAX, MEMORY_MB_MAX = 12.0, 300.0


def command(home: Path, *words: str) -> tuple[dict[str, Any], float, float]:
    """Run a command in a city of its own: its report, CPU-seconds and peak memory in megabytes."""
    environment = {**os.environ, "CITYLOOP_HOME": str(home)}
    for name in ("CITYLOOP_DATABASE_URL", "CITYLOOP_OBSERVATIONS_URL"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "cityloop", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"cityloop {' '.join(words)} ended with code {process.returncode}")
    return json.loads(text or b"{}"), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def plain_cpu_s(home: Path) -> float:
    """CPU-seconds of a plain batched insert of the rows that were imported.

    In a process of its own: Linux counts what a parent held at its fork into the peak memory of its children.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_plain_cpu_s, (home,))


def _plain_cpu_s(home: Path) -> float:
    with sqlite3.connect(home / "observations.sqlite3") as connection:
        stored = connection.execute(
            "SELECT datastream_id, phenomenon_time / 1000000, result FROM observation ORDER BY id"
        )
        requests = [[(stream, [at], [result])] for stream, at, result in stored]
    with tempfile.TemporaryDirectory() as folder:
        return len(requests) / plain_insert(requests, Path(folder), index=False)


def main() -> int:
    """Measure; the exit code is 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--file", type=Path, default=FILE)
    options = parser.parse_args()
    first: list[float] = []
    again: list[float] = []
    plain: list[float] = []
    memory: list[float] = []
    accepted = 0
    for _ in range(options.repeat):
        with tempfile.TemporaryDirectory() as home:
            command(Path(home), "migrate")
            words = ("sense", "import", str(options.file), "--mapping", str(MAPPING))
            report, cpu_s, megabytes = command(Path(home), *words)
            accepted = report["accepted"]
            first.append(cpu_s)
            memory.append(megabytes)
            report, cpu_s, megabytes = command(Path(home), *words)
            if report["accepted"] or report["already_there"] != accepted:
                raise SystemExit("importing again was not without effect")
            again.append(cpu_s)
            memory.append(megabytes)
            plain.append(plain_cpu_s(Path(home)))
    reached = max(first) <= CPU_S_MAX and max(memory) <= MEMORY_MB_MAX
    answer = {
        "benchmark": "import_file",
        "file": options.file.name,
        "observations": accepted,
        "cpu_s": spread(first, 2),
        "cpu_s_again": spread(again, 2),
        "memory_mb": spread(memory),
        "plain_insert_cpu_s": spread(plain, 2),
        "observations_per_cpu_s": round(accepted / statistics.median(first)),
        "goal": {"cpu_s": CPU_S_MAX, "memory_mb": MEMORY_MB_MAX, "reached": reached},
    }
    print(json.dumps(answer, indent=2))
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
