"""Who works in the made city, where they are, and what each order is about."""

import logging
from collections.abc import Callable
from math import hypot
from typing import Any

from cityloop.demo.city.contracts import City, Device, StaffMember
from cityloop.demo.city.port import metres
from cityloop.demo.staff.pace import dice
from cityloop.kernel.people.contracts import PersonView
from cityloop.kernel.people.port import person_by_staff_number
from cityloop.kernel.problems import Conflict, Problem
from cityloop.sense.observations import port as observations
from cityloop.serve.incidents import port as incidents

log = logging.getLogger(__name__)


class Roster:
    """The staff and the spots they are sent to.

    Args:
        city: The made city.
    """

    def __init__(self, city: City) -> None:
        self.city = city
        self.devices = {device.key: device for device in city.devices}
        self.members = {member.staff_number: member for member in city.staff}
        # Where each one is now, degrees: workers stay where their last work was.
        self.where = {one.staff_number: (one.longitude, one.latitude) for one in city.staff}
        self._people: dict[str, PersonView] = {}
        self._streams: dict[int, Device] = {}

    def person(self, staff_number: str) -> PersonView:
        """Somebody as the platform knows them.

        Raises:
            Conflict: Nobody has this staff number.
        """
        if staff_number not in self._people:
            found = person_by_staff_number(staff_number)
            if found is None:
                raise Conflict(
                    f"Staff number {staff_number} is not in the made city. Begin anew with `cityloop demo --fresh`."
                )
            self._people[staff_number] = found
        return self._people[staff_number]

    def one_of(self, role: str, *, department: str = "", district: str = "", pick: str = "") -> StaffMember | None:
        """Somebody of a role, of a department or district when asked; `pick` makes the choice repeatable."""
        found = [
            member
            for member in self.city.staff
            if member.role == role
            and (not department or member.department == department)
            and (not district or member.district_code == district)
        ]
        return found[dice(self.city.seed, "pick", pick).randrange(len(found))] if found else None

    def workers(self, department: str) -> list[StaffMember]:
        """The crew members of a department."""
        return [member for member in self.city.staff if member.role == "worker" and member.department == department]

    def distance_m(self, staff_number: str, device: Device) -> float:
        """Straight line from where somebody is to a device, metres."""
        x, y = metres(*self.where[staff_number])
        to_x, to_y = metres(device.longitude, device.latitude)
        return hypot(to_x - x, to_y - y)

    def device_of(self, incident_number: str) -> Device | None:
        """The device whose readings opened an incident; None when it was none of the made city's."""
        incident = incidents.incident(incident_number)
        return self.device(incident.datastream_id) if incident is not None else None

    def device(self, datastream_id: int) -> Device | None:
        """The device of a Datastream."""
        if datastream_id not in self._streams:
            for stream in observations.datastreams():
                if stream.thing_key in self.devices:
                    self._streams[stream.id] = self.devices[stream.thing_key]
        return self._streams.get(datastream_id)


def attempt(act: Callable[..., Any], *values: Any, **named: Any) -> int:
    """An act of a person: 1 when it was done, 0 when it was refused, for a visitor may have been faster."""
    try:
        act(*values, **named)
    except Problem as problem:
        log.info("staff act refused", extra={"act": act.__name__, "status": problem.status})
        return 0
    return 1
