"""What this feature hears."""

from cityloop.kernel.events.port import handles
from cityloop.kernel.loop.contracts import FactChanged, IncidentDetected
from cityloop.serve.incidents import facts


@handles(IncidentDetected)
def open_incident(event: IncidentDetected) -> None:
    """A detection found something: open its incident."""
    facts.open_incident(event)


@handles(FactChanged)
def change_fact(event: FactChanged) -> None:
    """The fact behind an incident changed."""
    facts.change_fact(event)
