"""Incidents, their classes, and the record of every move."""

from typing import ClassVar

from django.db import models

from cityloop.serve.incidents.contracts import IncidentState, Result


class IncidentClass(models.Model):
    """A class of incident: component or urban matter (GB/T 47678.5-2026), or the city's own."""

    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=5)
    main_code = models.CharField(max_length=2)
    main_name = models.CharField(max_length=80)
    main_name_en = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    own = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["kind", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "code"], name="incident_class_key"),
            models.CheckConstraint(condition=models.Q(kind__in=["component", "matter"]), name="incident_class_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.name}"


class Incident(models.Model):
    """An incident 案件. The same fact has the same key, so it is opened once."""

    number = models.CharField(max_length=30, unique=True)
    fact_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(
        max_length=12, default=IncidentState.OPEN, choices=[(s.value, s.value) for s in IncidentState]
    )
    level = models.PositiveSmallIntegerField()
    class_kind = models.CharField(max_length=12)
    class_code = models.CharField(max_length=5)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=240)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    district_code = models.CharField(max_length=6, blank=True)
    cell_code = models.CharField(max_length=15, blank=True)
    cell_name = models.CharField(max_length=80, blank=True)
    cell_name_en = models.CharField(max_length=80, blank=True)
    department = models.ForeignKey(
        "kernel_organisations.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    source_kind = models.CharField(max_length=20)
    source_id = models.CharField(max_length=40)
    rule_kind = models.CharField(max_length=20)
    rule_id = models.CharField(max_length=40)
    datastream_id = models.BigIntegerField()
    property = models.CharField(max_length=80)
    unit = models.CharField(max_length=40)
    at_least = models.FloatField()
    value = models.FloatField()
    peak = models.FloatField()
    peak_at = models.DateTimeField()
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    fact_ended_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    verify_due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, blank=True, choices=[(r.value, r.value) for r in Result])
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=4), name="incident_level"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["closed", "assessed"])
                | (models.Q(closed_at__isnull=False) & ~models.Q(result="")),
                name="closed_has_result",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "level"], name="incident_by_state"),
            models.Index(fields=["opened_at"], name="incident_by_time"),
        ]

    def __str__(self) -> str:
        return self.number


class StageRecord(models.Model):
    """One move of an incident or of one of its orders: added to, never changed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="stages")
    order_number = models.CharField(max_length=30, blank=True)
    stage = models.CharField(max_length=16)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    note = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    photo = models.CharField(
        max_length=80, blank=True, help_text="File name in the media folder: content hash and kind."
    )

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["order_number", "id"], name="stages_of_order")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.stage} {self.at:%Y-%m-%d %H:%M:%S}"
