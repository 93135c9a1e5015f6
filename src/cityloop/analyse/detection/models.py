"""Rules, their versions, the episodes they found, and how far detection has read."""

from typing import ClassVar

from django.db import models


class DetectionRule(models.Model):
    """A rule in force. What each field means: `contracts.RuleDefinition`."""

    name = models.CharField(max_length=120, unique=True)
    name_en = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=40)
    property = models.CharField(max_length=60)
    at_least = models.FloatField()
    minimum_s = models.PositiveIntegerField()
    gap_s = models.PositiveIntegerField()
    levels = models.JSONField(default=list)
    class_kind = models.CharField(max_length=12)
    class_code = models.CharField(max_length=5)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    datastream_ids = models.JSONField(default=list)
    enabled = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    since_at = models.DateTimeField(null=True)
    examined = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class RuleVersion(models.Model):
    """What a rule said from a time on; never changed."""

    rule = models.ForeignKey(DetectionRule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    enabled = models.BooleanField()
    definition = models.JSONField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["rule", "number"], name="one_rule_version")]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.number}"


class Episode(models.Model):
    """A run of observations that lasted long enough. A run gets a row when it does, so every row has been an incident.

    The row keeps its id, and with it the key of the fact, for good: when later data merge it into another one or take
    it back, it is marked as withdrawn.
    """

    rule = models.ForeignKey(DetectionRule, on_delete=models.PROTECT, related_name="episodes")
    rule_version = models.PositiveIntegerField()
    datastream_id = models.BigIntegerField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    peak = models.FloatField()
    peak_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField()
    ended = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    detected_at = models.DateTimeField()
    told_at = models.DateTimeField(help_text="City time of the last event about it.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(end_at__gte=models.F("start_at")), name="episode_forwards"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=4), name="episode_level"),
            models.UniqueConstraint(
                fields=["rule", "datastream_id", "start_at"],
                condition=models.Q(withdrawn=False),
                name="one_episode_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["rule", "end_at"], condition=models.Q(ended=False), name="episode_going_on"),
            models.Index(fields=["rule", "-start_at"], name="episode_by_rule"),
        ]

    @property
    def fact_key(self) -> str:
        """What the fact is known by everywhere; unique because the id is."""
        return f"episode:{self.pk}"

    def __str__(self) -> str:
        return f"{self.fact_key} {self.datastream_id} {self.start_at:%Y-%m-%d %H:%M}"


class Cursor(models.Model):
    """How far detection has read, one row. It moves in the transaction that writes what was found.

    `generation` changes whenever what a detector remembers about rules or episodes may be stale; `token` tells this
    database from any other, so that a memory is never used with the wrong one.
    """

    one = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField()
    last_id = models.BigIntegerField(default=0)
    generation = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(one=1), name="one_cursor")]

    def __str__(self) -> str:
        return f"observation {self.last_id}"
