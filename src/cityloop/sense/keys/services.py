"""Making and revoking keys. Who may do it: whoever may run the command line on the server."""

from django.db import transaction

from cityloop.kernel import clock
from cityloop.kernel.audit.port import record
from cityloop.kernel.problems import Conflict, Invalid, NotFound
from cityloop.sense.keys.contracts import KeyView
from cityloop.sense.keys.models import Key
from cityloop.sense.keys.selectors import view
from cityloop.sense.keys.tokens import digest, new_token

HINT_LENGTH = 8


@transaction.atomic
def create_key(name: str, *, by: str = "machine:cli") -> tuple[KeyView, str]:
    """Make a key.

    Args:
        name: Whose key it is: a gateway, a supplier. 1 to 80 characters.
        by: Actor for the audit trail.

    Returns:
        The key and its token, which can't be shown again.

    Raises:
        Invalid: No name, or too long.
        Conflict: The name is taken.
    """
    name = name.strip()
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise Invalid(
            f"key name {name!r}; allowed: 1 to 80 printable characters.", errors={"name": "1 to 80 characters"}
        )
    if Key.objects.filter(name=name).exists():
        raise Conflict(f"There is a key named {name!r} already. Choose another name: a revoked key keeps its own.")
    token = new_token()
    row = Key.objects.create(name=name, digest=digest(token), hint=token[:HINT_LENGTH], created_at=clock.now())
    record("key.created", about=("key", str(row.id)), actor=by, after={"name": name})
    return view(row), token


@transaction.atomic
def revoke_key(name: str, *, by: str = "machine:cli") -> bool:
    """End a key; servers stop taking it within 5 seconds.

    Returns:
        False when it was revoked before.

    Raises:
        NotFound: No key has this name.
    """
    row = Key.objects.filter(name=name).first()
    if row is None:
        raise NotFound(f"There is no key named {name!r}. `cityloop sense key list` shows all.")
    if row.revoked_at is not None:
        return False
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    record("key.revoked", about=("key", str(row.id)), actor=by)
    return True
