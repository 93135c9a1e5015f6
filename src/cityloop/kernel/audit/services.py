"""Writing the audit trail."""

from collections.abc import Mapping

from django.db import transaction

from cityloop.kernel import clock
from cityloop.kernel.audit.models import AuditRecord


def record(
    action: str,
    *,
    about: tuple[str, str],
    actor: str = "machine:cityloop",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
    reason_en: str = "",
) -> None:
    """Record an act in the transaction of the fact.

    Args:
        action: `thing.verb`, such as `work_order.accepted`.
        about: Kind and id of the thing acted on.
        actor: `person:<id>`, `machine:<part>` or `key:<id>`; never a name.
        before, after: The fields that changed.
        reason: Why, in the actor's words. reason_en: The same in English, where it was said in both languages.

    Raises:
        RuntimeError: No transaction is open, so the record could outlive a fact that was rolled back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"audit {action}: record it inside the transaction of the fact")
    AuditRecord.objects.create(
        at=clock.now(),
        actor=actor,
        action=action,
        object_kind=about[0],
        object_id=about[1],
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        reason=reason,
        reason_en=reason_en,
    )
