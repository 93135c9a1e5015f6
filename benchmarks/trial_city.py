"""A small city in a folder of its own and its process tree: what the benchmarks and the failure trials drive."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PASSWORD = "lantern-quarry-58"
ROOT = Path(__file__).resolve().parent.parent


class City:
    """A city in a folder of its own, and its process tree."""

    def __init__(self, home: Path, database_url: str = "", streams: int = 20) -> None:
        self.port = free_port()
        self.environment = {
            **os.environ,
            "CITYLOOP_HOME": str(home),
            "CITYLOOP_LOG_LEVEL": "ERROR",
        }
        self.environment.pop("CITYLOOP_DATABASE_URL", None)
        if database_url:
            self.environment["CITYLOOP_DATABASE_URL"] = database_url
        about = self.inside("found", streams)
        self.ids: list[int] = about["ids"]
        self.token: str = about["token"]
        self.tree: subprocess.Popen[bytes] | None = None

    def inside(self, act: str, *arguments: object) -> dict[str, Any]:
        """Do an act of `benchmarks.inside` with this city's settings and return its answer."""
        command = [sys.executable, "-m", "benchmarks.inside", act, *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def start(self) -> None:
        """Start the tree and wait until it answers."""
        self.tree = subprocess.Popen(
            [sys.executable, "-m", "cityloop", "run", "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/livez")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the city did not start within 60 s")

    def get(self, path: str, cookie: str = "") -> tuple[int, bytes]:
        """GET a path as somebody's browser; status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Accept": "text/html", "Cookie": cookie})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def post_rows(self, stream: int, rows: list[tuple[str, float]]) -> list[str] | None:
        """Send rows (ISO time, result) of one Datastream; the answer, or None when there was none."""
        return self.post(
            [{"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"], "dataArray": rows}]
        )

    def post(self, body: list[dict[str, object]]) -> list[str] | None:
        """Send a data array; the answer, or None when there was none."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            connection.request("POST", "/v1.1/CreateObservations", json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            text = answer.read()
            return json.loads(text) if answer.status == 201 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None

    def kill(self) -> None:
        """kill -9 for every process of the tree, the parent first."""
        assert self.tree is not None
        kill_tree(self.tree, descendants(self.tree.pid))


def free_port() -> int:
    """A port on loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def kill_tree(parent: subprocess.Popen[bytes], below: list[int]) -> None:
    """kill -9 for a process and those below it, the parent first."""
    for pid in [parent.pid, *below]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    parent.wait()


def descendants(pid: int) -> list[int]:
    """Every process below one, read from /proc."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found
