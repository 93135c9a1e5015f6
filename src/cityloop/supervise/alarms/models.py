"""Alarms."""

from typing import ClassVar

from django.db import models


class Alarm(models.Model):
    """An overdue step of an order, brought before the department's head."""

    order_number = models.CharField(max_length=30)
    incident_number = models.CharField(max_length=30)
    step = models.CharField(max_length=8)
    round = models.PositiveSmallIntegerField()
    department = models.ForeignKey("kernel_organisations.Organization", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order_number", "step", "round"], name="one_alarm_a_step"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department"], condition=models.Q(cleared_at__isnull=True), name="alarms_open"),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} {self.step} {self.round}"
