"""What other features may call."""

from cityloop.kernel.numbers.services import next_number

__all__ = ["next_number"]
