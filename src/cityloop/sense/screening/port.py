"""What other features may call."""

from cityloop.sense.screening.contracts import NO_LIMITS, Limits, Quality, Reason, reason_names
from cityloop.sense.screening.flags import StreamState, quality_of

__all__ = ["NO_LIMITS", "Limits", "Quality", "Reason", "StreamState", "quality_of", "reason_names"]
