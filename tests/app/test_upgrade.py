"""Old data survive an upgrade: the database of each release is kept as SQL and brought up to date."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.sql.gz"))

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("commands")]

READ = """
import django, json; django.setup()
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import trace
from cityloop.kernel.organisations.port import city
from cityloop.kernel.geography.models import GridCell
from cityloop.serve.incidents.models import Incident, StageRecord
from cityloop.serve.orders.models import WorkOrder
from cityloop.supervise.scores.models import IncidentScore
closed = Incident.objects.filter(state="assessed").order_by("id").first()
told = StageRecord.objects.exclude(note="").count()
named = [GridCell.objects.exclude(name="").count(), Incident.objects.exclude(cell_name="").count(),
    WorkOrder.objects.exclude(place_name="").count()]
english = [GridCell.objects.exclude(name_en="").count(), Incident.objects.exclude(cell_name_en="").count(),
    WorkOrder.objects.exclude(place_name_en="").count(), StageRecord.objects.exclude(note_en="").count()]
print(json.dumps({"city": city().name, "incidents": Incident.objects.count(), "scores": IncidentScore.objects.count(),
    "arrows": len(trace(Ref("incident", closed.number))), "told": told, "named": named, "english": english}))
"""


NAMED = (
    ("kernel_geography_gridcell", "name"),
    ("serve_incidents_incident", "cell_name"),
    ("serve_orders_workorder", "place_name"),
)


def test_there_is_a_release_to_upgrade_from() -> None:
    assert RELEASES


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name.removesuffix(".sql.gz"))
def test_a_release_s_database_is_brought_up_to_date(release: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with sqlite3.connect(home / "city.sqlite3") as database:
        database.executescript(gzip.decompress(release.read_bytes()).decode())
        before = database.execute("SELECT count(*) FROM serve_incidents_incident").fetchone()[0]
        told = database.execute("SELECT count(*) FROM serve_incidents_stagerecord WHERE note <> ''").fetchone()[0]
        named = [
            database.execute(f"SELECT count(*) FROM {table} WHERE {column} <> ''").fetchone()[0]
            for table, column in NAMED
        ]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CITYLOOP_")}
    environment = {**clean, "CITYLOOP_HOME": str(home), "DJANGO_SETTINGS_MODULE": "cityloop.app.django_settings"}
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "cityloop", "migrate"], env=environment, check=True)
    done = subprocess.run([sys.executable, "-c", READ], env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    assert found["city"] == "澜川市"
    assert found["incidents"] == before > 0
    assert found["scores"] > 0
    assert found["arrows"] >= 7
    assert found["told"] == told > 0
    assert found["named"] == named
    assert min(named) > 0
    assert found["english"] == [0, 0, 0, 0], "what was written in one language stays so"
    shutil.rmtree(home)
