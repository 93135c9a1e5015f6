"""`cityloop demo`: the made city on the command line."""

import json
from typing import Annotated

import typer

from cityloop.demo.run.contracts import House

CHECK_FAILED = 1


def register(root: typer.Typer, house: House) -> None:
    """Add the group `demo` to the root.

    Args:
        house: What the composer lends: this room can't look up to it.
    """
    group = typer.Typer(help="A made city with a known truth: first look, tests, load.", invoke_without_command=True)
    root.add_typer(group, name="demo")

    @group.callback()
    def demo(
        context: typer.Context,
        seed: Annotated[int | None, typer.Option(help="The same seed makes the same city; default 3.", min=0)] = None,
        speed: Annotated[float, typer.Option(help="City seconds in a real second.")] = 60.0,
        host: Annotated[str, typer.Option(help="Address to listen on; empty: CITYLOOP_HOST.")] = "",
        port: Annotated[int, typer.Option(help="Port to listen on; 0: CITYLOOP_PORT.", min=0, max=65535)] = 0,
        fresh: Annotated[bool, typer.Option("--fresh", help="Remove the made city and begin anew.")] = False,
        only_make: Annotated[bool, typer.Option("--only-make", help="Make the city and stop there.")] = False,
    ) -> None:
        """Make the city Lanchuan if it isn't there, and run it: devices send, staff act, the loop can be watched."""
        if context.invoked_subcommand is not None:
            return
        from cityloop.demo.run import keeping, start
        from cityloop.kernel import settings

        with keeping.alone():
            if fresh:
                start.remove()
            if only_make:
                start.prepare(seed, house)
                return
            start.start(
                seed=seed,
                speed=speed,
                host=host or settings.text("CITYLOOP_HOST"),
                port=port or settings.integer("CITYLOOP_PORT"),
                house=house,
            )

    group.command(hidden=True)(actors)
    group.command()(score)


def actors(url: Annotated[str, typer.Option(help="Address of the server.")]) -> None:
    """Devices and staff, as a process of the tree (`cityloop demo` starts it)."""
    from cityloop.demo.run.actors import devices_and_staff

    devices_and_staff(url)


def score(
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    precision_at_least: Annotated[float, typer.Option(help="Exit 1 when precision is below.")] = 0.0,
    recall_at_least: Annotated[float, typer.Option(help="Exit 1 when recall is below.")] = 0.0,
) -> None:
    """Compare what the platform detected with what was true: precision, recall and delay."""
    from cityloop.demo.run import keeping
    from cityloop.demo.score.report import as_plain, as_text, current_score
    from cityloop.kernel.problems import BadRequest, NotFound

    if output not in ("text", "json"):
        raise BadRequest(f"format {output!r}; allowed: text or json.")
    if not keeping.is_made():
        raise NotFound(
            "There is no made city in this home folder. Run `cityloop demo`, or set CITYLOOP_HOME to its folder."
        )
    found = current_score()
    typer.echo(json.dumps(as_plain(found), ensure_ascii=False) if output == "json" else as_text(found))
    if (found.all.precision or 0.0) < precision_at_least or (found.all.recall or 0.0) < recall_at_least:
        raise typer.Exit(CHECK_FAILED)
