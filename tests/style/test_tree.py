"""Style where a machine can tell: sizes, walls between features, guards, settings, names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField
from django.urls import URLPattern, URLResolver, get_resolver

from cityloop.kernel import settings
from cityloop.kernel.access import guard_of

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "cityloop"
ROOMS = ("kernel", "sense", "govern", "share", "analyse", "decide", "serve", "supervise", "desk", "demo", "app")
LINES_MAX = 500
FUNCTION_LINES_MAX = 60

# Features that may import a neighbour in their own room, as their room's README says.
NEIGHBOURS = {
    ("sense.observations", "sense.screening"),
    ("sense.observations", "sense.keys"),
    ("sense.sensorthings", "sense.observations"),
    ("sense.sensorthings", "sense.keys"),
    ("decide.responses", "decide.ledger"),
    ("serve.orders", "serve.incidents"),
    ("desk.front", "desk.city_map"),
    ("desk.operations", "desk.city_map"),
    ("desk.whole_loop", "desk.city_map"),
    ("desk.front", "desk.readings"),
    ("desk.operations", "desk.readings"),
    ("desk.operations", "desk.incidents"),
    ("desk.operations", "desk.whole_loop"),
}


def sources() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("suffix", [".py", ".css", ".js", ".html"])
def test_no_file_is_longer_than_a_reader_holds_in_mind(suffix: str) -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for folder in (SOURCE, ROOT / "tests", ROOT / "tools", ROOT / "benchmarks")
        for path in folder.rglob(f"*{suffix}")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LINES_MAX
    }
    assert long == {}


def test_no_function_is_longer_than_a_page() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_LINES_MAX
    ]
    assert long == []


def test_no_name_says_nothing() -> None:
    vague = re.compile(r"(^|_)(utils?|helpers?|managers?|common|misc)(_|$)")
    assert [str(path) for path in sources() if vague.search(path.stem)] == []


def test_every_room_says_what_flows_in_and_out() -> None:
    rooms = [SOURCE / room for room in ROOMS if (SOURCE / room).is_dir() and room not in ("app",)]
    assert [room.name for room in rooms if not (room / "README.md").is_file()] == []


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("cityloop."):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("cityloop."))


def feature_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[1:3])


def is_feature(name: str) -> bool:
    room, _, feature = name.partition(".")
    return bool(feature) and (SOURCE / room / feature).is_dir()


def test_a_feature_is_entered_by_its_port_and_contracts_alone() -> None:
    """The kernel's base classes and the composer aside: `app` puts everything together, so it may look inside."""
    wrong = []
    for path in sources():
        module = module_of(path)
        own = feature_of(module)
        if not is_feature(own):
            continue
        for target in imports(path):
            other = feature_of(target)
            if other == own or not is_feature(other) or other.startswith("kernel."):
                continue
            parts = target.split(".")
            if len(parts) > 3 and parts[3] not in ("port", "contracts"):
                wrong.append(f"{module} imports {target}")
            if (
                other.split(".")[0] == own.split(".")[0]
                and (own, other) not in NEIGHBOURS
                and own.split(".")[0] != "demo"
            ):
                wrong.append(f"{module} imports its neighbour {target}")
    assert sorted(set(wrong)) == []


def test_contracts_and_pure_cores_know_no_django() -> None:
    wrong = [
        str(path.relative_to(SOURCE))
        for path in sources()
        if path.name == "contracts.py" and re.search(r"^\s*(from|import) django", path.read_text(), re.M)
    ]
    assert wrong == []


def test_tables_of_different_rooms_are_tied_by_id_only_but_to_the_kernel() -> None:
    wrong = []
    for model in apps.get_models():
        room = model._meta.app_label.split("_")[0]
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey | ManyToManyField) and room in ROOMS:
                other = field.related_model._meta.app_label.split("_")[0]
                if other in ROOMS and other not in (room, "kernel"):
                    wrong.append(f"{model.__name__}.{field.name} → {field.related_model.__name__}")
    assert wrong == []


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


# Everything anybody may see without signing in. A new line here is a decision, not a formality.
OPEN_ROUTES = {
    "": "public",
    "livez": "public",
    "readyz": "public",
    "sign-in": "public",
    "language": "public",
    "theme": "public",
}


def test_every_route_has_a_guard_and_few_are_open() -> None:
    found = {path: guard_of(entry.callback) for path, entry in routes(get_resolver())}
    assert [path for path, guard in found.items() if guard is None] == []
    assert {path: guard for path, guard in found.items() if guard == "public"} == OPEN_ROUTES
    keyed = {path for path, guard in found.items() if guard == "key"}
    assert all(path == "metrics" or re.match(r"\^?v1\\?\.1", path) for path in keyed), keyed


def test_nothing_but_the_settings_module_reads_our_environment() -> None:
    allowed = {"kernel/settings.py", "app/cli.py", "app/run.py", "app/asgi.py", "app/backups.py"}
    wrong = [
        str(path.relative_to(SOURCE))
        for path in sources()
        if re.search(r"environ.{0,12}CITYLOOP_|getenv\(", path.read_text())
        and str(path.relative_to(SOURCE)) not in allowed
        and not str(path.relative_to(SOURCE)).startswith("demo/")
    ]
    assert wrong == []


def test_nobody_reads_the_real_clock_but_the_clock() -> None:
    wrong = [
        str(path.relative_to(SOURCE))
        for path in sources()
        if path.name != "clock.py" and re.search(r"datetime\.(now|utcnow)\(|timezone\.now\(", path.read_text())
    ]
    assert wrong == []


def test_every_setting_is_in_the_reference() -> None:
    reference = (ROOT / "docs" / "reference" / "settings.md").read_text()
    assert [setting.name for setting in settings.SETTINGS if setting.name not in reference] == []


def test_nothing_names_the_machine_it_was_made_on() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if path.is_file()
        and not {".git", ".venv", "var", "node_modules"} & set(path.relative_to(ROOT).parts)
        and path.suffix in (".py", ".md", ".toml", ".sh", ".yaml", ".lock", ".html", ".js", ".css")
        and re.search(r"(?<![\w.])/(work|farm|root)/", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_every_module_is_reached() -> None:
    """A file nobody imports and nothing loads by name is dead."""
    loaded_by_name = {
        "apps",
        "urls",
        "cli",
        "handlers",
        "jobs",
        "models",
        "__init__",
        "__main__",
        "context",
        "middleware",
    }
    reached = {target for path in sources() for target in imports(path)}
    by_name = {
        "cityloop.app.asgi",
        "cityloop.app.django_settings",
        "cityloop.kernel.telemetry.logs",
        "cityloop.app.urls",
        "cityloop.kernel.people.guessing",
    }
    dead = []
    for path in sources():
        module = module_of(path)
        if path.stem in loaded_by_name or module in by_name or "templatetags" in path.parts:
            continue
        if module not in reached:
            dead.append(module)
    assert dead == []
