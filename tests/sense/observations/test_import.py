"""Importing CSV files."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from cityloop.kernel.problems import BadRequest
from cityloop.sense.observations import cli, import_file, port
from cityloop.sense.observations.contracts import to_datetime
from cityloop.sense.observations.import_file import import_files
from cityloop.sense.observations.import_report import Rejected, Report
from cityloop.sense.observations.mapping import MappingError, parse_mapping
from cityloop.sense.observations.store import ObservationStore

pytestmark = pytest.mark.django_db

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "air-quality.yaml"
HEAD = "when,station,PM2.5,TEMP\n"
MAPPING: dict[str, Any] = {
    "file": {"missing": ["NA", "-"]},
    "thing": {"key": "s/{station}", "name": "{station}", "places": {"东四": {"longitude": 116.4, "latitude": 39.9}}},
    "time": {"column": "when", "format": "%Y-%m-%d %H:%M", "zone": "Asia/Shanghai"},
    "columns": {"PM2.5": {"property": "pm25"}, "TEMP": {"property": "temperature", "factor": 0.1, "offset": -1}},
    "properties": {
        "pm25": {"label": "细颗粒物", "unit": "ug/m3", "valid": [0, 1000], "rate_max": 500},
        "temperature": {"label": "气温", "unit": "celsius"},
    },
}


class Import:
    """Imports text as a file, and keeps what was rejected."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rejected: list[Rejected] = []
        self.progress = 0

    def __call__(
        self, text: str | bytes, mapping: dict[str, Any] | None = None, *, name: str = "a.csv", **how: Any
    ) -> Report:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.rejected.clear()
        return import_files(
            [path], parse_mapping(mapping or MAPPING), reject=self.rejected.append, progress=self._advance, **how
        )

    def _advance(self, count: int) -> None:
        self.progress += count


@pytest.fixture
def run(tmp_path: Path, sqlite_in_force: ObservationStore) -> Import:
    return Import(tmp_path)


def stream_of(name: str) -> int:
    return port.datastreams(name)[0].id


def test_columns_become_datastreams_with_their_units_and_time_zone(
    run: Import, sqlite_in_force: ObservationStore
) -> None:
    report = run(HEAD + "2026-07-16 18:00,东四,31.5,260\n2026-07-16 19:00,东四,NA,\n")
    assert (report.rows, report.read, report.accepted, report.missing, report.rejected) == (2, 2, 2, 2, 0)
    found = port.datastreams("pm25")[0]
    assert (found.thing_key, found.thing_name, found.longitude, found.key) == ("s/东四", "东四", 116.4, "s/东四/pm25")
    assert sqlite_in_force.series(stream_of("temperature")).result.tolist() == [25.0]
    one = sqlite_in_force.latest([found.id])[found.id]
    assert one.at.isoformat() == "2026-07-16T10:00:00+00:00"
    assert run.progress == (run.folder / "a.csv").stat().st_size


def test_importing_twice_adds_nothing(run: Import, sqlite_in_force: ObservationStore) -> None:
    text = HEAD + "".join(f"2026-07-16 {hour:02d}:00,东四,{hour},{hour}\n" for hour in range(24))
    assert run(text).accepted == 48
    again = run(text)
    assert (again.accepted, again.already_there) == (0, 48)
    assert sqlite_in_force.newest_id() == 48


def test_flags_are_reported(run: Import) -> None:
    text = (
        HEAD + "2026-07-16 01:00,a,10,1\n2026-07-16 02:00,a,1001,1\n2026-07-16 03:00,a,900,1\n2026-07-16 03:00,a,9,1\n"
    )
    report = run(text)
    flagged = report.document()["flagged"]
    assert flagged == {
        "suspect": 1,
        "bad": 1,
        "reasons": {"range": 1, "rate": 0, "stuck": 0, "late": 0, "doubled": 1},
    }
    assert report.already_there == 1, "the doubled line repeats the temperature"


def test_lines_in_another_order_are_not_late(run: Import) -> None:
    text = HEAD + "".join(f"2026-07-16 {hour:02d}:00,东四,{hour},{hour}\n" for hour in reversed(range(24)))
    report = run(text)
    assert report.accepted == 48
    assert not report.quality


def test_wrong_cells_and_rows_are_rejected_with_their_line_and_the_others_stand(run: Import) -> None:
    rows = [
        "2026-07-16 01:00,a,10,1",
        "2026-07-16 25:00,a,11,1",
        "2026-07-16 02:00,a,x,1",
        "2026-07-16 03:00,a,nan,1_0",
        "2026-07-16 04:00,a,1",
        "1901-07-16 04:00,a,1,1",
        "2999-07-16 04:00,a,1,1",
        "2026-07-16 05:00,a,12,1",
    ]
    report = run(HEAD + "\n".join(rows) + "\n")
    assert report.accepted == 5
    assert report.rejected == 7
    told = {(one.line, one.column): one.reason for one in run.rejected}
    assert told[3, "when"].startswith("no such time")
    assert told[4, "PM2.5"] == "not a finite number"
    assert told[5, "PM2.5"] == told[5, "TEMP"] == "not a finite number"
    assert told[6, ""] == "3 fields; allowed: 4"
    assert told[7, "time"] == told[8, "time"] == "time out of range; allowed: 1970-01-01 to one day from now"


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        ("2026-07-16 02:00,a,1", "torn line: 3 fields; allowed: 4"),
        ("2026-07-16 02:0", "torn line: 1 fields; allowed: 4"),
        ('2026-07-16 02:00,"a', "not CSV: unexpected end of data"),
        ("2026-07-16 02:00,ab", "torn line: 2 fields; allowed: 4"),
        ("2026-07-16 02:00,b,1,1", "torn line: the file's last line has no end and names a new Thing"),
    ],
)
def test_a_torn_last_line_is_rejected_and_everything_before_stands(run: Import, tail: str, reason: str) -> None:
    report = run(HEAD + "2026-07-16 01:00,a,10,1\n" + tail)
    assert (report.accepted, report.rejected) == (2, 1)
    assert run.rejected[0].line == 3
    assert run.rejected[0].reason == reason


def test_a_character_torn_at_the_end_is_a_torn_line(run: Import) -> None:
    report = run((HEAD + "2026-07-16 01:00,东四,10,1\n2026-07-16 02:00,东").encode()[:-1])
    assert report.accepted == 2
    assert run.rejected[0].reason == "torn line: the file ends in the middle of a character"


def test_a_whole_last_line_without_a_line_end_is_taken_and_said(run: Import) -> None:
    report = run(HEAD + "2026-07-16 01:00,a,10,1\n2026-07-16 02:00,a,11,2")
    assert report.accepted == 4
    assert report.warnings == [f"{run.folder}/a.csv: the last line (3) has no line end; it was taken as complete"]


def test_encodings_are_found_or_given(run: Import) -> None:
    text = HEAD + "2026-07-16 01:00,东四,10,1\n"
    assert run(text.encode("utf-8-sig")).accepted == 2
    assert run(text.encode("gb18030")).already_there == 2
    assert run(text.encode("gb18030"), {**MAPPING, "file": {"encoding": "gb18030"}}).already_there == 2


def test_the_wrong_encoding_is_named_with_line_and_byte_before_anything_is_stored(
    run: Import, sqlite_in_force: ObservationStore
) -> None:
    text = (HEAD + "2026-07-16 01:00,a,10,1\n2026-07-16 02:00,东四,10,1\n").encode("gb18030")
    with pytest.raises(ValueError, match=r"line 3, byte 18 \(offset 65\) is 0xb6, not utf-8; the mapping says utf-8"):
        run(text, {**MAPPING, "file": {"encoding": "utf-8"}})
    with pytest.raises(ValueError, match=r"and it is not gb18030 either. Save it as UTF-8. Nothing was stored"):
        run(b"when,station,PM2.5,TEMP\n\xff\xff\xff\n")
    with pytest.raises(ValueError, match=r"the file is UTF-16"):
        run(HEAD.encode("utf-16"))
    assert sqlite_in_force.newest_id() == 0
    assert port.datastreams() == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter(run: Import, delimiter: str) -> None:
    text = (HEAD + '2026-07-16 01:00,"a, b; c",10,1\n').replace(",", delimiter) if delimiter == "\t" else None
    text = text or HEAD.replace(",", delimiter) + delimiter.join(["2026-07-16 01:00", "a", "10", "1"]) + "\r\n"
    assert run(text).accepted == 2
    assert run(text, {**MAPPING, "file": {"delimiter": delimiter}}).already_there == 2


def test_a_file_without_what_the_mapping_names_is_refused(run: Import) -> None:
    with pytest.raises(
        MappingError, match=r"columns.TEMP: the file has no column 'TEMP'; it has: when, station, PM2.5"
    ):
        run("when,station,PM2.5\n")
    with pytest.raises(MappingError, match=r"time.column: the file has no column 'when'"):
        run("at,station,PM2.5,TEMP\n")
    with pytest.raises(MappingError, match=r"thing.key: the file has no column 'station'"):
        run("when,PM2.5,TEMP\n")
    with pytest.raises(ValueError, match=r"the first line is empty"):
        run("\n")
    with pytest.raises(ValueError, match=r"no delimiter found"):
        run("when\n")
    with pytest.raises(ValueError, match=r"two columns are named 'TEMP'"):
        run("when,station,TEMP,TEMP\n")
    unknown = {**MAPPING, "properties": {}}
    with pytest.raises(MappingError, match=r"property '(pm25|temperature)' is not known; describe it under properties"):
        run(HEAD, unknown)


def test_the_name_of_the_file_can_name_the_thing(run: Import) -> None:
    mapping = {
        **MAPPING,
        "thing": {"key": "prsa/{site}", "name": "{site} {station}", "file_name": r"PRSA_(?P<site>[A-Za-z]+)_"},
    }
    run(HEAD + "2026-07-16 01:00,7,10,1\n", mapping, name="PRSA_Dongsi_2013.csv")
    found = port.datastreams("pm25")[0]
    assert (found.thing_key, found.thing_name) == ("prsa/Dongsi", "Dongsi 7")
    with pytest.raises(MappingError, match=r"finds nothing in 'other.csv'"):
        run(HEAD, mapping, name="other.csv")


def test_times_in_columns_in_iso_and_in_seconds(run: Import, sqlite_in_force: ObservationStore) -> None:
    def with_time(**time: Any) -> dict[str, Any]:
        return {**MAPPING, "time": {"zone": "Europe/Berlin", **time}}

    run(
        "y,m,d,h,station,PM2.5,TEMP\n2026,3,29,1,a,1,1\n2026,3,29,2,a,2,2\n2026,3,29,3,a,3,3\n",
        with_time(columns={"year": "y", "month": "m", "day": "d", "hour": "h"}),
    )
    assert [one.reason for one in run.rejected] == [
        "no such time: 2026-03-29 02:00:00 was skipped by the clocks of Europe/Berlin"
    ]
    run(HEAD + "2026-03-29T04:00:00+02:00,a,4,4\n2026-03-29T05:00,a,5,5\n", with_time(column="when"))
    run(HEAD + "1774753200.5,a,6,6\n", with_time(column="when", format="unix"))
    times = [to_datetime(one).strftime("%H:%M:%S.%f")[:10] for one in sqlite_in_force.series(stream_of("pm25")).time_us]
    assert times == ["00:00:00.0", "01:00:00.0", "02:00:00.0", "03:00:00.0", "03:00:00.5"]


def test_a_dry_run_reads_everything_and_stores_nothing(run: Import, sqlite_in_force: ObservationStore) -> None:
    report = run(HEAD + "2026-07-16 01:00,a,10,x\n", dry_run=True)
    assert (report.read, report.accepted, report.rejected) == (1, 0, 1)
    assert sqlite_in_force.newest_id() == 0
    assert port.datastreams() == []


def test_an_interrupted_import_keeps_what_was_committed_and_the_next_one_finishes(
    run: Import, sqlite_in_force: ObservationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_file, "ROWS_A_CHUNK", 5)
    text = HEAD + "".join(f"2026-07-16 {hour:02d}:00,东四,{hour},{hour}\n" for hour in range(24))
    chunks = []

    def stop_at_the_third(self: Any, runs: Any) -> None:
        chunks.append(1)
        if len(chunks) == 3:
            raise KeyboardInterrupt
        self._committer.commit(runs)

    with monkeypatch.context() as stopped:
        stopped.setattr(import_file._Target, "commit", stop_at_the_third)
        report = run(text)
    assert report.interrupted
    assert (report.accepted, sqlite_in_force.newest_id()) == (20, 20)
    rest = run(text)
    assert (rest.already_there, rest.accepted) == (20, 28)


def test_one_real_station_and_one_the_mapping_has_never_seen(
    run: Import, shared_data: Path, sqlite_in_force: ObservationStore, tmp_path: Path
) -> None:
    source = shared_data / "air-quality" / "PRSA_Data_Dongsi_20130301-20170228.csv"
    lines = source.read_text().splitlines(keepends=True)[:2001]
    unseen = [lines[0], *(line.replace('"Dongsi"', '"Guanyuan"') for line in lines[1:])]
    mapping = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    first = run("".join(lines), mapping, name="PRSA_Data_Dongsi.csv")
    second = run("".join(unseen), mapping, name="PRSA_Data_Guanyuan.csv")
    cells = [cell for row in csv.DictReader(lines) for name, cell in row.items() if name in mapping["columns"]]
    assert first.read == second.read == first.accepted == second.accepted == sum(cell != "NA" for cell in cells)
    assert first.missing == sum(cell == "NA" for cell in cells)
    assert {one.thing_key for one in port.datastreams("pm25")} == {"prsa/Dongsi", "prsa/Guanyuan"}
    wanted = [float(row["PM2.5"]) for row in csv.DictReader(lines) if row["PM2.5"] != "NA"]
    assert sqlite_in_force.series(stream_of("pm25")).result.tolist() == wanted
    assert to_datetime(sqlite_in_force.series(stream_of("pm25")).time_us[0]).isoformat() == "2013-02-28T16:00:00+00:00"


@pytest.fixture
def command() -> Callable[..., Any]:
    app = typer.Typer()
    cli.register(app)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_reports_json_and_writes_rejected_rows(
    command: Callable[..., Any], run: Import, tmp_path: Path
) -> None:
    mapping, data, rejected = tmp_path / "map.yaml", tmp_path / "a.csv", tmp_path / "rejected.csv"
    mapping.write_text(yaml.safe_dump(MAPPING, allow_unicode=True), encoding="utf-8")
    data.write_text(HEAD + "2026-07-16 01:00,a,10,1\n2026-07-16 02:00,a,x,1\n", encoding="utf-8")
    result = command("import", data, "--mapping", mapping, "--rejected", rejected)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["read"], report["accepted"], report["rejected"]) == (3, 3, 1)
    rows = list(csv.DictReader(rejected.open(encoding="utf-8")))
    assert [(row["line"], row["column"], row["value"], row["reason"]) for row in rows] == [
        ("3", "PM2.5", "x", "not a finite number")
    ]
    again = json.loads(command("import", data, "--mapping", mapping).stdout)
    assert (again["accepted"], again["already_there"]) == (0, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("thing: [", "is not YAML"),
        ("", "the mapping is empty; allowed: keys file, thing"),
        ("thing: {key: a}\ntime: {zone: UTC}\ncolumns: {}", "time needs either"),
    ],
)
def test_a_wrong_mapping_is_bad_input(
    command: Callable[..., Any], run: Import, tmp_path: Path, text: str, message: str
) -> None:
    mapping, data = tmp_path / "map.yaml", tmp_path / "a.csv"
    mapping.write_text(text)
    data.write_text(HEAD)
    error = command("import", data, "--mapping", mapping).exception
    assert isinstance(error, BadRequest)
    assert message in error.detail
    missing = command("import", tmp_path / "no.csv", "--mapping", mapping).exception
    assert isinstance(missing, BadRequest)


def test_things_are_loaded_from_a_file_all_or_none(command: Callable[..., Any], run: Import, tmp_path: Path) -> None:
    file = tmp_path / "things.yaml"
    document = {
        "properties": MAPPING["properties"],
        "things": [
            {"key": "d1", "name": "积水计", "longitude": 120, "latitude": 30, "datastreams": [{"property": "pm25"}]}
        ],
    }
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    for _ in range(2):
        assert json.loads(command("things", "load", file).stdout) == {"properties": 2, "things": 1, "datastreams": 1}
    assert [one["key"] for one in json.loads(command("things", "list").stdout)] == ["d1/pm25"]
    document["things"].append({"key": "d2", "datastreams": [{"property": "pm25"}, {"sensor": "x"}]})
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    error = command("things", "load", file).exception
    assert isinstance(error, BadRequest)
    assert "things[1].datastreams[1]: Object missing required field `property`" in error.detail
    assert len(port.datastreams()) == 1


def test_kill_9_during_an_import_loses_nothing_and_the_next_one_doubles_nothing(
    tmp_path: Path, shared_data: Path
) -> None:
    """The real command in a process of its own, killed in the middle, run again."""
    environment = {
        **os.environ,
        "CITYLOOP_HOME": str(tmp_path),
        "CITYLOOP_DATABASE_URL": f"sqlite:///{tmp_path}/city.sqlite3",
    }
    environment.pop("CITYLOOP_OBSERVATIONS_URL", None)
    source = shared_data / "air-quality" / "PRSA_Data_Tiantan_20130301-20170228.csv"
    data = tmp_path / "PRSA_Data_Tiantan.csv"
    data.write_text("".join(source.read_text().splitlines(keepends=True)[:12001]))
    program = [sys.executable, str(Path(__file__).with_name("import_process.py")), str(data), str(EXAMPLE)]
    store_path = tmp_path / "observations.sqlite3"
    victim = subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while _rows(store_path) == 0 and victim.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    held = _rows(store_path)
    done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120, check=True)
    report = json.loads(done.stdout)
    assert report["already_there"] == held > 0
    assert report["accepted"] + held == report["read"] == _rows(store_path)


def _rows(path: Path) -> int:
    import sqlite3

    try:
        with sqlite3.connect(path) as connection:
            return int(connection.execute("SELECT newest_id FROM observation_head").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return 0
