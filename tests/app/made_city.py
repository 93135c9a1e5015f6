"""The made city with its history, served by a real process tree, for the tests that look at pages."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.trial_city import descendants, free_port, kill_tree

PASSWORD = "lanchuan-2026"


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Make the city in `home`, serve it with its clock standing still, and yield its address."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("CITYLOOP_", "DJANGO_"))}
    environment = {**clean, "CITYLOOP_HOME": str(home), "CITYLOOP_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "cityloop"]
    subprocess.run([*command, "demo", "--only-make"], env=environment, check=True, stderr=subprocess.DEVNULL)
    minute = json.loads(_probe(environment))
    environment["CITYLOOP_CLOCK"] = f"{minute}@0.001@{time.time()}"
    port = free_port()
    tree = subprocess.Popen(
        [*command, "run", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _await(f"{address}/readyz")
        yield address
    finally:
        kill_tree(tree, descendants(tree.pid))


def _probe(environment: dict[str, str]) -> str:
    """The moment of the newest observation: where the city's clock is to stand."""
    program = (
        "import django, json; django.setup()\n"
        "from cityloop.sense.observations.port import store\n"
        "from cityloop.sense.observations.contracts import to_datetime\n"
        "print(json.dumps(to_datetime(store().newest_time_us()).isoformat()))"
    )
    environment = {**environment, "DJANGO_SETTINGS_MODULE": "cityloop.app.django_settings"}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _await(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer within 60 s")
