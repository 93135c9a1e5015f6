"""Importing files of observations: `cityloop sense import`.

A file is read in chunks; each chunk is one transaction of the same committer that serves devices. Importing again,
after an interruption or by mistake, adds only what is not there yet.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from cityloop.kernel import clock
from cityloop.kernel.times import DAY_US
from cityloop.sense.observations.catalogue import Catalogue
from cityloop.sense.observations.commit import REFUSED, Committer, Rows
from cityloop.sense.observations.contracts import to_us
from cityloop.sense.observations.csv_file import BadRow, GoodRow, Header, read_header, read_rows
from cityloop.sense.observations.import_report import Rejected, Report
from cityloop.sense.observations.mapping import Mapping, MappingError
from cityloop.sense.observations.row_reading import (
    CellError,
    TextReader,
    file_groups,
    read_number,
    text_reader,
    time_reader,
    value_places,
)
from cityloop.sense.observations.selectors import observed_property
from cityloop.sense.observations.services import ensure_datastream, ensure_thing
from cityloop.sense.observations.store import store
from cityloop.sense.observations.things_file import enter_property

ROWS_A_CHUNK = 4000
THINGS_MAX = 100_000


Reject = Callable[[Rejected], None]
Progress = Callable[[int], None]


def import_files(
    paths: Sequence[Path], mapping: Mapping, *, reject: Reject, progress: Progress, dry_run: bool = False
) -> Report:
    """Import files, one after the other.

    Args:
        reject: Hears of every row and cell that is not stored.
        progress: Hears how many bytes were dealt with since it last heard.
        dry_run: Read everything, store nothing.

    Raises:
        MappingError: The mapping does not fit a file. FileError: A file can't be read as a whole.
        StoreError: The store can't be written; what was committed before stands.
    """
    began = time.monotonic()
    report = Report()
    # All files are looked at before the first row is stored.
    plans = [
        _FilePlan(path, mapping, read_header(path, mapping.file.encoding, mapping.file.delimiter)) for path in paths
    ]
    target = None if dry_run else _Target(mapping)
    try:
        for plan in plans:
            report.files.append(str(plan.path))
            _import_file(plan, target, report, reject, progress)
    except KeyboardInterrupt:
        report.interrupted = True
    report.seconds = time.monotonic() - began
    return report


class _FilePlan:
    """A file and how its cells are read."""

    def __init__(self, path: Path, mapping: Mapping, header: Header) -> None:
        self.path = path
        self.header = header
        groups = file_groups(mapping, path.name)
        texts = {name: getattr(mapping.thing, name) for name in ("key", "name", "name_en")}
        self.texts: dict[str, TextReader] = {
            name: text_reader(text, header.columns, groups, f"thing.{name}") for name, text in texts.items()
        }
        self.time = time_reader(mapping.time, header.columns)
        self.values = value_places(mapping, header.columns)
        self.missing = frozenset(["", *(text.strip() for text in mapping.file.missing)])


class _Target:
    """Where rows go: Datastreams are entered when they are first needed."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._catalogue = Catalogue()
        self._committer = Committer(store(), self._catalogue.limits, self._catalogue.features)
        self._streams: dict[str, list[int]] = {}
        for name in {column.property for column in mapping.columns.values()}:
            self._ensure_property(name)

    def knows(self, key: str) -> bool:
        return key in self._streams

    def streams(self, key: str, name: str, name_en: str) -> list[int]:
        """Datastream ids of a Thing, in the order of the mapping's columns."""
        found = self._streams.get(key)
        if found is None:
            if len(self._streams) >= THINGS_MAX:
                raise MappingError(
                    f"thing.key gave more than {THINGS_MAX} Things; it should name the station, not the row"
                )
            found = self._streams[key] = self._enter(key, name, name_en)
            self._catalogue.learn(found)
        return found

    def commit(self, streams: Sequence[Rows]) -> None:
        self._committer.commit(streams)

    def _enter(self, key: str, name: str, name_en: str) -> list[int]:
        section = self._mapping.thing
        place = section.places.get(key) or section.places.get(name)
        thing = ensure_thing(
            key=key,
            name=(place.name if place else "") or name or key,
            name_en=(place.name_en if place else "") or name_en,
            kind=section.kind,
            longitude=place.longitude if place else None,
            latitude=place.latitude if place else None,
        )
        return [
            ensure_datastream(key=f"{key}/{column.property}", thing_id=thing, property=column.property)
            for column in self._mapping.columns.values()
        ]

    def _ensure_property(self, name: str) -> None:
        section = self._mapping.properties.get(name)
        if section is not None:
            enter_property(name, section)
        elif observed_property(name) is None:
            raise MappingError(
                f"property {name!r} is not known; describe it under properties.{name} (label, unit, valid)"
            )


def _import_file(plan: _FilePlan, target: _Target | None, report: Report, reject: Reject, progress: Progress) -> None:
    end = 0
    for chunk in _chunks(read_rows(plan.path, plan.header)):
        streams = _read_chunk(plan, chunk, target, report, reject)
        if target is not None:
            target.commit(streams)
            for rows in streams:
                _count(rows, plan, report, reject)
        last = next((row.end for row in reversed(chunk) if isinstance(row, GoodRow)), end)
        progress(last - end)
        end = last
    progress(plan.path.stat().st_size - end)


def _chunks(rows: Iterator[GoodRow | BadRow]) -> Iterator[list[GoodRow | BadRow]]:
    chunk: list[GoodRow | BadRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) >= ROWS_A_CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _read_chunk(
    plan: _FilePlan, chunk: Sequence[GoodRow | BadRow], target: _Target | None, report: Report, reject: Reject
) -> list[Rows]:
    """The values of a chunk, those of a Datastream together."""

    def refuse(line: int, column: str, value: str, reason: str) -> None:
        report.rejected += 1
        reject(Rejected(str(plan.path), line, column, value, reason))

    found: dict[int, Rows] = {}
    read_time, read_key, missing = plan.time, plan.texts["key"], plan.missing
    newest_us = to_us(clock.now()) + DAY_US
    for row in chunk:
        report.rows += 1
        if isinstance(row, BadRow):
            refuse(row.line, "", row.text, row.reason)
            continue
        try:
            time_us = read_time(row.cells)
            if not 0 <= time_us <= newest_us:
                raise CellError("time", "", "time out of range; allowed: 1970-01-01 to one day from now")
            key = read_key(row.cells)
            if not row.ended and target is not None and report.rows > 1 and not target.knows(key):
                raise CellError("", key, "torn line: the file's last line has no end and names a new Thing")
        except CellError as error:
            refuse(row.line, error.column, error.value, error.reason)
            continue
        if not row.ended:
            report.warnings.append(f"{plan.path}: the last line ({row.line}) has no line end; it was taken as complete")
        streams = None
        for place, (name, cell, section) in enumerate(plan.values):
            text = row.cells[cell].strip()
            if text in missing:
                report.missing += 1
                continue
            try:
                result = read_number(text) * section.factor + section.offset
            except ValueError:
                refuse(row.line, name, text, "not a finite number")
                continue
            report.read += 1
            if target is None:
                continue
            if streams is None:
                streams = target.streams(key, plan.texts["name"](row.cells), plan.texts["name_en"](row.cells))
            rows = found.get(streams[place])
            if rows is None:
                rows = found[streams[place]] = Rows([], [], [])
            rows.streams.append(streams[place])
            rows.times.append(time_us)
            rows.results.append(result)
    return [_in_order(rows) for rows in found.values()]


def _in_order(rows: Rows) -> Rows:
    """A Datastream's rows by time: those that stand in the file in another order are not late."""
    times = rows.times
    if all(earlier <= later for earlier, later in pairwise(times)):
        return rows
    order = sorted(range(len(times)), key=times.__getitem__)
    return Rows(rows.streams, [times[place] for place in order], [rows.results[place] for place in order])


def _count(rows: Rows, plan: _FilePlan, report: Report, reject: Reject) -> None:
    report.datastreams.add(rows.streams[0])
    report.already_there += len(rows.known)
    for place, number in enumerate(rows.ids):
        if number == REFUSED:
            report.rejected += 1
            reject(
                Rejected(
                    str(plan.path), 0, "", str(rows.results[place]), "more than 1,000 differing results for a time"
                )
            )
        elif place not in rows.known:
            report.count(rows.flags.get(place, 0))
