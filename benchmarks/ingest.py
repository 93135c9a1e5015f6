"""Ingest over HTTP beside a plain batched SQLite insert of the same rows: observations per CPU-second, and their ratio.

python -m benchmarks.ingest [--requests 300] [--repeat 3] [--streams 1 10 100] [--role web|all]

Sixteen clients, each with a key and a connection that stays open, send batches of 100: one Datastream × 100 rows,
ten × 10, a hundred × 1. The server is `cityloop run`: keys are checked, rows screened, committed with synchronous=FULL.
The CPU time of all its processes counts. The plain insert is `executemany`, 10,000 rows a transaction, the same
columns, WAL and synchronous=FULL; a second figure has the same unique index, which the server can't do without.
"""

import argparse
import json
import multiprocessing
import os
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from benchmarks.trial_city import City, descendants, kill_tree

CLIENTS = 16
BATCH = 100
START_S = 1_700_000_000
TICKS = os.sysconf("SC_CLK_TCK")

TABLE = """CREATE TABLE observation (id INTEGER PRIMARY KEY, datastream_id INTEGER NOT NULL,
phenomenon_time INTEGER NOT NULL, result_time INTEGER, result REAL NOT NULL, quality INTEGER NOT NULL,
reasons INTEGER NOT NULL, ordinal INTEGER NOT NULL"""
INSERT = "INSERT INTO observation VALUES (?,?,?,?,?,?,?,?)"

# One request: (Datastream, times in Unix seconds, results) a block.
Request = list[tuple[int, list[int], list[float]]]


def requests_of(client: int, repeat: int, count: int, streams: int, ids: list[int]) -> list[Request]:
    """What a client sends in a repetition: its own Datastreams, times that go on from the repetition before."""
    random_ = random.Random(client * 1000 + repeat)
    rows = BATCH // streams
    own = ids[client * streams : (client + 1) * streams]
    first = START_S + repeat * count * rows
    return [
        [
            (
                stream,
                [first + number * rows + row for row in range(rows)],
                [round(random_.random() * 10, 2) for _ in range(rows)],
            )
            for stream in own
        ]
        for number in range(count)
    ]


def plain_insert(requests: list[Request], folder: Path, index: bool) -> float:
    """Observations per CPU-second of the plain insert."""
    rows: list[tuple[Any, ...]] = []
    for request in requests:
        for stream, times, results in request:
            rows += [(stream, at * 1_000_000, None, value, 0, 0, 0) for at, value in zip(times, results, strict=True)]
    rows = [(number, *row) for number, row in enumerate(rows, 1)]
    path = folder / "plain.sqlite3"
    for old in folder.glob("plain.sqlite3*"):
        old.unlink()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(TABLE + (", UNIQUE (datastream_id, phenomenon_time, ordinal))" if index else ")"))
    began = time.process_time()
    for start in range(0, len(rows), 10_000):
        connection.execute("BEGIN")
        connection.executemany(INSERT, rows[start : start + 10_000])
        connection.execute("COMMIT")
    spent = time.process_time() - began
    connection.close()
    return len(rows) / spent


def body_of(request: Request, port: int, token: str) -> bytes:
    """A request as it goes over the wire."""
    document = [
        {
            "Datastream": {"@iot.id": stream},
            "components": ["phenomenonTime", "result"],
            "dataArray@iot.count": len(times),
            "dataArray": [
                [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)), value]
                for at, value in zip(times, results, strict=True)
            ],
        }
        for stream, times, results in request
    ]
    body = json.dumps(document).encode()
    head = (
        f"POST /v1.1/CreateObservations HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def client(requests: list[Request], port: int, token: str, said: "multiprocessing.Queue[int]", go: Event) -> None:
    """Send everything over one connection, each request after the answer to the one before."""
    bodies = [body_of(request, port, token) for request in requests]
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    said.put(0)
    go.wait()
    wrong = 0
    for body in bodies:
        connection.sendall(body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65536)
        head, _, rest = answer.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(rest) < length:
            rest += connection.recv(65536)
        wrong += b" 201 " not in head[:20] or rest.count(b"Observations(") != BATCH
    said.put(wrong)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all below it."""
    total = 0
    for one in (pid, *descendants(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def over_http(requests: list[list[Request]], city: City, pid: int) -> tuple[float, float]:
    """Observations per CPU-second of the server, and per second."""
    said: multiprocessing.Queue[int] = multiprocessing.Queue()
    go = multiprocessing.Event()
    clients = [
        multiprocessing.Process(target=client, args=(own, city.port, city.token, said, go), daemon=True)
        for own in requests
    ]
    for one in clients:
        one.start()
    for _ in clients:
        said.get(timeout=120)
    before, began = cpu_seconds(pid), time.monotonic()
    go.set()
    wrong = sum(said.get(timeout=600) for _ in clients)
    lasted, spent = time.monotonic() - began, cpu_seconds(pid) - before
    if wrong:
        raise SystemExit(f"{wrong} requests were not answered with {BATCH} links")
    count = sum(len(own) for own in requests) * BATCH
    return count / spent, count / lasted


def measure(city: City, pid: int, options: argparse.Namespace, streams: int) -> dict[str, Any]:
    """Every repetition: both plain inserts and the server, one after the other."""
    found: dict[str, list[float]] = {"plain": [], "plain_indexed": [], "http": [], "http_wall": []}
    for repeat in range(options.repeat):
        requests = [requests_of(one, repeat, options.requests, streams, city.ids) for one in range(CLIENTS)]
        # Interleaved as the server gets them: one request of each client in turn.
        turns = [request for turn in zip(*requests, strict=True) for request in turn]
        with tempfile.TemporaryDirectory() as folder:
            found["plain"].append(plain_insert(turns, Path(folder), index=False))
            found["plain_indexed"].append(plain_insert(turns, Path(folder), index=True))
        rate, wall = over_http(requests, city, pid)
        found["http"].append(rate)
        found["http_wall"].append(wall)
    return {
        "benchmark": "ingest",
        "clients": CLIENTS,
        "batch": BATCH,
        "streams_a_request": streams,
        "processes": options.role,
        "observations_a_repetition": options.requests * CLIENTS * BATCH,
        "plain_insert_per_cpu_s": spread(found["plain"]),
        "plain_insert_with_unique_index_per_cpu_s": spread(found["plain_indexed"]),
        "http_per_cpu_s": spread(found["http"]),
        "http_per_s": spread(found["http_wall"]),
        "ratio": spread(ratios(found["http"], found["plain"]), 3),
        "ratio_to_indexed": spread(ratios(found["http"], found["plain_indexed"]), 3),
        "goal": 0.3,
    }


def ratios(above: list[float], below: list[float]) -> list[float]:
    """Figure by figure."""
    return [one / other for one, other in zip(above, below, strict=True)]


def spread(values: list[float], digits: int = 0) -> dict[str, float]:
    """Least, median and most."""
    least, median, most = min(values), statistics.median(values), max(values)
    return {
        name: round(value, digits or None) for name, value in (("least", least), ("median", median), ("most", most))
    }


def main() -> int:
    """Found a city, start its server, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300, help="of each client, in each repetition")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--streams", type=int, nargs="+", default=[1, 10, 100], choices=(1, 10, 100), help="Datastreams in a request"
    )
    parser.add_argument("--role", default="web", choices=("web", "all"), help="web: the server; all: with the worker")
    options = parser.parse_args()
    for streams in options.streams:
        with tempfile.TemporaryDirectory() as home:
            city = City(Path(home), streams=CLIENTS * streams)
            role = ["--role", "web"] if options.role == "web" else []
            command = [sys.executable, "-m", "cityloop", "run", *role, "--port", str(city.port)]
            tree = subprocess.Popen(command, env=city.environment, stdout=subprocess.DEVNULL, start_new_session=True)
            try:
                while city.post([]) is None:
                    if tree.poll() is not None:
                        raise SystemExit(f"the server ended with code {tree.returncode}")
                    time.sleep(0.1)
                print(json.dumps(measure(city, tree.pid, options, streams), indent=2), flush=True)
            finally:
                kill_tree(tree, descendants(tree.pid))
    return 0


if __name__ == "__main__":
    sys.exit(main())
