"""Decisions as rows."""

from typing import ClassVar

from django.db import models


class Decision(models.Model):
    """A decision on an incident: proposed, then decided or superseded. Options and inputs are kept as they were."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        DECIDED = "decided"
        SUPERSEDED = "superseded"

    number = models.CharField(max_length=30, unique=True)
    incident_number = models.CharField(max_length=30, db_index=True)
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    class_kind = models.CharField(max_length=12)
    class_code = models.CharField(max_length=5)
    level = models.PositiveSmallIntegerField()
    inputs = models.JSONField()
    options = models.JSONField()
    default_key = models.CharField(max_length=8)
    chosen_key = models.CharField(max_length=8, blank=True)
    reason = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    predicted_minutes = models.FloatField(null=True)
    predicted_low = models.FloatField(null=True)
    predicted_high = models.FloatField(null=True)
    predicted_from = models.CharField(max_length=10, blank=True)
    predicted_n = models.PositiveIntegerField(default=0)

    measured_minutes = models.FloatField(null=True)
    ended_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    confirmed = models.BooleanField(
        null=True, help_text="The incident was verified as true: its outcome counts as history."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident_number"], condition=models.Q(state="proposed"), name="one_open_proposal"
            ),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=4), name="decision_level"),
            models.CheckConstraint(
                condition=~models.Q(state="decided") | (models.Q(decided_at__isnull=False) & ~models.Q(chosen_key="")),
                name="decided_has_choice",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["class_kind", "class_code", "level", "chosen_key", "recorded_at"], name="decision_history"
            ),
            models.Index(fields=["state", "proposed_at"], name="decision_waiting"),
        ]

    def __str__(self) -> str:
        return self.number
