"""What the other features of the desk may call."""

from cityloop.desk.readings.extremes import Highest, Online, Reading, highest, online
from cityloop.desk.readings.newest import forget, rain, readings

__all__ = ["Highest", "Online", "Reading", "forget", "highest", "online", "rain", "readings"]
