"""`make bench`: every measurement in turn, as JSON. docs/reference/performance.md keeps figures with their date."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime

TRIALS = (
    ["benchmarks.ingest"],
    ["benchmarks.import_file"],
    ["benchmarks.screening"],
    ["benchmarks.operations"],
    ["benchmarks.kill", "--kills", "20"],
)


def main() -> int:
    """Run each trial in a process of its own; the exit code is 1 when one of them found a fault."""
    machine = {"machine": platform.machine(), "python": platform.python_version(), "at": datetime.now(UTC).isoformat()}
    print(json.dumps(machine))
    failed = 0
    trials = list(TRIALS)
    if postgres := os.environ.get(
        "CITYLOOP_TEST_POSTGRES"
    ):  # an empty database; `tools/postgres.sh start DIR` makes one
        trials.append(["benchmarks.kill", "--kills", "20", "--database-url", postgres])
    for module, *arguments in trials:
        print(f"# {module} {' '.join(arguments)}", flush=True)
        failed |= subprocess.run([sys.executable, "-m", module, *arguments]).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
