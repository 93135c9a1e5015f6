"""What crosses the wall of keys."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class KeyView:
    """A key, without its token. `used_at` is coarse: it moves at most once an hour."""

    id: int
    name: str
    hint: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def actor(self) -> str:
        """The key as an actor of the audit trail."""
        return f"key:{self.id}"
