"""What this feature hears."""

from cityloop.kernel.events.port import handles
from cityloop.serve.incidents.contracts import IncidentChanged, IncidentClosed
from cityloop.supervise.scores.services import score_incident


@handles(IncidentClosed)
def score_closed(event: IncidentClosed) -> None:
    """An incident was closed: score it."""
    score_incident(event.number)


@handles(IncidentChanged)
def score_again(event: IncidentChanged) -> None:
    """The fact of a closed incident ended (or its end moved): its effect can be judged now."""
    if event.what == "ended" and event.state in {"closed", "assessed"}:
        score_incident(event.number)
