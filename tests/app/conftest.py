"""The command line as a user types it: a process of its own with a home of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, object]:
        """Its output as JSON."""
        found: dict[str, object] = json.loads(self.out)
        return found


Command = Callable[..., Answer]


def command_in(home: Path) -> Command:
    """`cityloop …` with this home; a test may name another."""

    def run(*arguments: str, **environment: str) -> Answer:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("CITYLOOP_", "DJANGO_"))}
        done = subprocess.run(
            [sys.executable, "-m", "cityloop", *arguments],
            env={**clean, "CITYLOOP_HOME": str(home), **environment},
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder of one's own."""
    return tmp_path / "home"


@pytest.fixture
def cityloop(home: Path) -> Command:
    """Run `cityloop …` in an empty home."""
    return command_in(home)


@pytest.fixture
def city_files(tmp_path: Path) -> dict[str, Path]:
    """The files a small real city begins with."""
    return write_city_files(tmp_path)


def write_city_files(folder: Path) -> dict[str, Path]:
    """One department, one district, one cell."""
    ring = [[112.0, 30.0], [112.1, 30.0], [112.1, 30.1], [112.0, 30.1], [112.0, 30.0]]
    area = {"type": "Polygon", "coordinates": [ring]}

    def collection(properties: dict[str, str]) -> str:
        feature = {"type": "Feature", "properties": properties, "geometry": area}
        return json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)

    files = {name: folder / name for name in ("departments.csv", "districts.geojson", "cells.geojson")}
    files["departments.csv"].write_text("code,name,name_en\nwater,市水利局,Water Bureau\n", encoding="utf-8-sig")
    files["districts.geojson"].write_text(collection({"code": "429101", "name": "东区"}))
    files["cells.geojson"].write_text(
        collection({"code": "429101001001001", "name": "东区 001", "district": "429101", "department": "water"})
    )
    return files


@pytest.fixture(scope="session")
def founded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a city that has begun; tests get copies."""
    folder = tmp_path_factory.mktemp("founded")
    files = write_city_files(folder)
    answer = command_in(folder / "home")(
        *("init", "--name", "试验市", "--name-en", "Trial", "--administrator", "admin"),
        *("--departments", str(files["departments.csv"]), "--districts", str(files["districts.geojson"])),
        *("--cells", str(files["cells.geojson"])),
        CITYLOOP_ADMIN_PASSWORD="lantern-quarry-58",
    )
    assert answer.code == 0, answer.err
    assert answer.json() == {"city": "试验市", "departments": 1, "districts": 1, "cells": 1, "map_features": 0}
    return folder / "home"


@pytest.fixture
def founded(founded_home: Path, home: Path) -> Command:
    """The command line of a city that has begun."""
    shutil.copytree(founded_home, home)
    return command_in(home)
