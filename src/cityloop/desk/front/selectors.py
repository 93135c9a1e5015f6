"""Reading the state of the day: at most once in a few seconds, however many people look."""

import threading
import time
from datetime import UTC, datetime
from datetime import time as time_of_day
from typing import Final

from cityloop.analyse.detection.port import rules
from cityloop.decide.ledger.port import calibration, recent_decisions
from cityloop.desk.front.day import CityDay, LoopToday, Measured, cells_of, matters_of, median_minutes
from cityloop.desk.readings.port import Highest, highest, online, readings
from cityloop.kernel import clock
from cityloop.kernel.geography.port import districts, place_of
from cityloop.kernel.ui.place import city_zone
from cityloop.serve.incidents.contracts import LIVE_STATES, IncidentFilter, IncidentState
from cityloop.serve.incidents.port import incidents, tally
from cityloop.serve.orders.contracts import OrderState
from cityloop.serve.orders.port import live_orders

KEPT_S: Final = 5.0
LIVE_MAX: Final = 3000
CLOSED_MAX: Final = 500
ORDERS_MAX: Final = 5000
DECISIONS_MAX: Final = 1000

_lock = threading.Lock()
_kept: dict[str, tuple[float, CityDay]] = {}


def city_day() -> CityDay:
    """The state of the day."""
    with _lock:
        known = _kept.get("day")
    if known and time.monotonic() - known[0] < KEPT_S:
        return known[1]
    found = _read(clock.now())
    with _lock:
        _kept["day"] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Read it again at the next call."""
    with _lock:
        _kept.clear()


def _read(now: datetime) -> CityDay:
    midnight = datetime.combine(now.astimezone(city_zone()).date(), time_of_day.min, tzinfo=city_zone()).astimezone(UTC)
    counts = tally()
    live = incidents(IncidentFilter(states=LIVE_STATES, past=False), sort="level", limit=LIVE_MAX)
    done = IncidentFilter(states=frozenset({IncidentState.CLOSED, IncidentState.ASSESSED}))
    closed = incidents(done, sort="-closed_at", limit=CLOSED_MAX)
    closed_today = [one for one in closed if one.closed_at is not None and one.closed_at >= midnight]
    decisions = recent_decisions(midnight, limit=DECISIONS_MAX)
    orders = live_orders(limit=ORDERS_MAX)
    newest = readings()
    held = calibration()
    return CityDay(
        at=now,
        in_hand=counts.of_the_day,
        past=counts.past,
        gravest=min((one.level for one in live), default=None),
        opened=counts.opened_today,
        closed=counts.closed_today,
        median_min=median_minutes(closed),
        of=len(closed),
        matters=matters_of(live, {one.code: (one.name, one.name_en) for one in districts()}),
        measured=tuple(_measured(one) for one in highest(newest, now) if one.fresh),
        loop=LoopToday(
            online=online(newest, now),
            rules=len(rules(enabled=True)),
            found=counts.opened_today,
            decisions=len(decisions),
            by_machine=sum(1 for one in decisions if one.decided_by.startswith("machine:")),
            orders=len(orders),
            handling=sum(1 for one in orders if one.state is OrderState.HANDLING),
            closed=counts.closed_today,
            false=sum(1 for one in closed_today if one.result == "false"),
            judged=held.n,
            inside=held.inside,
        ),
        cells=cells_of(live),
    )


def _measured(one: Highest) -> Measured:
    place = place_of(one.reading.longitude, one.reading.latitude)
    return Measured(one, place.district_name, place.district_name_en)
