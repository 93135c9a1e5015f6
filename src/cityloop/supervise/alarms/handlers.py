"""What this feature hears."""

from cityloop.kernel.events.port import handles
from cityloop.serve.orders.contracts import WorkOrderChanged
from cityloop.supervise.alarms.services import clear_settled


@handles(WorkOrderChanged)
def clear_alarms(event: WorkOrderChanged) -> None:
    """An order moved: its alarm may be over."""
    clear_settled(event.number)
