"""Schedules as rows, and the worker's sign of life."""

from django.db import models


class Schedule(models.Model):
    """A job that is due again and again on the city's clock."""

    name = models.CharField(max_length=160, primary_key=True)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.name} due {self.due_at:%Y-%m-%d %H:%M:%S}"


class WorkerBeat(models.Model):
    """When a worker process last came round, on the real clock."""

    worker = models.CharField(max_length=80, primary_key=True)
    at = models.FloatField(help_text="Unix seconds.")

    def __str__(self) -> str:
        return f"{self.worker} {self.at:.0f}"
