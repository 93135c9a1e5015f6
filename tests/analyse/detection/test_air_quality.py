"""Real data: the episodes of four stations equal a calculation of pandas' own, from the raw files."""

import csv
import io
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import typer
import yaml
from tests.analyse.detection.detection_oracle import Put
from typer.testing import CliRunner

from cityloop.analyse.detection import cli, port
from cityloop.analyse.detection.contracts import RuleDefinition
from cityloop.sense.observations import port as observation_port
from cityloop.sense.observations.import_file import import_files
from cityloop.sense.observations.mapping import parse_mapping

pytestmark = pytest.mark.django_db(transaction=True)

MAPPING = Path(__file__).resolve().parents[3] / "examples" / "air-quality.yaml"
AT_LEAST, MINIMUM, GAP = 250.0, pd.Timedelta(hours=3), pd.Timedelta(hours=6)


def by_pandas(path: Path) -> list[tuple[str, str, int, float, str]]:
    """PM2.5 ≥ 250 µg/m³ for ≥ 3 h, gap 6 h: start, end, count, peak, peak time of each episode."""
    raw = pd.read_csv(path, na_values=["NA"])
    at = pd.to_datetime(raw[["year", "month", "day", "hour"]]).dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC")
    frame = pd.DataFrame({"at": at, "value": raw["PM2.5"]}).dropna()
    frame = frame[frame["value"].between(0, 1000)].sort_values("at").reset_index(drop=True)
    high = frame["value"] >= AT_LEAST
    breaks = (~high) | (~high.shift(fill_value=False)) | (frame["at"].diff() > GAP)
    found = []
    for _, run in frame[high].groupby(breaks.cumsum()[high]):
        if run["at"].iloc[-1] - run["at"].iloc[0] >= MINIMUM:
            peak = run.loc[run["value"].idxmax()]
            found.append(
                (iso(run["at"].iloc[0]), iso(run["at"].iloc[-1]), len(run), float(peak["value"]), iso(peak["at"]))
            )
    return found


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_four_stations_four_years(observations: Put, shared_data: Path) -> None:
    files = sorted((shared_data / "air-quality").glob("PRSA_Data_*.csv"))
    assert len(files) == 4
    wanted = yaml.safe_load(MAPPING.read_text(encoding="utf-8"))
    wanted["columns"] = {"PM2.5": wanted["columns"]["PM2.5"]}
    import_files(files, parse_mapping(wanted), reject=lambda row: None, progress=lambda done: None)
    expected = {}
    for file in files:
        key = f"prsa/{file.name.split('_')[2]}"
        (stream,) = (one for one in observation_port.datastreams(property="pm25") if one.thing_key == key)
        expected[stream.name] = by_pandas(file)
    assert all(len(runs) > 20 for runs in expected.values())

    group = typer.Typer()
    cli.register(group)
    question = ("episodes", "--property", "pm25", "--at-least", "250", "--for", "3h", "--gap", "6h")
    answer = CliRunner().invoke(group, question)
    assert answer.exit_code == 0, answer.output
    printed: dict[str, list[tuple[str, str, int, float, str]]] = {name: [] for name in expected}
    for row in csv.DictReader(io.StringIO(answer.stdout)):
        printed[row["datastream"]].append(
            (row["start"], row["end"], int(row["count"]), float(row["peak"]), row["peak_time"])
        )
    assert printed == expected

    rule = port.add_rule(
        RuleDefinition(
            name="PM2.5 重污染", property="pm25", at_least=250.0, minimum_s=3 * 3600, gap_s=6 * 3600,
            class_kind="matter", class_code="10998", title="{place}空气重污染",
        ),
        by=None,
    )  # fmt: skip
    assert CliRunner().invoke(group, ("detect",)).exit_code == 0
    for stream in observation_port.datastreams(property="pm25"):
        rows = port.episodes(rule_id=rule, datastream_id=stream.id, limit=1000)
        kept = [
            (
                iso(row.start_at),
                iso(row.end_at),
                row.count,
                row.peak,
                iso(row.peak_at),
            )
            for row in sorted(rows, key=lambda row: row.start_at)
        ]
        assert kept == expected[stream.name]
        assert all(row.ended for row in rows)
