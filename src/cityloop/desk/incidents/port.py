"""What the other features of the desk may call."""

from cityloop.desk.incidents.choices import Choices, filter_choices, read_filter
from cityloop.desk.incidents.filters import ALL, LIVE, Wanted

__all__ = ["ALL", "LIVE", "Choices", "Wanted", "filter_choices", "read_filter"]
