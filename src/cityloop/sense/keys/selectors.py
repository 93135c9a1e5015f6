"""Reads of keys."""

import hmac
from datetime import timedelta

from cityloop.kernel import clock
from cityloop.sense.keys.contracts import KeyView
from cityloop.sense.keys.models import Key
from cityloop.sense.keys.tokens import digest, well_formed

USED_EVERY = timedelta(hours=1)


def all_keys() -> list[KeyView]:
    """Every key, by name (at most 10,000)."""
    return [view(row) for row in Key.objects.all()[:10_000]]


def verify(token: str) -> KeyView | None:
    """The key a token belongs to, or None when there is none or it was revoked. Notes the use, once an hour."""
    if not well_formed(token):
        return None
    wanted = digest(token)
    row = Key.objects.filter(digest=wanted).first()
    if row is None or not hmac.compare_digest(bytes(row.digest), wanted) or row.revoked_at is not None:
        return None
    now = clock.now()
    if row.used_at is None or abs(now - row.used_at) >= USED_EVERY:
        Key.objects.filter(id=row.id).update(used_at=now)
    return view(row)


def view(row: Key) -> KeyView:
    return KeyView(row.id, row.name, row.hint, row.created_at, row.used_at, row.revoked_at)
