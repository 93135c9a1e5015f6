"""The hours before the visitor comes, played fast through the real pipeline, from screening to scores."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cityloop.analyse.detection import port as detection
from cityloop.demo.run.story import clock_setting, time_of
from cityloop.demo.run.troupe import Troupe
from cityloop.demo.storm.contracts import Reading
from cityloop.kernel.events import port as events
from cityloop.sense.observations import port as observations
from cityloop.sense.observations.contracts import Row, to_us
from cityloop.supervise.alarms.port import check_overdue

ROUNDS_MAX = 200


def play(troupe: Troupe, until: int, *, told: Callable[[int], None] = lambda minute: None) -> None:
    """Let the made city live up to a minute, the city's clock set accordingly.

    Args:
        troupe: World and staff; it goes on from where it is.
        until: Minute (exclusive).
        told: Called after each minute, for a progress bar.
    """
    streams = {stream.thing_key: stream.id for stream in observations.datastreams()}
    with _clock_by_hand() as show:
        while troupe.minute < until - 1:
            readings = troupe.pass_minute()
            # The pipeline looks every two minutes: half the work, and nobody watches yet.
            if troupe.minute < until - 1:
                readings += troupe.pass_minute()
            # A reading is a few seconds on its way.
            show(troupe.minute + 0.1)
            observations.write([_row(reading, streams) for reading in readings])
            _settle()
            if troupe.act():
                events_delivered()
            check_overdue()
            told(troupe.minute)
    troupe.keep()


def events_delivered() -> None:
    """Hand out events until none waits."""
    for _ in range(ROUNDS_MAX):
        if not events.deliver():
            return


def _settle() -> None:
    for _ in range(ROUNDS_MAX):
        if not detection.advance():
            break
    events_delivered()


def _row(reading: Reading, streams: dict[str, int]) -> Row:
    return Row(datastream_id=streams[reading.device_key], time_us=to_us(time_of(reading.minute)), result=reading.result)


@contextmanager
def _clock_by_hand() -> Iterator[Callable[[float], None]]:
    """The city's clock stands where it is put; afterwards it is as before."""
    before = os.environ.get("CITYLOOP_CLOCK")
    anchor = time.time()

    def show(minute: float) -> None:
        os.environ["CITYLOOP_CLOCK"] = clock_setting(minute, 0.0, anchor)

    try:
        yield show
    finally:
        if before is None:
            os.environ.pop("CITYLOOP_CLOCK", None)
        else:
            os.environ["CITYLOOP_CLOCK"] = before
