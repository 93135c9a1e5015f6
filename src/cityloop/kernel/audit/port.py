"""What other features may call."""

from cityloop.kernel.audit.selectors import trail
from cityloop.kernel.audit.services import record

__all__ = ["record", "trail"]
