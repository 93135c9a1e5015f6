"""`cityloop sense key …`."""

import json

import typer

from cityloop.sense.keys import port


def register(group: typer.Typer) -> None:
    """Add the commands to the room's group."""
    commands = typer.Typer(help="Keys that devices and gateways write observations with.", no_args_is_help=True)
    commands.command("create")(create)
    commands.command("list")(show)
    commands.command("revoke")(revoke)
    group.add_typer(commands, name="key")


def create(name: str = typer.Argument(help="Whose key it is: a gateway, a supplier.")) -> None:
    """Make a key and print its token, once."""
    _, token = port.create_key(name)
    typer.echo(token)
    typer.echo("Keep it now: it is stored as a hash and can't be shown again.", err=True)


def show() -> None:
    """Print every key as JSON."""
    typer.echo(
        json.dumps(
            [
                {
                    "name": key.name,
                    "hint": key.hint,
                    "created_at": key.created_at.isoformat(),
                    "used_at": key.used_at.isoformat() if key.used_at else None,
                    "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
                }
                for key in port.all_keys()
            ],
            ensure_ascii=False,
            indent=2,
        )
    )


def revoke(name: str = typer.Argument(help="The key's name.")) -> None:
    """End a key. Servers stop taking it within 5 seconds."""
    fresh = port.revoke_key(name)
    typer.echo(f"Key {name} is revoked." if fresh else f"Key {name} was revoked before.", err=True)
