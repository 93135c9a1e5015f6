"""What `cityloop run` starts, and the checks before it does."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence

import typer

from cityloop.app.composition import migrate, pending_migrations
from cityloop.app.run import ROLES, Child, Tree, check_port, children_of, serve, work
from cityloop.demo.run.contracts import House
from cityloop.kernel import settings
from cityloop.kernel.problems import BadRequest, Conflict

WEB = "cityloop.app.asgi:application"
INGEST = "cityloop.app.asgi:ingest_application"


def run(roles: Sequence[str], host: str, port: int) -> None:
    """Run one role in this process, or the whole tree."""
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise BadRequest(f"role {unknown[0]!r}; allowed: {', '.join(ROLES)}. Edge nodes come later.")
    check_open(host)
    check_migrated()
    if len(roles) == 1:
        _run_role(roles[0], host, port)
    else:
        start_tree(
            children_of(roles or ("web", "worker"), host, port), host, port, ready=lambda: _say_ready(host, port)
        )


def start_tree(children: list[Child], host: str, port: int, ready: Callable[[], None]) -> None:
    """Start processes under one parent, and say when pages are served.

    Raises:
        Conflict: The port is taken.
    """
    check_port(host, port)
    Tree(children).run(ready=ready, until_ready=f"{address(host, port)}/readyz")


def demo_house() -> House:
    """What the demo needs of the composer."""

    def start(extra: Mapping[str, Sequence[str]], host: str, port: int, ready: Callable[[], None]) -> None:
        check_open(host)
        more = [Child(name, list(command)) for name, command in extra.items()]
        start_tree([*children_of(("web", "worker"), host, port), *more], host, port, ready)

    return House(migrate=migrate, check_port=check_port, start=start)


def address(host: str, port: int) -> str:
    """The address people open."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def check_open(host: str) -> None:
    """Refuse an open /v1.1 that others could reach.

    Raises:
        BadRequest: CITYLOOP_STA_OPEN=1 on an address that is not loopback.
    """
    if settings.switch("CITYLOOP_STA_OPEN") and not is_loopback(host):
        raise BadRequest(
            f"CITYLOOP_STA_OPEN=1 lets anybody write, so it needs a loopback address; "
            f"the server would listen on {host}. Unset CITYLOOP_STA_OPEN, or set CITYLOOP_HOST=127.0.0.1."
        )


def check_migrated() -> None:
    """Refuse to run on tables of another release.

    Raises:
        Conflict: Migrations are waiting.
    """
    waiting = pending_migrations()
    if waiting:
        raise Conflict(
            f"The database is not up to date ({len(waiting)} migrations wait); run `cityloop migrate` first."
        )


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _run_role(role: str, host: str, port: int) -> None:
    if role == "worker":
        work()
        return
    serve(host, port, WEB if role == "web" else INGEST)


def _say_ready(host: str, port: int) -> None:
    typer.echo(f"Ready: {address(host, port)}")
