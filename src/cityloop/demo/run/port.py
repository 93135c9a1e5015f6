"""What other features may call."""

from cityloop.demo.run.keeping import read_truth
from cityloop.demo.run.story import minute_of

__all__ = ["minute_of", "read_truth"]
