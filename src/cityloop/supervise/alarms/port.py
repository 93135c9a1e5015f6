"""What other features may call."""

from cityloop.supervise.alarms.selectors import alarms_for, open_alarms
from cityloop.supervise.alarms.services import check_overdue

__all__ = ["alarms_for", "check_overdue", "open_alarms"]
