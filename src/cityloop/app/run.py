"""The process tree: `cityloop run` starts web and worker and keeps them running.

State lies only in the stores, so any process may die at any moment; the parent starts it again. When the parent itself
is killed, its children notice that the pipe from it has closed, and go too: nothing is left holding the port.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from cityloop.kernel import settings
from cityloop.kernel.problems import Conflict, Unavailable

ROLES = ("web", "ingest", "worker")
RESTART_S_MAX = 10.0
STOP_S = 12.0
READY_S = 60.0
PARENT_PIPE = "CITYLOOP_PARENT_PIPE"


@dataclass
class Child:
    """A process of the tree and when it was started last."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    restart_at: float = 0.0


@dataclass
class Tree:
    """The parent of all processes.

    Args:
        children: What to run.
        extra_environment: Variables for the children, such as a demo city's clock.
    """

    children: list[Child]
    extra_environment: dict[str, str] = field(default_factory=dict)
    _stopping: bool = False

    def run(self, ready: Callable[[], None] | None = None, until_ready: str = "") -> int:
        """Start everything, say when it is ready, keep it running until a signal comes.

        Args:
            ready: Called once, when `until_ready` answers 200.
            until_ready: The address of /readyz.

        Returns:
            0 after an orderly stop.
        """
        reader, writer = os.pipe()
        os.set_inheritable(reader, True)
        lock = hold_home()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                self._start(child, reader)
            if until_ready:
                self._await_ready(until_ready, reader)
            if ready and not self._stopping:
                ready()
            while not self._stopping:
                self._look_after(reader)
                time.sleep(0.2)
            return 0
        finally:
            self._end()
            os.close(writer)
            os.close(reader)
            lock.close()

    def _start(self, child: Child, reader: int) -> None:
        environment = {**os.environ, **self.extra_environment, PARENT_PIPE: str(reader)}
        child.started_at = time.monotonic()
        # A group of its own: Ctrl-C in the terminal reaches the parent alone, which then stops the children in order.
        child.process = subprocess.Popen(child.command, env=environment, pass_fds=(reader,), start_new_session=True)  # noqa: S603

    def _look_after(self, reader: int) -> None:
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                lived = time.monotonic() - child.started_at
                child.failures = 0 if lived > 30 else child.failures + 1
                child.restart_at = time.monotonic() + min(RESTART_S_MAX, 0.2 * 2**child.failures)
                print(f"{child.name} ended with code {child.process.returncode}; starting it again", file=sys.stderr)  # noqa: T201
                child.process = None
            if child.process is None and time.monotonic() >= child.restart_at:
                self._start(child, reader)

    def _await_ready(self, address: str, reader: int) -> None:
        until = time.monotonic() + READY_S
        while not self._stopping:
            try:
                with urlopen(address, timeout=2) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                pass
            if time.monotonic() > until:
                raise Unavailable(f"{address} was not ready within {READY_S:.0f} s. Run `cityloop doctor` to see why.")
            self._look_after(reader)
            time.sleep(0.1)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> None:
        alive = [child.process for child in self.children if child.process is not None]
        for process in alive:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + STOP_S
        for process in alive:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def children_of(roles: Sequence[str], host: str, port: int) -> list[Child]:
    """One child a role."""
    base = [sys.executable, "-m", "cityloop", "run"]
    return [Child(role, [*base, "--role", role, "--host", host, "--port", str(port)]) for role in roles]


def check_port(host: str, port: int) -> None:
    """Make sure that the port is free.

    Raises:
        Conflict: Another program listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Conflict(
                f"Port {port} on {host} can't be used ({error.strerror}). "
                f"Stop the program that listens there, or choose another port: CITYLOOP_PORT={port + 1}."
            ) from None


def hold_home() -> IO[str]:
    """Mark the home folder as in use, so that nobody restores a backup over a running city."""
    path = settings.home() / "run.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(f"{path.parent} is being restored; wait until that has finished.") from None
    return lock


def follow_parent() -> None:
    """End this process when the tree's parent has gone, however it went: the pipe from it then reads as closed."""
    pipe = os.environ.get(PARENT_PIPE)
    if not pipe:
        return

    def wait() -> None:
        while os.read(int(pipe), 1):
            pass
        os._exit(0)

    threading.Thread(target=wait, name="follow-parent", daemon=True).start()


def follow_server() -> None:
    """End a server's worker process when the server process has gone: the worker has no pipe, but a new parent then."""
    parent = os.getppid()

    def wait() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=wait, name="follow-server", daemon=True).start()


def serve(host: str, port: int, target: str) -> None:
    """Run the web server in this process until a signal comes."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    follow_parent()
    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        # A worker that hangs at the end would keep the port.
        workers_kill_timeout=5,
        respawn_failed_workers=True,
        backlog=1024,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        log_access=False,
        log_enabled=False,
        websockets=False,
    ).serve()


def work() -> None:
    """Be a worker: look for work until a signal comes."""
    from cityloop.app.databases import share_connections
    from cityloop.kernel.jobs.port import beat, run_due

    share_connections()
    follow_parent()
    going = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: going.set())
    name = f"{socket.gethostname()}:{os.getpid()}"
    beat_at = 0.0
    while not going.is_set():
        moment = time.monotonic()
        if moment >= beat_at:
            beat(name)
            beat_at = moment + 5.0
        going.wait(min(run_due(moment), 1.0))
