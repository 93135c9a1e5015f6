"""What this feature hears."""

from cityloop.decide.ledger.contracts import DecisionMade
from cityloop.kernel.events.port import handles
from cityloop.serve.incidents.contracts import IncidentChanged
from cityloop.serve.orders import dispatching


@handles(DecisionMade)
def dispatch_decision(event: DecisionMade) -> None:
    """A decision was made: its actions become work orders."""
    dispatching.dispatch_decision(event)


@handles(IncidentChanged)
def raise_level(event: IncidentChanged) -> None:
    """An incident got graver: so did its orders."""
    if event.what == "level":
        dispatching.raise_level(event.number)
