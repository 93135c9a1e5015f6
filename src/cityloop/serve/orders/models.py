"""Work orders and clock limits."""

from typing import ClassVar

from django.db import models

from cityloop.serve.orders.contracts import OrderState


class WorkOrder(models.Model):
    """One department's task. What the desk sorts and searches by is copied from its incident."""

    number = models.CharField(max_length=30, unique=True)
    incident_number = models.CharField(max_length=30, db_index=True)
    decision_number = models.CharField(max_length=30)
    line = models.PositiveSmallIntegerField(
        null=True, help_text="Action line of the decision; none when it replaces a returned order."
    )
    origin_kind = models.CharField(max_length=20)
    origin_id = models.CharField(max_length=40)
    state = models.CharField(
        max_length=12, default=OrderState.DISPATCHED, choices=[(s.value, s.value) for s in OrderState]
    )
    level = models.PositiveSmallIntegerField()
    class_kind = models.CharField(max_length=12)
    class_code = models.CharField(max_length=5)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=240)
    place_name = models.CharField(max_length=80, blank=True)
    place_name_en = models.CharField(max_length=80, blank=True)
    district_code = models.CharField(max_length=6, blank=True)
    cell_code = models.CharField(max_length=15, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    department = models.ForeignKey("kernel_organisations.Organization", on_delete=models.PROTECT, related_name="+")
    crew = models.CharField(max_length=60, blank=True)
    crew_en = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=200)
    action_en = models.CharField(max_length=240)
    expected_minutes = models.PositiveIntegerField()
    limit_minutes = models.PositiveIntegerField(help_text="Handling limit, counted from acceptance.")
    dispatched_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    accept_due_at = models.DateTimeField()
    handle_due_at = models.DateTimeField(null=True)
    clock_started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    soon_at = models.DateTimeField(null=True, help_text="When three quarters of the running limit are used.")
    assignee = models.ForeignKey("kernel_people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    replaced_by = models.CharField(max_length=30, blank=True)
    alarmed_at = models.DateTimeField(null=True)
    late_accept = models.BooleanField(default=False)
    late_handle = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision_number", "line"], name="one_order_a_line"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=4), name="order_level"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "state", "due_at"], name="order_desk"),
            models.Index(fields=["state", "due_at"], name="order_due"),
            models.Index(fields=["assignee", "state"], name="order_mine"),
        ]

    def __str__(self) -> str:
        return self.number


class ClockLimit(models.Model):
    """A limit for a step; empty class or no level means any."""

    step = models.CharField(max_length=8, choices=[(name, name) for name in ("accept", "handle", "verify")])
    class_kind = models.CharField(max_length=12, blank=True)
    class_code = models.CharField(max_length=5, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    minutes = models.PositiveIntegerField()
    source = models.CharField(max_length=240)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["step", "class_kind", "class_code", "level"], name="one_clock_limit", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="limit_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.class_kind} {self.class_code} {self.level} {self.minutes} min"
