"""What makes a folder a feature: its Django app, labelled `<room>_<feature>`, and the loading of its ways in."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from django.apps import AppConfig


class FeatureConfig(AppConfig):
    """A feature as a Django app. A subclass in `<feature>/apps.py` sets `name` alone.

    The label is `<room>_<feature>`; models get big integer keys; `handlers.py` and `jobs.py` are loaded when the
    program is ready, so that an event or a schedule declared there is known everywhere.
    """

    default = False
    default_auto_field = "django.db.models.BigAutoField"

    def __init_subclass__(cls) -> None:
        # Django takes the one config of apps.py that says so; this base class is imported there too.
        cls.default = True

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        room, feature = app_name.split(".")[-2:]
        self.label = f"{room}_{feature}"
        super().__init__(app_name, app_module)

    def ready(self) -> None:
        """Load what registers itself: event handlers and schedules."""
        for way_in in ("handlers", "jobs"):
            if find_spec(f"{self.name}.{way_in}") is not None:
                import_module(f"{self.name}.{way_in}")


def feature_names(root: Path) -> list[str]:
    """Dotted names of all features below the package folder that are Django apps, rooms in the order of the tree."""
    rooms = ("kernel", "sense", "govern", "share", "analyse", "decide", "serve", "supervise", "desk", "demo")
    return [
        f"cityloop.{room}.{folder.name}"
        for room in rooms
        for folder in sorted((root / room).glob("*"))
        if (folder / "apps.py").is_file()
    ]
