"""The hot path: POST /v1.1/CreateObservations."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from cityloop.kernel import clock
from cityloop.sense.keys import port as keys
from cityloop.sense.observations import catalogue, key_cache
from cityloop.sense.observations.commit import Rows
from cityloop.sense.observations.contracts import Quality
from cityloop.sense.observations.models import ObservedProperty
from cityloop.sense.observations.store import ObservationStore, StoreBusy, StoreFull, store
from cityloop.sense.observations.writer import WriterBusy, close_writer, writer
from tests.sense.observations.asgi_client import block, call, post, run

pytestmark = pytest.mark.django_db

BASE = "http://city.example:8000/v1.1/Observations"
AT = "2026-07-16T10:24:36Z"


@pytest.fixture(autouse=True)
def _past(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def token() -> str:
    return keys.create_key("gateway")[1]


@pytest.fixture
def in_force(sqlite_in_force: ObservationStore) -> ObservationStore:
    return sqlite_in_force


@pytest.fixture
def stream(in_force: ObservationStore, make_stream: Callable[..., int]) -> int:
    return make_stream()


def is_problem(answer: Any, status: int) -> str:
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json
    assert document["status"] == status
    assert document["title"]
    detail: str = document["detail"]
    return detail


def test_rows_are_acknowledged_with_links_once_they_are_committed(
    stream: int, token: str, in_force: ObservationStore
) -> None:
    answer = post([block(stream, [AT, 31.5], ["2026-07-16T18:25:36+08:00", 32])], token=token)
    assert answer.status == 201
    assert answer.json == [f"{BASE}(1)", f"{BASE}(2)"]
    assert in_force.series(stream).result.tolist() == [31.5, 32.0]
    assert "cityloop-errors" not in answer.headers


def test_all_components_of_the_standard(stream: int, token: str, in_force: ObservationStore) -> None:
    components = ["result", "FeatureOfInterest/id", "resultTime", "phenomenonTime"]
    rows = [[5.0, 7, "2026-07-16T10:30:00Z", AT], [6.0, None, None, "2026-07-16T10:25:36Z"]]
    answer = post([block(stream, *rows, components=components)], token=token)
    assert answer.status == 201
    first, second = in_force.latest([stream])[stream], in_force.observation(1)
    assert (first.result, first.result_time_us) == (6.0, None)
    assert second is not None
    assert second.result_time_us == 1_784_197_800_000_000


def test_a_wrong_row_answers_error_in_its_place_and_the_others_stand(
    stream: int, token: str, in_force: ObservationStore
) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    rows: list[Any] = [
        [AT, 1.0],
        [AT, "1.0"],
        [AT, True],
        [AT, None],
        ["1900-01-01T00:00:00Z", 1.0],
        [ahead, 1.0],
        ["2026-07-16T10:24:36", 1.0],
        [AT],
        [AT, 1.0, 2.0],
        [None, 1.0],
        [["x"], 1.0],
        ["2026-07-16T12:00:00Z/2026-07-16T11:00:00Z", 1.0],
        ["2026-07-16T10:25:36Z", 2.0],
    ]
    document = [block(stream, *rows), block(999, [AT, 1.0], [AT, 2.0]), block("one", [AT, 1.0]), block(stream, [AT, 3])]
    document[0]["dataArray"].append("AB")
    answer = post(document, token=token)
    assert answer.status == 201
    good = {0: "1", 12: "2", 17: "3"}
    assert answer.json == [f"{BASE}({good[place]})" if place in good else "error" for place in range(18)]
    errors = json.loads(answer.headers["cityloop-errors"])
    assert [one["row"] for one in errors] == [place for place in range(18) if place not in good]
    said = {one["row"]: one["detail"] for one in errors}
    assert said[1] == "result '1.0'; allowed: a finite number"
    assert said[2] == "result True; allowed: a finite number"
    assert said[4] == "phenomenonTime '1900-01-01T00:00:00Z': allowed: 1970-01-01 to one day from now"
    assert said[5].endswith("allowed: 1970-01-01 to one day from now")
    assert said[6] == (
        "phenomenonTime '2026-07-16T10:24:36': allowed: ISO 8601 with a time zone, such as 2026-07-16T10:24:36Z"
    )
    assert said[7].endswith("allowed: a list of 2: phenomenonTime, result")
    assert said[11].endswith("allowed: an interval that ends after it begins")
    assert said[14] == "Datastream 999 does not exist"
    assert said[16] == "Datastream 'one' does not exist"
    assert in_force.newest_id() == 3


def test_reasons_are_bounded_and_ascii(stream: int, token: str) -> None:
    answer = post([block(stream, *[[AT, "水" * 500]] * 50)], token=token)
    assert answer.json == ["error"] * 50
    header = answer.headers["cityloop-errors"]
    assert header.isascii()
    assert len(json.loads(header)) == 20
    assert len(header) < 8000


def test_sent_again_gives_the_same_links(stream: int, token: str, in_force: ObservationStore) -> None:
    document = [block(stream, [AT, 1.0], ["2026-07-16T10:25:36Z", 2.0])]
    first = post(document, token=token)
    again = post(document, token=token)
    assert first.json == again.json
    other = post([block(stream, [AT, 1.5])], token=token)
    assert other.json == [f"{BASE}(3)"]
    kept = in_force.observation(3)
    assert kept is not None
    assert kept.quality is Quality.SUSPECT


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"not json", "not JSON"),
        (b'[{"Datastream": {"@iot.id": 1}', "not JSON"),
        (
            b'[{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":[["x",NaN]]}]',
            "not JSON",
        ),
        (b"\xff\xfe[]", "not JSON"),
        (b'[{"dataArray":' + b"[" * 100_000, "not JSON"),
        (b"{}", "Expected `array`, got `object`"),
        (b"[1]", "Expected `object`, got `int`"),
        (b'[{"components":[],"dataArray":[]}]', "missing required field `Datastream`"),
        (b'[{"Datastream":{"@iot.id":1.5},"components":[],"dataArray":[]}]', "Expected `int | str`, got `float`"),
        (
            b'[{"Datastream":{"@iot.id":1},"components":["result"],"dataArray":[]}]',
            "allowed: phenomenonTime and result",
        ),
        (
            b'[{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result","colour"],"dataArray":[]}]',
            "allowed: phenomenonTime and result",
        ),
        (b'[{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":{}}]', "Expected `array`"),
    ],
)
def test_not_json_or_not_the_shape_is_400(stream: int, token: str, body: bytes, message: str) -> None:
    detail = is_problem(post(body, token=token), 400)
    assert message in detail
    assert detail.endswith("Nothing was stored.")


def test_results_too_large_for_a_number_are_errors_in_place(stream: int, token: str) -> None:
    body = b'[{"Datastream":{"@iot.id":%d},"components":["phenomenonTime","result"],"dataArray":[["%s",1%s],["%s",7]]}]'
    answer = post(body % (stream, AT.encode(), b"0" * 400, AT.encode()), token=token)
    assert answer.json == ["error", f"{BASE}(1)"]


def test_an_empty_array_is_fine(stream: int, token: str) -> None:
    assert post([], token=token).json == []
    assert post([block(stream)], token=token).json == []


def test_without_a_key_nothing_is_read(stream: int, token: str) -> None:
    for options in ({}, {"token": "cl_" + "x" * 43}, {"token": "x"}, {"headers": {"authorization": f"Basic {token}"}}):
        answer = post([block(stream, [AT, 1.0])], **options)
        is_problem(answer, 401)
        assert answer.headers["www-authenticate"] == 'Bearer realm="cityloop"'
        assert answer.read == 0


def test_an_open_city_needs_no_key(stream: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLOOP_STA_OPEN", "1")
    assert post([block(stream, [AT, 1.0])]).status == 201


def test_a_revoked_key_is_refused_within_5_seconds(stream: int, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_cache.KNOWN_S < 5
    assert post([block(stream, [AT, 1.0])], token=token).status == 201
    keys.revoke_key("gateway")
    now = time.monotonic()
    monkeypatch.setattr(key_cache, "time", SimpleNamespace(monotonic=lambda: now + 5))
    is_problem(post([block(stream, [AT, 1.0])], token=token), 401)


def test_a_large_body_is_refused_unread(stream: int, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLOOP_BODY_MB_MAX", "1")
    announced = post(b"x", token=token, headers={"content-length": str(50 * 1024 * 1024)})
    assert "52428800 bytes; allowed: 1 MB (CITYLOOP_BODY_MB_MAX)" in is_problem(announced, 413)
    assert announced.read == 0
    endless = run(call([b" " * 300_000] * 100, token=token))
    is_problem(endless, 413)
    assert endless.read < 6


def test_a_body_in_pieces_is_put_together(stream: int, token: str) -> None:
    body = json.dumps([block(stream, [AT, 1.0])]).encode()
    pieces = [body[start : start + 7] for start in range(0, len(body), 7)]
    assert run(call(pieces, token=token)).status == 201


def test_a_client_that_leaves_gets_nothing_and_stores_nothing(
    stream: int, token: str, in_force: ObservationStore
) -> None:
    assert run(call([], token=token)).status == 0
    assert in_force.newest_id() == 0


def test_other_methods_are_refused(stream: int, token: str) -> None:
    answer = post(b"", token=token, method="GET")
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"


def test_a_new_datastream_is_known_at_once(stream: int, token: str, make_stream: Callable[..., int]) -> None:
    assert post([block(stream, [AT, 1.0])], token=token).status == 201
    assert post([block(stream + 1, [AT, 1.0])], token=token).json == ["error"]
    other = make_stream("other/pm25")
    assert post([block(other, [AT, 1.0])], token=token).json == [f"{BASE}(2)"]


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (StoreBusy("locked"), 503, "can't be stored just now"),
        (StoreFull("disk is full"), 507, "The server's disk is full"),
    ],
)
def test_a_store_in_trouble_answers_come_back_later_and_the_process_lives_on(
    stream: int, token: str, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, message: str
) -> None:
    def fail(_runs: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(writer()._committer, "commit", fail)
        answer = post([block(stream, [AT, 1.0])], token=token)
        assert message in is_problem(answer, status)
        assert answer.headers["retry-after"] == "1"
    assert post([block(stream, [AT, 1.0])], token=token).json == [f"{BASE}(1)"]


def test_a_full_queue_answers_503(stream: int, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cityloop.sense.observations.writer.WAITING_ROWS_MAX", 5)
    writer()._waiting_rows = 5
    with pytest.raises(WriterBusy):
        writer().submit(Rows([1], [1], [1.0]))
    is_problem(post([block(stream, [AT, 1.0])], token=token), 503)
    writer()._waiting_rows = 0
    assert post([block(stream, [AT, 1.0])], token=token).status == 201


def test_many_at_once_share_commits_and_get_their_own_links(
    stream: int, token: str, in_force: ObservationStore
) -> None:
    async def all_of_them() -> list[Any]:
        start = datetime(2026, 7, 16, tzinfo=UTC)
        bodies = [
            [block(stream, [(start + timedelta(minutes=number)).isoformat(), float(number)])] for number in range(60)
        ]
        return await asyncio.gather(*[call([json.dumps(body).encode()], token=token) for body in bodies])

    links = [answer.json[0] for answer in run(all_of_them())]
    assert len(set(links)) == 60
    held = {f"{BASE}({one})": result for one, result in zip(*_columns(in_force, stream), strict=True)}
    assert [held[link] for link in links] == [float(number) for number in range(60)]


def _columns(target: ObservationStore, stream: int) -> tuple[list[int], list[float]]:
    series = target.series(stream)
    return series.ids.tolist(), series.result.tolist()


def test_changed_limits_are_noticed(stream: int, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    post([block(stream, [AT, 900.0])], token=token)
    ObservedProperty.objects.update(valid_most=500)
    now = time.monotonic()
    monkeypatch.setattr(catalogue, "time", SimpleNamespace(monotonic=lambda: now + 60))
    post([block(stream, ["2026-07-16T10:25:36Z", 901.0])], token=token)
    newest = writer()._committer._store.latest([stream])[stream]
    assert newest.quality is Quality.BAD


def test_a_strange_host_does_not_reach_the_links(stream: int, token: str) -> None:
    answer = post([block(stream, [AT, 1.0])], token=token, headers={"host": 'a"]<script>'})
    assert answer.json == ["http://localhost/v1.1/Observations(1)"]


@pytest.mark.django_db(transaction=True)
def test_with_threads_of_its_own_and_the_real_clock(stream: int, token: str, in_force: ObservationStore) -> None:
    body = json.dumps([block(stream, [AT, 1.0])]).encode()
    assert asyncio.run(call([body], token=token)).json == [f"{BASE}(1)"]
    is_problem(asyncio.run(call([body], token="cl_" + "y" * 43)), 401)
    assert in_force.newest_id() == 1


@pytest.mark.postgres
def test_into_postgresql(
    scratch_url: str, monkeypatch: pytest.MonkeyPatch, make_stream: Callable[..., int], token: str
) -> None:
    monkeypatch.setenv("CITYLOOP_OBSERVATIONS_URL", scratch_url)
    stream = make_stream()
    document = [block(stream, [AT, 1.0], ["2026-07-16T10:25:36Z", 2.0], [AT, 3.0])]
    links = [f"{BASE}(1)", f"{BASE}(2)", f"{BASE}(3)"]
    assert post(document, token=token).json == links
    assert post(document, token=token).json == links
    assert store().series(stream).result.tolist() == [1.0, 3.0, 2.0]
    close_writer()
    store().close()
