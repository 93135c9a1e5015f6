"""Incident classes: loaded from data, read by key."""

import csv
import threading
from pathlib import Path

from django.db import transaction

from cityloop.decide.responses import port as responses
from cityloop.decide.responses.contracts import ClassName
from cityloop.serve.incidents.contracts import IncidentClassView
from cityloop.serve.incidents.models import IncidentClass

DATA = Path(__file__).parent / "data"
NATIONAL, OWN = DATA / "urban_classes_2026.csv", DATA / "city_additions.csv"

_lock = threading.Lock()
_names: dict[tuple[str, str], tuple[str, str]] = {}


@transaction.atomic
def load_classes() -> int:
    """Load the national classes and the city's additions; running it again corrects names and adds what is new.

    Returns:
        How many classes there are.
    """
    rows = [
        IncidentClass(
            kind=line["kind"],
            code=line["code"],
            main_code=line["main_code"],
            main_name=line["main_zh"],
            main_name_en=line["main_en"],
            name=line["sub_zh"],
            name_en=line["sub_en"],
            own=own,
        )
        for file, own in ((NATIONAL, False), (OWN, True))
        for line in _lines(file)
    ]
    IncidentClass.objects.bulk_create(
        rows,
        batch_size=100,
        update_conflicts=True,
        unique_fields=["kind", "code"],
        update_fields=["main_code", "main_name", "main_name_en", "name", "name_en", "own"],
    )
    responses.know_classes(ClassName(row.kind, row.code, row.name, row.name_en) for row in rows)
    transaction.on_commit(forget_names)
    return IncidentClass.objects.count()


def incident_classes(kind: str | None = None, own: bool | None = None) -> list[IncidentClassView]:
    """Classes by kind and code; of one kind, or the city's own, when asked."""
    rows = IncidentClass.objects.all()
    if kind is not None:
        rows = rows.filter(kind=kind)
    if own is not None:
        rows = rows.filter(own=own)
    return [_view(row) for row in rows[:2000]]


def incident_class(kind: str, code: str) -> IncidentClassView | None:
    """A class by its key."""
    row = IncidentClass.objects.filter(kind=kind, code=code).first()
    return _view(row) if row else None


def class_names(kind: str, code: str) -> tuple[str, str]:
    """A class's names, kept in memory: they change only when classes are loaded. An unknown class shows its code."""
    found = _names.get((kind, code))
    if found is None:
        row = IncidentClass.objects.filter(kind=kind, code=code).values_list("name", "name_en").first()
        if row is None:
            return code, code
        found = (row[0], row[1])
        with _lock:
            _names[kind, code] = found
    return found


def forget_names() -> None:
    """Read the names again when they are next asked for."""
    with _lock:
        _names.clear()


def _lines(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _view(row: IncidentClass) -> IncidentClassView:
    return IncidentClassView(
        row.kind, row.code, row.main_code, row.main_name, row.main_name_en, row.name, row.name_en, row.own
    )
