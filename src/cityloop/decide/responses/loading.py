"""Reading a response table from CSV: one line an action, the lines of a response together."""

import csv
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from cityloop.decide.ledger.contracts import ActionLine
from cityloop.decide.responses.models import Response
from cityloop.decide.responses.services import enter_response
from cityloop.kernel.organisations.port import organization
from cityloop.kernel.problems import Invalid

DEFAULT_FILE = Path(__file__).parent / "data" / "responses.csv"
COLUMNS = [
    "class_kind",
    "class_code",
    "level_from",
    "level_to",
    "key",
    "name",
    "name_en",
    "automatic",
    "expected_minutes",
    "department",
    "crew",
    "crew_en",
    "action",
    "action_en",
    "action_minutes",
    "limit_minutes",
]
ROWS_MAX = 5000


@transaction.atomic
def load_responses(path: Path | str | None = None) -> int:
    """Load a response table. A class that has rows already is left alone, so what stewards edited stays.

    Args:
        path: CSV in UTF-8 with the columns of `data/responses.csv`; None loads that file. A department the city does
            not have stands empty in the row: the department in charge on the spot then gets the order.

    Returns:
        How many responses were entered.

    Raises:
        Invalid: A column is missing or a row breaks a rule; the message names file and line.
    """
    file = Path(path) if path is not None else DEFAULT_FILE
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise Invalid(f"{file.name}: columns {', '.join(missing)} are missing; needed: {', '.join(COLUMNS)}.")
        rows = [(number, row) for number, row in zip(range(2, ROWS_MAX + 2), reader, strict=False)]
    present = set(Response.objects.values_list("class_kind", "class_code").distinct())
    entered = 0
    for lines in _grouped(rows):
        number, first = lines[0]
        if (first["class_kind"], first["class_code"]) in present:
            continue
        try:
            enter_response(
                class_kind=first["class_kind"],
                class_code=first["class_code"],
                level_from=int(first["level_from"]),
                level_to=int(first["level_to"]),
                key=first["key"],
                name=first["name"],
                name_en=first["name_en"],
                automatic=first["automatic"] == "1",
                expected_minutes=int(first["expected_minutes"]),
                actions=[_action(row) for _, row in lines],
                by=None,
            )
        except ValueError as error:
            raise Invalid(f"{file.name} line {number}: {error}; numbers have to be whole.") from None
        entered += 1
    return entered


def _grouped(rows: Iterable[tuple[int, dict[str, str]]]) -> list[list[tuple[int, dict[str, str]]]]:
    groups: dict[tuple[str, ...], list[tuple[int, dict[str, str]]]] = {}
    for number, row in rows:
        key = tuple(row[name] for name in ("class_kind", "class_code", "key", "level_from", "level_to"))
        groups.setdefault(key, []).append((number, row))
    return list(groups.values())


def _action(row: dict[str, str]) -> ActionLine:
    department = row["department"].strip()
    return ActionLine(
        department_code=department if department and organization(department) is not None else "",
        crew=row["crew"],
        crew_en=row["crew_en"],
        action=row["action"],
        action_en=row["action_en"],
        expected_minutes=int(row["action_minutes"]),
        limit_minutes=int(row["limit_minutes"]) if row["limit_minutes"].strip() else None,
    )
