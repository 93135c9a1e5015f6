"""What a probe wants to know."""

import time

from django.db import DatabaseError, connection

from cityloop.kernel.events.port import counts
from cityloop.kernel.jobs.port import seconds_since_worker


def readiness() -> dict[str, str]:
    """Part → `ok` or what is wrong. Ready means that every part is ok."""
    found: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found["database"] = "ok"
    except DatabaseError as error:
        found["database"] = f"cannot be read: {type(error).__name__}"
        return found
    age = seconds_since_worker()
    if age is None:
        found["worker"] = "has not run yet"
    elif age > 30:
        found["worker"] = f"was last seen {age:.0f} s ago"
    else:
        found["worker"] = "ok"
    dead = counts()["dead"]
    found["events"] = "ok" if dead == 0 else f"{dead} events could not be delivered; see `cityloop doctor`"
    return found


def figures() -> dict[str, float]:
    """Gauges of the moment."""
    waiting = counts()
    age = seconds_since_worker()
    return {
        "cityloop_events_pending": float(waiting["pending"]),
        "cityloop_events_dead": float(waiting["dead"]),
        "cityloop_worker_age_seconds": age if age is not None else float("nan"),
        "cityloop_scrape_time_seconds": time.time(),
    }
