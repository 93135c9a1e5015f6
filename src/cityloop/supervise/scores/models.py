"""Scores of incidents, and of the orders in them."""

from typing import ClassVar

from django.db import models


class IncidentScore(models.Model):
    """The score of one incident."""

    incident_number = models.CharField(max_length=30, unique=True)
    class_kind = models.CharField(max_length=12)
    class_code = models.CharField(max_length=5)
    level = models.PositiveSmallIntegerField()
    department_code = models.CharField(max_length=40, blank=True)
    district_code = models.CharField(max_length=6, blank=True)
    rule_kind = models.CharField(max_length=20)
    rule_id = models.CharField(max_length=40)
    result = models.CharField(max_length=10)
    total = models.FloatField()
    parts = models.JSONField()
    steps = models.JSONField()
    verify_minutes = models.FloatField(null=True)
    verify_on_time = models.BooleanField(null=True)
    predicted = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    measured = models.FloatField(null=True)
    in_interval = models.BooleanField(null=True)
    reworks = models.PositiveSmallIntegerField(default=0)
    returns = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(db_index=True)
    scored_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(total__gte=0, total__lte=100), name="score_of_100"),
        ]
        indexes: ClassVar = [models.Index(fields=["rule_id", "closed_at"], name="score_by_rule")]

    def __str__(self) -> str:
        return f"{self.incident_number} {self.total:g}"


class OrderScore(models.Model):
    """How one department did its part."""

    score = models.ForeignKey(IncidentScore, on_delete=models.CASCADE, related_name="orders")
    order_number = models.CharField(max_length=30, unique=True)
    department_code = models.CharField(max_length=40)
    accept_minutes = models.FloatField(null=True)
    handle_minutes = models.FloatField(null=True)
    accept_on_time = models.BooleanField(null=True)
    handle_on_time = models.BooleanField(null=True)
    reworks = models.PositiveSmallIntegerField(default=0)
    returned = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.order_number} {self.department_code}"
