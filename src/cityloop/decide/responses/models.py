"""The response table."""

from typing import ClassVar

from django.db import models


class KnownClass(models.Model):
    """A class of incident, made known by `serve.incidents`: this room lies below the one that keeps the classes."""

    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=5)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)

    class Meta:
        ordering: ClassVar = ["kind", "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "code"], name="known_class_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Response(models.Model):
    """An option for a class of incident at some levels."""

    class_kind = models.CharField(max_length=12)
    class_code = models.CharField(max_length=5)
    level_from = models.PositiveSmallIntegerField()
    level_to = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    automatic = models.BooleanField(default=False)
    expected_minutes = models.PositiveIntegerField()
    enabled = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["class_kind", "class_code", "key", "level_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["class_kind", "class_code", "key", "level_from"], name="one_response"),
            models.CheckConstraint(
                condition=models.Q(level_from__gte=1, level_to__lte=4, level_from__lte=models.F("level_to")),
                name="response_levels",
            ),
            models.CheckConstraint(condition=models.Q(expected_minutes__gt=0), name="response_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.class_kind} {self.class_code} {self.key}"


class ResponseAction(models.Model):
    """What one department does in a response."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField()
    department_code = models.CharField(
        max_length=40, help_text="Empty: the department in charge where the incident lies.", blank=True
    )
    crew = models.CharField(max_length=60, blank=True)
    crew_en = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=200)
    action_en = models.CharField(max_length=240)
    expected_minutes = models.PositiveIntegerField()
    limit_minutes = models.PositiveIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["response", "position"], name="action_position")]

    def __str__(self) -> str:
        return self.action
