"""The staff on duty: once a minute of the city's time everybody looks at what there is to do, and does it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cityloop.decide.ledger import port as ledger
from cityloop.demo.city.contracts import City
from cityloop.demo.city.port import DUTY_OFFICERS
from cityloop.demo.staff import pace
from cityloop.demo.staff.crews import Crews
from cityloop.demo.staff.roster import Roster, attempt
from cityloop.demo.staff.verifying import GridWorkers
from cityloop.demo.storm.port import BY_PROPERTY, World
from cityloop.serve.orders import port as orders
from cityloop.serve.orders.contracts import OrderState

LISTED_MAX = 300
# Somebody who comes this soon after the water has gone still sees the wet street.
TRACES_MIN = 120.0
NEVER = -1e9


class Shift:
    """Everybody at work.

    Args:
        city: The made city. `world`: what is true, and what crews change.
    """

    def __init__(self, city: City, world: World) -> None:
        self._world, self._seed = world, city.seed
        self._roster = Roster(city)
        self._crews = Crews(self._roster, world, self._was_real_before)
        self._grid_workers = GridWorkers(self._roster, world, self._was_real_before)
        # Minute at which a spot last was really above its threshold.
        self._was_real: dict[str, float] = {}

    def look_around(self) -> None:
        """See what is really going on; every minute, also those in which nobody acts."""
        for device, value in zip(self._roster.city.devices, self._world.truth, strict=True):
            rule = BY_PROPERTY.get(device.property)
            if rule is not None and value >= rule.at_least:
                self._was_real[device.key] = self._world.minute

    def act(self, now: datetime) -> int:
        """Do what is due.

        Args:
            now: The city's time, of the world's minute.

        Returns:
            How many acts were done.
        """
        live = orders.live_orders(limit=LISTED_MAX)
        done = self._decide(now)
        done += self._crews.accept([one for one in live if one.state is OrderState.DISPATCHED], now)
        done += self._crews.handle([one for one in live if one.state is OrderState.HANDLING])
        done += self._send_again()
        if any(one.state is OrderState.REPORTED for one in live):
            done += self._grid_workers.verify(now)
        return done

    def _decide(self, now: datetime) -> int:
        """The duty officers take what is proposed, after a look at it."""
        done = 0
        for decision in ledger.waiting()[:LISTED_MAX]:
            waited = (now - decision.proposed_at).total_seconds() / 60.0
            if waited >= pace.decision_wait_min(self._seed, decision.number):
                officer = DUTY_OFFICERS[int(decision.number[-1]) % len(DUTY_OFFICERS)]
                done += attempt(ledger.decide, decision.number, decision.default_key, by=self._roster.person(officer))
        return done

    def _send_again(self) -> int:
        """The duty officer looks up whose it is: it was the department's after all."""
        return sum(
            attempt(
                orders.dispatch_again,
                order.number,
                department_code=order.department_code,
                crew=order.crew,
                crew_en=order.crew_en,
                reason="经核对权属台账，该点位由贵单位管养，请限时处置。",
                reason_en="By the register of facilities this spot is yours to maintain; please handle it in time.",
                by=self._roster.person(DUTY_OFFICERS[0]),
            )
            for order in orders.returned_orders()[:LISTED_MAX]
        )

    def _was_real_before(self, key: str, minute: float) -> bool:
        return minute - self._was_real.get(key, NEVER) <= TRACES_MIN

    def state(self) -> dict[str, Any]:
        """Everything needed to go on from here, as plain values."""
        where = {number: list(at) for number, at in self._roster.where.items()}
        return {"jobs": self._crews.state(), "where": where, "was_real": self._was_real}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that `state` gave."""
        self._crews.restore(state["jobs"])
        self._roster.where |= {number: (at[0], at[1]) for number, at in state["where"].items()}
        self._was_real = dict(state["was_real"])
