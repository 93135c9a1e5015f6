"""What other features may call."""

from cityloop.kernel.loop.selectors import trace
from cityloop.kernel.loop.services import link

__all__ = ["link", "trace"]
