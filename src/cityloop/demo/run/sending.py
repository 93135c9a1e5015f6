"""The devices' side of the ingest route: batches over HTTP with a key, sent until the server has acknowledged them."""

import http.client
import json
import logging
import threading
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from cityloop.demo.run.story import time_of
from cityloop.demo.storm.contracts import Reading

log = logging.getLogger(__name__)

PATH: Final = "/v1.1/CreateObservations"
TIMEOUT_S: Final = 20.0
WAIT_S_FIRST: Final = 0.2
WAIT_S_MOST: Final = 5.0
BODY_SHOWN: Final = 300


class RefusedError(RuntimeError):
    """The server read a batch and will not take it: sending it again would not help. The message holds its answer."""


class Sender:
    """Sends readings; a server that is away is tried again until it is back, so that no reading is lost.

    Args:
        base_url: Such as http://127.0.0.1:8000.
        key: The devices' key.
        streams: Device key → Datastream id.
        stopping: Set when the process ends: waiting for the server ends then, too.
    """

    def __init__(self, base_url: str, key: str, streams: Mapping[str, int], stopping: threading.Event) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._streams, self._stopping = streams, stopping
        self._connection: http.client.HTTPConnection | None = None

    def send(self, readings: Iterable[Reading]) -> bool:
        """Send the readings of a minute, one batch for each property, until each batch is acknowledged.

        Returns:
            False when the process was told to stop before.
        """
        batches: dict[str, list[Reading]] = {}
        for reading in readings:
            batches.setdefault(reading.property, []).append(reading)
        return all(self._send_until_taken(body_of(batch, self._streams)) for batch in batches.values())

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send_until_taken(self, body: bytes) -> bool:
        wait = WAIT_S_FIRST
        lost = False
        while not self._stopping.is_set():
            try:
                status, answer = self._post(body)
            except (OSError, http.client.HTTPException) as error:
                status, answer = 503, type(error).__name__
                self.close()
            if status == 201:
                if lost:
                    log.warning("the server is back")
                return True
            if 400 <= status < 500 and status != 429:
                raise RefusedError(f"{PATH} answered {status}: {answer[:BODY_SHOWN]}")
            if not lost:
                log.warning("the server does not take readings; they are kept and sent again", extra={"status": status})
                lost = True
            self._stopping.wait(wait)
            wait = min(WAIT_S_MOST, wait * 2)
        return False

    def _post(self, body: bytes) -> tuple[int, str]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        self._connection.request("POST", PATH, body, self._headers)
        response = self._connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")


def body_of(batch: Iterable[Reading], streams: Mapping[str, int]) -> bytes:
    """A batch as the data array of the SensorThings API (OGC 18-088, clause 13.2)."""
    rows: dict[str, list[list[object]]] = {}
    for reading in batch:
        at = time_of(reading.minute).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows.setdefault(reading.device_key, []).append([at, reading.result])
    return json.dumps(
        [
            {"Datastream": {"@iot.id": streams[key]}, "components": ["phenomenonTime", "result"], "dataArray": values}
            for key, values in rows.items()
        ]
    ).encode()
