"""Sending readings to a server that is slow, away or says no."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cityloop.demo.run import sending
from cityloop.demo.run.sending import RefusedError, Sender, body_of
from cityloop.demo.storm.contracts import Reading

READINGS = [Reading("SW-0417", "water_depth", 1016, 15.2), Reading("RG-01", "rain_rate", 1016, 44.0)]
STREAMS = {"SW-0417": 7, "RG-01": 9}


class Ingest:
    """A stand-in for the ingest route: answers the statuses it was given, then 201."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.taken: list[object] = []
        self.keys: set[str] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.keys.add(self.headers["Authorization"])
                status = outer.statuses.pop(0) if outer.statuses else 201
                if status == 201:
                    outer.taken.append(json.loads(body))
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"[]")

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def ingest(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ingest]:
    monkeypatch.setattr(sending, "WAIT_S_FIRST", 0.01)
    made = Ingest()
    yield made
    made.server.shutdown()


def test_a_batch_is_the_standards_data_array() -> None:
    assert json.loads(body_of(READINGS[:1], STREAMS)) == [
        {
            "Datastream": {"@iot.id": 7},
            "components": ["phenomenonTime", "result"],
            "dataArray": [["2026-07-16T08:56:00Z", 15.2]],
        }
    ]


def test_one_batch_for_each_property_with_the_key(ingest: Ingest) -> None:
    sender = Sender(ingest.url, "secret", STREAMS, threading.Event())
    assert sender.send(READINGS)
    sender.close()
    assert len(ingest.taken) == 2
    assert ingest.keys == {"Bearer secret"}


def test_a_server_that_is_away_loses_nothing(ingest: Ingest) -> None:
    ingest.statuses = [503, 500, 429]
    sender = Sender(ingest.url, "secret", STREAMS, threading.Event())
    assert sender.send(READINGS)
    sender.close()
    assert len(ingest.taken) == 2


def test_no_server_at_all_ends_with_the_signal_to_stop() -> None:
    stopping = threading.Event()
    sender = Sender("http://127.0.0.1:9", "secret", STREAMS, stopping)
    threading.Timer(0.3, stopping.set).start()
    assert not sender.send(READINGS)


def test_a_refusal_is_told_with_the_servers_words(ingest: Ingest) -> None:
    ingest.statuses = [401]
    sender = Sender(ingest.url, "wrong", STREAMS, threading.Event())
    with pytest.raises(RefusedError, match="CreateObservations answered 401"):
        sender.send(READINGS)
    sender.close()
