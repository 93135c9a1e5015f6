"""What a search finds, each kind bounded, and only what the reader may open."""

from dataclasses import dataclass
from typing import Final

from cityloop.decide.ledger.port import decision
from cityloop.desk.search.numbers import quoted_number
from cityloop.kernel.geography.contracts import DistrictView
from cityloop.kernel.geography.port import districts
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.sense.observations.contracts import DatastreamView
from cityloop.sense.observations.port import datastreams
from cityloop.serve.incidents.contracts import IncidentFilter, IncidentView
from cityloop.serve.incidents.port import incident, incidents
from cityloop.serve.orders.contracts import OrderView
from cityloop.serve.orders.port import live_orders, may_see, order

OF_A_KIND_MAX: Final = 20
ORDERS_READ_MAX: Final = 5000


@dataclass(frozen=True)
class Found:
    """What was found, at most 20 of a kind."""

    incidents: tuple[IncidentView, ...] = ()
    orders: tuple[OrderView, ...] = ()
    streams: tuple[DatastreamView, ...] = ()
    districts: tuple[DistrictView, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there is any hit."""
        return bool(self.incidents or self.orders or self.streams or self.districts)


def exact(text: str, person: PersonView) -> str:
    """The page of a number that was typed in full, or nothing."""
    quoted = quoted_number(text)
    if quoted is None:
        return ""
    kind, number = quoted
    sees_incidents = person.may(Permission.VIEW_OPERATIONS)
    if kind == "incident":
        return f"/incidents/{number}" if sees_incidents and incident(number) else ""
    if kind == "decision":
        made = decision(number) if sees_incidents else None
        return f"/incidents/{made.incident_number}#decide" if made else ""
    found = order(number)
    return f"/orders/{number}" if found and may_see(person, found) else ""


def find(text: str, person: PersonView) -> Found:
    """Everything that holds the words."""
    wanted = text.casefold()
    sees_city = person.may(Permission.VIEW_OPERATIONS)
    return Found(
        incidents=tuple(incidents(IncidentFilter(text=text), limit=OF_A_KIND_MAX)) if sees_city else (),
        orders=tuple(
            one
            for one in live_orders(limit=ORDERS_READ_MAX)
            if _holds(
                wanted,
                one.number,
                one.title,
                one.title_en,
                one.place_name,
                one.place_name_en,
                one.action,
                one.action_en,
            )
            and may_see(person, one)
        )[:OF_A_KIND_MAX],
        streams=tuple(
            one
            for one in datastreams()
            if _holds(wanted, one.key, one.name, one.name_en, one.thing_key, one.thing_name, one.thing_name_en)
        )[:OF_A_KIND_MAX]
        if person.may(Permission.VIEW_DATA)
        else (),
        districts=tuple(one for one in districts() if _holds(wanted, one.code, one.name, one.name_en))[:OF_A_KIND_MAX]
        if sees_city
        else (),
    )


def _holds(wanted: str, *texts: str) -> bool:
    return any(wanted in text.casefold() for text in texts)
