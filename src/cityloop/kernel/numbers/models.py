"""The last number given out, by prefix and day."""

from typing import ClassVar

from django.db import models


class DayCounter(models.Model):
    """The last running number of a prefix on a day."""

    prefix = models.CharField(max_length=8)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["prefix", "day"], name="one_counter_a_day")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.day:%Y%m%d}-{self.last:04d}"
