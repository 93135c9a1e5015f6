"""What other features may call."""

from cityloop.demo.staff.shift import Shift

__all__ = ["Shift"]
