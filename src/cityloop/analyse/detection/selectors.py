"""Reads of rules and episodes."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q

from cityloop.analyse.detection.contracts import EpisodeView, RuleDefinition, RuleVersionView, RuleView
from cityloop.analyse.detection.definitions import from_data
from cityloop.analyse.detection.models import DetectionRule, Episode, RuleVersion

RULES_MAX = 500
EPISODES_MAX = 1000


def rules(*, enabled: bool | None = None) -> list[RuleView]:
    """Every rule, by name (at most 500); the enabled or disabled ones only when asked."""
    rows = DetectionRule.objects.order_by("name")
    if enabled is not None:
        rows = rows.filter(enabled=enabled)
    return [rule_view(row) for row in rows[:RULES_MAX]]


def rule(number: int) -> RuleView | None:
    """A rule by id."""
    row = DetectionRule.objects.filter(id=number).first()
    return rule_view(row) if row else None


def rule_by_name(name: str) -> RuleView | None:
    """A rule by its name."""
    row = DetectionRule.objects.filter(name=name).first()
    return rule_view(row) if row else None


def rule_versions(number: int, limit: int = 50) -> list[RuleVersionView]:
    """The newest versions of a rule, newest first."""
    rows = RuleVersion.objects.filter(rule_id=number).order_by("-number")[:limit]
    return [
        RuleVersionView(row.number, row.at, row.actor, row.reason, row.enabled, from_data(row.definition))
        for row in rows
    ]


def episode(number: int) -> EpisodeView | None:
    """An episode by id, withdrawn ones too."""
    row = Episode.objects.filter(id=number).first()
    return episode_view(row) if row else None


def episodes(
    *,
    rule_id: int | None = None,
    datastream_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    ended: bool | None = None,
    withdrawn: bool | None = False,
    limit: int = 200,
) -> list[EpisodeView]:
    """Episodes, newest first (at most 1,000).

    Args:
        since, until: Those that begin at or after, and before.
        ended: The ended ones, or those going on; None: both.
        withdrawn: By default the withdrawn ones are left out; None: both.
    """
    rows = Episode.objects.order_by("-start_at", "-id")
    if rule_id is not None:
        rows = rows.filter(rule_id=rule_id)
    if datastream_id is not None:
        rows = rows.filter(datastream_id=datastream_id)
    if since is not None:
        rows = rows.filter(start_at__gte=since)
    if until is not None:
        rows = rows.filter(start_at__lt=until)
    if ended is not None:
        rows = rows.filter(ended=ended)
    if withdrawn is not None:
        rows = rows.filter(withdrawn=withdrawn)
    return [episode_view(row) for row in rows[: min(limit, EPISODES_MAX)]]


def episode_counts(since: datetime, rule_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Rule id → number of its episodes that began since a time, withdrawn ones left out."""
    rows = Episode.objects.filter(withdrawn=False, start_at__gte=since)
    if rule_ids is not None:
        rows = rows.filter(rule_id__in=list(rule_ids))
    return dict(rows.order_by().values_list("rule_id").annotate(n=Count("id")))


def rule_view(row: DetectionRule) -> RuleView:
    """A rule's row as others see it."""
    return RuleView(
        id=row.id,
        definition=definition_of(row),
        enabled=row.enabled,
        version=row.version,
        since_at=row.since_at,
        examined=row.examined,
        changed_at=row.changed_at,
    )


def definition_of(row: DetectionRule) -> RuleDefinition:
    """What a rule's row says."""
    return from_data(
        {
            "name": row.name,
            "name_en": row.name_en,
            "kind": row.kind,
            "property": row.property,
            "at_least": row.at_least,
            "minimum_s": row.minimum_s,
            "gap_s": row.gap_s,
            "levels": row.levels,
            "class_kind": row.class_kind,
            "class_code": row.class_code,
            "title": row.title,
            "title_en": row.title_en,
            "datastream_ids": row.datastream_ids,
        }
    )


def episode_view(row: Episode) -> EpisodeView:
    """An episode's row as others see it."""
    return EpisodeView(
        id=row.id,
        fact_key=row.fact_key,
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        datastream_id=row.datastream_id,
        start_at=row.start_at,
        end_at=row.end_at,
        count=row.count,
        peak=row.peak,
        peak_at=row.peak_at,
        level=row.level,
        ended=row.ended,
        ended_at=row.ended_at,
        withdrawn=row.withdrawn,
        merged_into=row.merged_into_id,
        detected_at=row.detected_at,
    )


def episode_totals() -> dict[str, int]:
    """How many episodes there are, how many of them go on, and how many were withdrawn beside them."""
    rows = Episode.objects.aggregate(
        episodes=Count("id", filter=Q(withdrawn=False)),
        going_on=Count("id", filter=Q(withdrawn=False, ended=False)),
        withdrawn=Count("id", filter=Q(withdrawn=True)),
    )
    return {name: int(value) for name, value in rows.items()}
