"""Districts, unit grid cells and the base map's features."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from cityloop.kernel.organisations.models import Organization

division_code = RegexValidator(r"^\d{6}$", "A division code has six digits (GB/T 2260).")
cell_code = RegexValidator(r"^\d{15}$", "A unit grid cell's code has fifteen digits (GB/T 47678.3).")


class District(models.Model):
    """A district of the city."""

    code = models.CharField(max_length=6, primary_key=True, validators=[division_code])
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    geometry = models.JSONField(null=True, help_text="GeoJSON Polygon or MultiPolygon, CGCS2000.")

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class GridCell(models.Model):
    """A unit grid cell 单元网格: the smallest piece of ground with somebody in charge."""

    code = models.CharField(max_length=15, primary_key=True, validators=[cell_code])
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="cells")
    department = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    geometry = models.JSONField(help_text="GeoJSON Polygon or MultiPolygon, CGCS2000.")

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class MapFeature(models.Model):
    """A feature of the base map: drawn from the city's own vector data, nothing is fetched from outside."""

    kind = models.CharField(max_length=20, help_text="land, block, park, water, stream, road, label")
    name = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)
    rank = models.PositiveSmallIntegerField(default=0, help_text="Width class of a road, size class of a label.")
    geometry = models.JSONField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
