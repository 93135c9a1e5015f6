"""The command line from outside: exit codes, messages, a city from init to restore."""

import os
import sqlite3
from pathlib import Path

import pytest
from tests.app.conftest import Command

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("commands")]


def init_arguments(files: dict[str, Path], **changed: str) -> list[str]:
    given = {"--name": "试验市", "--administrator": "admin", "--departments": str(files["departments.csv"])}
    given |= {"--" + key.replace("_", "-"): value for key, value in changed.items()}
    return ["init", *(part for pair in given.items() for part in pair)]


def test_a_city_begins_once(founded: Command, city_files: dict[str, Path]) -> None:
    again = founded(*init_arguments(city_files), CITYLOOP_ADMIN_PASSWORD="lantern-quarry-58")
    assert again.code == 2
    assert "already serves 试验市" in again.err


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("departments.csv", "code,title\nwater,x\n", "has no column name; its columns are code, title"),
        ("departments.csv", "code,name\nwater,\n", "row 1: code and name must not be empty"),
        ("districts.geojson", '{"features": [{"properties": {"code": "1"}}]}', "feature 1: the properties name"),
        ("districts.geojson", "[1, 2", "is not a GeoJSON FeatureCollection"),
        (
            "districts.geojson",
            '{"features": [{"properties": {"code": "12", "name": "x"}, "geometry": {"type": "Point"}}]}',
            "districts.geojson, feature 1: code '12': A division code has six digits",
        ),
        ("departments.csv", "code,name,parent\na,甲局,none\n", "row 1: the parent 'none' is not in the file"),
        ("departments.csv", "code,name,parent\na,甲局,b\nb,乙局,a\n", "row 1: the parent 'b' is below itself"),
        ("departments.csv", "code,name\na,甲局\na,乙局\n", "row 2: code 'a' stands in row 1 already"),
        ("departments.csv", "code,name\ncity,甲局\n", "row 1: code 'city'; allowed: 1 to 40 letters"),
        ("departments.csv", "code,name\n甲 局,甲局\n", "row 1: code '甲 局'; allowed: 1 to 40 letters"),
        ("departments.csv", "code,name\n", "has no rows"),
        ("districts.geojson", '{"features": [1]}', "feature 1: the properties code, name are missing"),
        (
            "districts.geojson",
            '{"features": [{"properties": {"code": "429101", "name": "x"}, "geometry": {"type": "Polygon", '
            '"coordinates": [[[512345, 3390000], [512346, 3390000], [512346, 3390001], [512345, 3390000]]]}}]}',
            "not metres of a projection",
        ),
    ],
)
def test_a_wrong_file_is_named_and_nothing_is_entered(
    cityloop: Command, city_files: dict[str, Path], name: str, text: str, message: str
) -> None:
    city_files[name].write_text(text)
    answer = cityloop(
        *init_arguments(city_files, districts=str(city_files["districts.geojson"])),
        CITYLOOP_ADMIN_PASSWORD="lantern-quarry-58",
    )
    assert answer.code == 2
    assert message in answer.err
    assert "Traceback" not in answer.err
    assert cityloop("doctor").out.count("there is no city yet") == 1


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        ('{"properties": {"kind": "moon"}}', "feature 1: kind 'moon'; allowed: land, block"),
        ('{"properties": {"kind": "road"}}', "feature 1: it has no geometry"),
        ("1", "feature 1: the properties kind are missing"),
    ],
)
def test_a_wrong_map_is_named(
    cityloop: Command, city_files: dict[str, Path], tmp_path: Path, feature: str, message: str
) -> None:
    (tmp_path / "map.geojson").write_text(f'{{"features": [{feature}]}}')
    answer = cityloop(
        *init_arguments(city_files, map=str(tmp_path / "map.geojson")), CITYLOOP_ADMIN_PASSWORD="lantern-quarry-58"
    )
    assert answer.code == 2
    assert message in answer.err


def test_departments_come_in_any_order(cityloop: Command, city_files: dict[str, Path]) -> None:
    city_files["departments.csv"].write_text("code,name,parent\ncrew,排水队,water\nwater,市水利局,\n")
    answer = cityloop(*init_arguments(city_files), CITYLOOP_ADMIN_PASSWORD="lantern-quarry-58")
    assert answer.code == 0, answer.err
    assert answer.json()["departments"] == 2


def test_a_file_in_another_encoding_is_named(cityloop: Command, city_files: dict[str, Path]) -> None:
    city_files["departments.csv"].write_bytes("code,name\nwater,市水利局\n".encode("gb18030"))
    answer = cityloop(*init_arguments(city_files), CITYLOOP_ADMIN_PASSWORD="lantern-quarry-58")
    assert answer.code == 2
    assert "is not UTF-8" in answer.err


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"time_zone": "Mars/Base"}, "allowed: an IANA name"), ({"language": "fr"}, "allowed: zh-hans or en")],
)
def test_a_wrong_option_is_named(
    cityloop: Command, city_files: dict[str, Path], changed: dict[str, str], message: str
) -> None:
    answer = cityloop(*init_arguments(city_files, **changed), CITYLOOP_ADMIN_PASSWORD="lantern-quarry-58")
    assert answer.code == 2
    assert message in answer.err


def test_migrate_can_be_run_again(founded: Command) -> None:
    assert founded("migrate").code == 0
    assert founded("migrate").code == 0


def test_settings_show_values_and_hide_secrets(cityloop: Command) -> None:
    answer = cityloop("settings", CITYLOOP_SECRET_KEY="do-not-print", CITYLOOP_PORT="8123")
    assert answer.code == 0
    assert "8123  [environment]" in answer.out
    assert "do-not-print" not in answer.out
    wrong = cityloop("settings", CITYLOOP_PORT="eighty")
    assert wrong.code == 2
    assert "allowed: a number" in wrong.err


def test_the_doctor_names_what_is_wrong_and_what_to_do(founded: Command, home: Path) -> None:
    well = founded("doctor")
    assert well.code == 0, well.out
    assert "试验市" in well.out
    with sqlite3.connect(home / "city.sqlite3") as database:
        database.execute("DELETE FROM kernel_people_post")
    ill = founded("doctor")
    assert ill.code == 1
    assert "no administrator is active" in ill.out


def test_a_database_that_cannot_be_reached_ends_with_three(cityloop: Command) -> None:
    answer = cityloop("migrate", CITYLOOP_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")
    assert answer.code == 3
    assert "the database can't be used: connection failed" in answer.err
    assert answer.err.count("\n") == 1


def test_a_home_that_cannot_be_is_named(cityloop: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    answer = cityloop("doctor", CITYLOOP_HOME=str(tmp_path / "file" / "home"))
    assert answer.code == 2
    assert "Not a directory" in answer.err
    assert "Traceback" not in answer.err


def test_backup_and_restore_into_another_home(founded: Command, tmp_path: Path, home: Path) -> None:
    key = founded("sense", "key", "create", "gauges")
    assert key.code == 0, key.err
    file = tmp_path / "copy.tar"
    assert founded("backup", str(file)).code == 0
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    other = {"CITYLOOP_HOME": str(tmp_path / "other")}
    restored = founded("restore", str(file), **other)
    assert restored.code == 0, restored.err
    assert "试验市" in founded("doctor", **other).out
    assert "gauges" in founded("sense", "key", "list", **other).out
    refused = founded("restore", str(file), **other)
    assert refused.code == 2
    assert "--force" in refused.err
    assert founded("restore", str(file), "--force", **other).code == 0


def test_a_damaged_backup_is_refused_and_nothing_is_touched(founded: Command, tmp_path: Path) -> None:
    file = tmp_path / "copy.tar"
    founded("backup", str(file))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    answer = founded("restore", str(file), "--force")
    assert answer.code == 2
    assert "damaged" in answer.err or "not a backup" in answer.err
    assert "试验市" in founded("doctor").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("backup", "."), "is a folder; name a file in it"),
        (("backup", "/proc/none/copy.tar"), "can't be made"),
        (("restore", "none.tar"), "does not exist"),
    ],
)
def test_a_wrong_path_of_a_backup_is_named(founded: Command, arguments: tuple[str, ...], message: str) -> None:
    answer = founded(*arguments)
    assert answer.code == 2
    assert message in answer.err
    assert "Traceback" not in answer.err


def test_nothing_is_copied_where_there_is_no_city(cityloop: Command, tmp_path: Path) -> None:
    answer = cityloop("backup", str(tmp_path / "copy.tar"))
    assert answer.code == 2
    assert "There is no city in" in answer.err
    assert not (tmp_path / "copy.tar").exists()


def test_the_example_of_devices_can_be_loaded_again(founded: Command) -> None:
    file = str(Path(__file__).resolve().parents[2] / "examples" / "things.yaml")
    for _ in range(2):
        answer = founded("sense", "things", "load", file)
        assert answer.json() == {"properties": 2, "things": 2, "datastreams": 2}, answer.err


def test_run_refuses_what_it_must(founded: Command) -> None:
    opened = founded("run", "--host", "0.0.0.0", CITYLOOP_STA_OPEN="1")
    assert opened.code == 2
    assert "needs a loopback address" in opened.err
    role = founded("run", "--role", "emperor")
    assert role.code == 2
    assert "allowed: web, ingest, worker" in role.err


def test_run_asks_for_migrate_first(cityloop: Command) -> None:
    answer = cityloop("run")
    assert answer.code == 2
    assert "run `cityloop migrate` first" in answer.err


def test_the_signing_key_is_made_once_and_private(founded: Command, home: Path) -> None:
    first = (home / "secret-key").read_text()
    founded("settings")
    assert (home / "secret-key").read_text() == first
    assert oct(os.stat(home / "secret-key").st_mode & 0o777) == "0o600"
