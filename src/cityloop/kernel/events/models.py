"""The outbox and what was done with it."""

from typing import ClassVar

from django.db import models


class OutboxEvent(models.Model):
    """A fact other features may want to hear of."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        DEAD = "dead"

    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.FloatField(default=0, help_text="Unix seconds on the real clock.")
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(state="pending"), name="outbox_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.state}"


class HandledEvent(models.Model):
    """A handler has done its work for an event: it never does it again."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="handled")
    handler = models.CharField(max_length=160)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "handler"], name="handled_once")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.handler}"
