"""What other features may call."""

from cityloop.kernel.events.selectors import counts, kinds_after
from cityloop.kernel.events.services import deliver, handles, publish, revive_dead

__all__ = ["counts", "deliver", "handles", "kinds_after", "publish", "revive_dead"]
