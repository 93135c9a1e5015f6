"""The city as an organisation, and the departments below it."""

from typing import ClassVar

from django.db import models


class Organization(models.Model):
    """The city itself (no parent), a department, or a unit of one."""

    code = models.SlugField(max_length=40, unique=True, help_text="Short stable key, such as urban_mgmt.")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="units")
    duty = models.CharField(max_length=240, blank=True)
    duty_en = models.CharField(max_length=240, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class City(models.Model):
    """The one row that says which city this installation serves."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    language = models.CharField(max_length=12, default="zh-hans")
    demo = models.BooleanField(default=False, help_text="A made city: every page says so.")
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(only=True), name="one_city_only")]

    def __str__(self) -> str:
        return self.organization.name
