"""Keys at rest."""

from typing import ClassVar

from django.db import models


class Key(models.Model):
    """A key of a device or gateway. The token itself is not kept."""

    name = models.CharField(max_length=80, unique=True)
    digest = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of the token.")
    hint = models.CharField(max_length=12, help_text="First characters of the token, to recognise it.")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, help_text="Coarse: moves at most once an hour.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
