"""Links of the loop."""

from typing import ClassVar

from django.db import models


class Link(models.Model):
    """An arrow from a cause to its effect."""

    from_kind = models.CharField(max_length=20)
    from_id = models.CharField(max_length=40)
    to_kind = models.CharField(max_length=20)
    to_id = models.CharField(max_length=40)
    relation = models.CharField(max_length=30)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["from_kind", "from_id", "to_kind", "to_id", "relation"], name="one_arrow")
        ]
        indexes: ClassVar = [models.Index(fields=["to_kind", "to_id"], name="arrow_backwards")]

    def __str__(self) -> str:
        return f"{self.from_kind} {self.from_id} → {self.relation} → {self.to_kind} {self.to_id}"
