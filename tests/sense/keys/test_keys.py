"""Keys: shown once, kept as a hash, revocable."""

from datetime import timedelta

import pytest

from cityloop.kernel.audit.models import AuditRecord
from cityloop.kernel.problems import Conflict, Invalid, NotFound
from cityloop.sense.keys import port
from cityloop.sense.keys.models import Key
from cityloop.sense.keys.tokens import new_token

pytestmark = pytest.mark.django_db


def test_a_token_opens_and_is_not_kept() -> None:
    key, token = port.create_key("gateway 1")
    assert token.startswith("cl_")
    assert len(token) == 46
    assert port.verify(token) is not None
    row = Key.objects.get()
    kept = [str(value) for value in (row.name, row.hint, bytes(row.digest).hex())]
    assert not any(token in value for value in kept)
    assert token.startswith(row.hint)
    assert AuditRecord.objects.get(action="key.created").object_id == str(key.id)


@pytest.mark.parametrize(
    "token", ["", "cl_", "nonsense", "cl_" + "x" * 43, "cl_" + "字" * 43, new_token()], ids=range(6)
)
def test_another_token_opens_nothing(token: str) -> None:
    port.create_key("gateway 1")
    assert port.verify(token) is None


def test_a_revoked_key_opens_nothing_and_stays_revoked() -> None:
    _, token = port.create_key("gateway 1")
    assert port.revoke_key("gateway 1")
    assert port.verify(token) is None
    assert not port.revoke_key("gateway 1")
    assert AuditRecord.objects.filter(action="key.revoked").count() == 1


def test_use_is_noted_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    from cityloop.kernel import clock

    _, token = port.create_key("gateway 1")
    assert port.all_keys()[0].used_at is None
    port.verify(token)
    first = port.all_keys()[0].used_at
    assert first is not None
    port.verify(token)
    assert port.all_keys()[0].used_at == first
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=2))
    port.verify(token)
    assert port.all_keys()[0].used_at == now + timedelta(hours=2)


def test_wrong_names_get_a_clear_error() -> None:
    port.create_key("gateway 1")
    with pytest.raises(Conflict, match="There is a key named 'gateway 1' already"):
        port.create_key("gateway 1 ")
    with pytest.raises(Invalid, match="allowed: 1 to 80 printable characters"):
        port.create_key("  ")
    with pytest.raises(NotFound, match="There is no key named 'nobody'"):
        port.revoke_key("nobody")
