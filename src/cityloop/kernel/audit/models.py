"""Audit records, added to and never changed."""

from typing import ClassVar

from django.db import models


class AuditRecord(models.Model):
    """One act. `actor` is `machine:<part>`, `person:<id>` or `key:<id>`."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["object_kind", "object_id", "id"], name="audit_by_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action} {self.object_kind} {self.object_id}"
