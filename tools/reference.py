"""Writes the generated pages of docs/reference. `--check` only says whether they are up to date."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
HEAD = "<!-- Written by `make docs`. Do not edit by hand. -->\n\n"


def settings_page() -> str:
    """Every setting with its default and help."""
    from cityloop.kernel.settings import SETTINGS

    lines = [HEAD + "# Settings\n", "Environment variables. `cityloop settings` shows the values in force.\n"]
    lines += ["| name | kind | default | meaning |", "|---|---|---|---|"]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "(empty)"
        lines.append(f"| `{setting.name}` | {setting.kind} | {default} | {setting.help} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every command with its help, as `--help` prints it."""
    import typer.main

    from cityloop.app import cli

    cli._compose()
    root = typer.main.get_command(cli.app)
    codes = "Exit codes: 0 done, 1 a check failed, 2 bad input or usage, 3 a service cannot be reached.\n"
    lines = [HEAD + "# Commands\n", codes]
    for name, command in _walk("cityloop", root):
        lines.append(f"## {name}\n\n{_help_of(command)}\n")
        rows = [row for row in (_parameter(one) for one in command.params) if row]
        if rows:
            lines += ["| parameter | default | meaning |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _walk(name: str, command: object) -> Iterator[tuple[str, object]]:
    children = getattr(command, "commands", None)
    if getattr(command, "hidden", False):
        return
    if not children or getattr(command, "invoke_without_command", False):
        yield name, command
    for key in sorted(children or ()):
        yield from _walk(f"{name} {key}", children[key])


def _help_of(command: object) -> str:
    return re.sub(r"\s*\n\s*", " ", (getattr(command, "help", "") or "").strip())


def _parameter(parameter: object) -> str:
    names = ", ".join(f"`{option}`" for option in parameter.opts)
    if "--help" in parameter.opts:
        return ""
    if parameter.param_type_name == "argument":
        names = f"`{parameter.name.upper()}`"
    default = parameter.default
    shown = "required" if parameter.required else f"`{default}`" if default not in (None, "", [], False, ()) else ""
    help_text = (getattr(parameter, "help", "") or "").replace("|", "\\|").replace("\n", " ")
    return f"| {names} | {shown} | {help_text} |"


def routes_page() -> str:
    """Every route with its guard."""
    from django.urls import URLResolver, get_resolver

    from cityloop.kernel.access import guard_of

    def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, object]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, prefix + str(entry.pattern))
            else:
                yield prefix + str(entry.pattern), entry.callback

    lines = [HEAD + "# Routes\n", "Who may open what. Anything else is denied. `POST /v1.1/CreateObservations` needs"]
    lines += ["a device's key, `GET /events` a session.\n", "| route | guard | what it is |", "|---|---|---|"]
    for path, view in sorted(walk(get_resolver()), key=lambda one: one[0]):
        meaning = ((view.__doc__ or "").strip().splitlines() or [""])[0]
        shown = path.replace("|", "\\|")
        lines.append(f"| `/{shown}` | {guard_of(view)} | {meaning} |")
    return "\n".join(lines) + "\n"


def mapping_page() -> str:
    """The mapping file of an import: every section with its keys, and the example that is tested."""
    from cityloop.sense.observations import mapping

    lines = [HEAD + "# Mapping file\n", "For `cityloop sense import FILE… --mapping MAP.yaml`. The sections:\n"]
    lines.append("```\n" + (mapping.__doc__ or "").split("\n\n", 1)[1].strip() + "\n```\n")
    for section in (
        one for one in vars(mapping).values() if isinstance(one, type) and issubclass(one, mapping.Section)
    ):
        if section is mapping.Section or "Section" not in section.__name__:
            continue
        lines += _section(section.__name__.removesuffix("Section").lower(), section)
    lines.append(_example("air-quality.yaml"))
    return "\n".join(lines)


def things_page() -> str:
    """The file of devices: its keys, and the example that is tested."""
    from cityloop.sense.observations import mapping, things_file

    lines = [HEAD + "# Things file\n", "For `cityloop sense things load THINGS.yaml`; YAML or JSON.\n"]
    lines.append("```\n" + (things_file.__doc__ or "").split("\n\n", 1)[1].strip() + "\n```\n")
    lines += _section("things", things_file.DeviceSection)
    lines += _section("datastreams", things_file.StreamSection)
    lines += _section("properties", mapping.PropertySection)
    lines.append(_example("things.yaml"))
    return "\n".join(lines)


def _section(title: str, section: type) -> list[str]:
    """The keys of one section as a table."""
    import msgspec

    lines = [f"## {title}\n\n{_plain(section.__doc__)}\n", "| key | type | default |", "|---|---|---|"]
    for field in msgspec.structs.fields(section):
        kind = getattr(field.type, "__name__", "") if isinstance(field.type, type) else str(field.type)
        kind = re.sub(r"(?:cityloop\.[\w.]*|typing)\.", "", kind.replace("|", "or"))
        lines.append(f"| `{field.encode_name}` | {kind} | {_default(field)} |")
    return [*lines, ""]


def _example(name: str) -> str:
    text = (FOLDER.parent.parent / "examples" / name).read_text(encoding="utf-8")
    return f"## An example\n\n`examples/{name}`:\n\n```yaml\n{text}```\n"


def _plain(text: str | None) -> str:
    """A docstring as Markdown: the arguments as a list."""
    first, _, rest = (text or "").strip().partition("Args:")
    entries = re.sub(r"\n {8,}(\w+): ", r"\n- `\1`: ", rest.rstrip())
    return first.strip() + (("\n" + re.sub(r"\n {10,}", " ", entries)) if rest else "")


def _default(field: object) -> str:
    """The default of a key, or that it is required."""
    import msgspec

    if field.default is not msgspec.NODEFAULT:
        return f"`{field.default!r}`"
    return "empty" if field.default_factory is not msgspec.NODEFAULT else "required"


PAGES = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "routes.md": routes_page,
    "mapping.md": mapping_page,
    "things.md": things_page,
}


def main() -> int:
    """Write the pages, or with --check compare them."""
    os.environ["CITYLOOP_HOME"] = tempfile.mkdtemp(prefix="cityloop-docs-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.app.django_settings")
    import django

    django.setup()
    stale = []
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if "--check" in sys.argv and stale:
        print(f"docs/reference: {', '.join(stale)} are out of date; run `make docs`", file=sys.stderr)
        return 1
    print("docs/reference is up to date" if not stale else f"wrote {', '.join(stale)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
