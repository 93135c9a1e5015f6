"""The process beside web and worker: devices send over HTTP and staff act, minute by minute of the city's clock."""

import logging
import signal
import threading
import time

from django.db import close_old_connections
from django.db.utils import DatabaseError

from cityloop.demo.city.port import build_city
from cityloop.demo.run import keeping
from cityloop.demo.run.sending import Sender
from cityloop.demo.run.story import minute_of
from cityloop.demo.run.troupe import Troupe
from cityloop.kernel import clock
from cityloop.kernel.problems import Conflict, Unavailable
from cityloop.sense.observations import port as observations

log = logging.getLogger(__name__)

NAP_S_MOST = 1.0
ACT_TRIES = 5


def devices_and_staff(base_url: str) -> None:
    """Live with the city's clock until a signal comes.

    A minute is over when its readings are acknowledged and the staff have acted; then the state is kept. Killed at any
    moment, the process does the unfinished minute again: the model sends the same readings, and the server knows them.

    Args:
        base_url: The address of the server.

    Raises:
        Conflict: The city's history was not made.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    about = keeping.read_about()
    troupe = Troupe(build_city(int(about["seed"]))) if about else None
    if about is None or troupe is None or not troupe.resume():
        raise Conflict("There is no made city to go on with here. Run `cityloop demo`, which makes one.")
    streams = {stream.thing_key: stream.id for stream in observations.datastreams()}
    sender = Sender(base_url, str(about["key"]), streams, stopping)
    while not stopping.is_set():
        wait_min = troupe.minute + 1 - minute_of(clock.now())
        if wait_min > 0:
            stopping.wait(min(NAP_S_MOST, wait_min * 60.0 / clock.speed()))
            continue
        if not sender.send(troupe.pass_minute()):
            break
        _act(troupe)
        troupe.keep()
    sender.close()


def _act(troupe: Troupe) -> None:
    """Let the staff act; a database that is busy for a moment is tried again, and else the staff act a minute later."""
    for _ in range(ACT_TRIES):
        try:
            troupe.act()
            return
        except (DatabaseError, Unavailable):
            log.warning("the staff could not act; they try again")
            close_old_connections()
            time.sleep(0.2)
