"""Reads of the audit trail."""

from cityloop.kernel.audit.contracts import AuditView
from cityloop.kernel.audit.models import AuditRecord


def trail(objects: list[tuple[str, str]], limit: int = 100) -> list[AuditView]:
    """The newest acts on any of these things (kind, id), newest first."""
    from django.db.models import Q

    wanted = Q()
    for kind, key in objects[:200]:
        wanted |= Q(object_kind=kind, object_id=key)
    if not objects:
        return []
    return [
        AuditView(row.at, row.actor, row.action, row.object_kind, row.object_id, row.reason, row.reason_en)
        for row in AuditRecord.objects.filter(wanted).order_by("-id")[:limit]
    ]
