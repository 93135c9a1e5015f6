"""`cityloop init`: a real city begins, from its own files."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import DataError, transaction

from cityloop.kernel.geography.port import enter_cell, enter_district, replace_map
from cityloop.kernel.organisations.port import enter_department, found_city
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.people.port import enter_person
from cityloop.kernel.problems import BadRequest, Invalid, Problem

ROWS_MAX = 100_000
MAP_KINDS = ("land", "block", "park", "water", "stream", "road", "label")
TOP = "city"  # the city itself, above all departments
DEGREES = ((-180.0, 180.0), (-90.0, 90.0))


@dataclass(frozen=True)
class Founding:
    """What a city begins with. Files are optional but for the departments.

    Args:
        districts: CSV `code,name[,name_en]`, or GeoJSON whose features have these properties and a polygon.
        departments: CSV `code,name[,name_en,parent,duty,duty_en,credit_code]`.
        cells: GeoJSON, properties `code,name,district[,name_en,department]`.
        base_map: GeoJSON, properties `kind[,name,name_en,rank]`.
    """

    name: str
    name_en: str
    time_zone: str
    language: str
    departments: Path
    districts: Path | None
    cells: Path | None
    base_map: Path | None
    administrator: str
    password: str


def found(plan: Founding) -> dict[str, int]:
    """Make the city, all or nothing.

    Returns:
        How many of each were entered.

    Raises:
        BadRequest, Invalid: A file can't be read or a row is wrong; the message names file and row.
        Conflict: There is a city already.
    """
    if not plan.name.strip():
        raise Invalid("The city has no name; give --name.")
    try:
        ZoneInfo(plan.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid(f"time zone {plan.time_zone!r}; allowed: an IANA name such as Asia/Shanghai.") from None
    with transaction.atomic():
        found_city(name=plan.name, name_en=plan.name_en, time_zone=plan.time_zone, language=plan.language)
        counts = {
            "departments": _departments(plan.departments),
            "districts": _districts(plan.districts),
            "cells": _cells(plan.cells),
            "map_features": _base_map(plan.base_map),
        }
        enter_person(
            staff_number=plan.administrator,
            password=plan.password,
            role=Role.ADMINISTRATOR,
            organization_code=TOP,
            must_change_password=False,
        )
    return counts


def _departments(path: Path) -> int:
    rows: dict[str, tuple[int, dict[str, str]]] = {}
    for number, row in _rows(path, ("code", "name")):
        code = row["code"]
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", code) or code == TOP:
            raise BadRequest(
                f"{path}, row {number}: code {code[:40]!r}; allowed: 1 to 40 letters, digits, - or _, and not {TOP!r}."
            )
        if code in rows:
            raise BadRequest(f"{path}, row {number}: code {code!r} stands in row {rows[code][0]} already.")
        rows[code] = (number, row)
    if not rows:
        raise BadRequest(f"{path} has no rows; a city needs a department that its work goes to.")
    for code in _parents_first(
        path, {code: (number, row.get("parent") or TOP) for code, (number, row) in rows.items()}
    ):
        number, row = rows[code]
        with _in_row(f"{path}, row {number}"):
            enter_department(
                code=code,
                name=row["name"],
                name_en=row.get("name_en", ""),
                parent_code=row.get("parent") or TOP,
                duty=row.get("duty", ""),
                duty_en=row.get("duty_en", ""),
                credit_code=row.get("credit_code", ""),
            )
    return len(rows)


def _parents_first(path: Path, parents: Mapping[str, tuple[int, str]]) -> list[str]:
    """The codes so that each stands behind its parent; the file may have them in any order."""
    done = [TOP]
    waiting = dict(parents)
    while waiting:
        ready = [code for code, (_, parent) in waiting.items() if parent in done]
        if not ready:
            number, parent = next(iter(waiting.values()))
            why = "is below itself" if parent in parents else "is not in the file"
            raise BadRequest(f"{path}, row {number}: the parent {parent!r} {why}.")
        done += ready
        for code in ready:
            del waiting[code]
    return done[1:]


def _base_map(path: Path | None) -> int:
    if path is None:
        return 0
    features = _features(path)
    for number, feature in enumerate(features, 1):
        about = _properties(path, number, feature, ("kind",))
        if about["kind"] not in MAP_KINDS:
            raise BadRequest(
                f"{path}, feature {number}: kind {str(about['kind'])[:40]!r}; allowed: {', '.join(MAP_KINDS)}."
            )
        _geometry(path, number, feature)
    with _in_row(str(path)):
        return replace_map(features)


def _districts(path: Path | None) -> int:
    if path is None:
        return 0
    if path.suffix == ".csv":
        number = 0
        for number, row in _rows(path, ("code", "name")):
            with _in_row(f"{path}, row {number}"):
                enter_district(code=row["code"], name=row["name"], name_en=row.get("name_en", ""))
        return number
    count = 0
    for count, feature in enumerate(_features(path), 1):
        about = _properties(path, count, feature, ("code", "name"))
        with _in_row(f"{path}, feature {count}"):
            enter_district(
                code=str(about["code"]),
                name=str(about["name"]),
                name_en=str(about.get("name_en", "")),
                geometry=_geometry(path, count, feature),
            )
    return count


def _cells(path: Path | None) -> int:
    if path is None:
        return 0
    count = 0
    for count, feature in enumerate(_features(path), 1):
        about = _properties(path, count, feature, ("code", "name", "district"))
        with _in_row(f"{path}, feature {count}"):
            enter_cell(
                code=str(about["code"]),
                name=str(about["name"]),
                name_en=str(about.get("name_en") or ""),
                district_code=str(about["district"]),
                department_code=str(about.get("department") or ""),
                geometry=_geometry(path, count, feature),
            )
    return count


@contextmanager
def _in_row(where: str) -> Iterator[None]:
    """Say where, when a room below refuses a row."""
    try:
        yield
    except (Problem, DataError) as error:
        why = error.detail if isinstance(error, Problem) else str(error).strip()
        raise BadRequest(why if where in why else f"{where}: {why}") from None


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadRequest(f"{path} does not exist; give the path of a CSV file.") from None
    except UnicodeDecodeError as error:
        raise BadRequest(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8 and try again.") from None
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in needed if name not in (reader.fieldnames or [])]
    if missing:
        raise BadRequest(
            f"{path} has no column {', '.join(missing)}; its columns are {', '.join(reader.fieldnames or ['(none)'])}."
        )
    for number, row in enumerate(reader, 1):
        if number > ROWS_MAX:
            raise BadRequest(f"{path} has more than {ROWS_MAX} rows; split it.")
        if any(not (row.get(name) or "").strip() for name in needed):
            raise BadRequest(f"{path}, row {number}: {' and '.join(needed)} must not be empty.")
        yield number, {key: (value or "").strip() for key, value in row.items() if key}


def _features(path: Path) -> list[Mapping[str, object]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        features = document["features"]
    except FileNotFoundError:
        raise BadRequest(f"{path} does not exist; give the path of a GeoJSON file.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(f"{path} is not a GeoJSON FeatureCollection ({error}).") from None
    if not isinstance(features, list) or len(features) > ROWS_MAX:
        raise BadRequest(f"{path}: `features` must be a list of at most {ROWS_MAX}.")
    return features


def _properties(
    path: Path, number: int, feature: Mapping[str, object], needed: tuple[str, ...]
) -> Mapping[str, object]:
    about = feature.get("properties") if isinstance(feature, dict) else None
    missing = [name for name in needed if not isinstance(about, dict) or not about.get(name)]
    if missing:
        raise BadRequest(f"{path}, feature {number}: the properties {', '.join(missing)} are missing.")
    assert isinstance(about, dict)
    return about


def _geometry(path: Path, number: int, feature: Mapping[str, object]) -> Mapping[str, object]:
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        raise BadRequest(f"{path}, feature {number}: it has no geometry.")
    for place in _positions(geometry.get("coordinates")):
        if not all(least <= one <= most for one, (least, most) in zip(place, DEGREES, strict=False)):
            raise BadRequest(
                f"{path}, feature {number}: the position {place[0]:g}, {place[1]:g} is not on the Earth; "
                "give longitude and latitude in degrees (CGCS2000 or WGS 84), not metres of a projection."
            )
    return geometry


def _positions(coordinates: object) -> Iterator[tuple[float, float]]:
    """Every position of a geometry, whatever its type; what is none is left to the room that reads it."""
    if not isinstance(coordinates, list):
        return
    match coordinates:
        case [int() | float() as longitude, int() | float() as latitude, *_]:
            yield float(longitude), float(latitude)
        case _:
            for part in coordinates:
                yield from _positions(part)
