"""What other features see of the audit trail."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AuditView:
    """One act, as shown on a page."""

    at: datetime
    actor: str
    action: str
    object_kind: str
    object_id: str
    reason: str
    reason_en: str
