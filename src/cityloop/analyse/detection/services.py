"""Writes of rules. What detection itself writes is in `episode_writer`, led by `online`."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F

from cityloop.analyse.detection.contracts import Level, RuleDefinition, RuleView
from cityloop.analyse.detection.cursor import bump_generation
from cityloop.analyse.detection.definitions import faults, judged_alike, to_data
from cityloop.analyse.detection.episode_writer import EpisodeWriter
from cityloop.analyse.detection.models import DetectionRule, Episode, RuleVersion
from cityloop.analyse.detection.selectors import RULES_MAX, definition_of, rule_view
from cityloop.kernel import clock
from cityloop.kernel.access import require
from cityloop.kernel.audit.port import record
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import Conflict, Invalid, NotFound
from cityloop.kernel.saying import said as _
from cityloop.sense.observations import port as observations

SYSTEM = "machine:cityloop"
REACH_BACK_ROUNDS = 1000


@transaction.atomic
def add_rule(
    definition: RuleDefinition,
    *,
    enabled: bool = True,
    since: datetime | None = None,
    reason: str = "",
    by: PersonView | None,
) -> int:
    """Add a rule. It judges all observations that are there, and those that come.

    Args:
        since: Observations before this time are left alone: no incidents of long ago are opened.
        by: A steward; None for the installation itself (init, demo, command line).

    Returns:
        Its id.

    Raises:
        Forbidden, Invalid: `errors` names the fields. Conflict: The name is taken.
    """
    actor = _editor(by)
    _check(definition)
    if DetectionRule.objects.filter(name=definition.name).exists():
        raise _taken(definition.name)
    if DetectionRule.objects.count() >= RULES_MAX:
        said = _("There are %(most)s rules, which is the most allowed. Edit one that is no longer needed.")
        raise Conflict(said % {"most": RULES_MAX})
    row = DetectionRule(enabled=enabled, version=1, since_at=since, changed_at=clock.now())
    _write(row, definition)
    row.save()
    _keep_version(row, actor, reason)
    record("rule.added", about=("rule", str(row.id)), actor=actor, after=_noted(definition, since), reason=reason)
    bump_generation()
    return row.id


def ensure_rule(
    *,
    name: str,
    property: str,
    at_least: float,
    minimum_s: int,
    gap_s: int,
    class_kind: str,
    class_code: str,
    title: str,
    name_en: str = "",
    title_en: str = "",
    levels: Iterable[tuple[int, float]] = (),
    datastream_ids: Iterable[int] = (),
    enabled: bool = True,
) -> int:
    """Add a rule unless one of this name is there: that one is kept as it is, for a steward may have edited it.

    Args:
        levels: (level, from this peak on) pairs. The rest as in `contracts.RuleDefinition`.

    Returns:
        Its id.
    """
    found = DetectionRule.objects.filter(name=name).values_list("id", flat=True).first()
    if found is not None:
        return int(found)
    definition = RuleDefinition(
        name=name,
        name_en=name_en,
        property=property,
        at_least=at_least,
        minimum_s=minimum_s,
        gap_s=gap_s,
        levels=tuple(Level(level, least) for level, least in levels),
        class_kind=class_kind,
        class_code=class_code,
        title=title,
        title_en=title_en,
        datastream_ids=tuple(datastream_ids),
    )
    return add_rule(definition, enabled=enabled, by=None)


@transaction.atomic
def edit_rule(
    rule_id: int,
    definition: RuleDefinition,
    *,
    reason: str,
    by: PersonView | None,
    version: int | None = None,
    all_stored: bool = False,
) -> RuleView:
    """Change what a rule says.

    A change of numbers judges again what began with the oldest episode that is still going on, and what comes; what
    ended before stays as the older version found it.

    Args:
        all_stored: Judge every stored observation by the new version, also what it left alone so far. Incidents of
            long ago may be opened, and episodes that were found before may change or be withdrawn.
        version: The version the editor saw; another one by now means that somebody was faster.

    Raises:
        Forbidden, NotFound, Conflict, Invalid.
    """
    actor = _editor(by)
    row = _locked(rule_id, version)
    before, since = definition_of(row), row.since_at
    anew = not judged_alike(before, definition)
    reaches_back = all_stored and (anew or since is not None)
    if definition == before and not reaches_back:
        return rule_view(row)
    _check(definition)
    if not reason.strip():
        message = _("A reason is needed; say why the rule changes.")
        raise Invalid(message, errors={"reason": message})
    if DetectionRule.objects.filter(name=definition.name).exclude(id=rule_id).exists():
        raise _taken(definition.name)
    if anew or reaches_back:
        row.since_at = None if all_stored else _judges_from(row)
        row.examined = False
    _write(row, definition)
    _new_version(row, actor, reason)
    was, now = _noted(before, since), _noted(definition, row.since_at if reaches_back else since)
    changed = [name for name in now if now[name] != was[name]]
    record(
        "rule.edited",
        about=("rule", str(row.id)),
        actor=actor,
        before={name: was[name] for name in changed},
        after={name: now[name] for name in changed},
        reason=reason,
    )
    return rule_view(row)


@transaction.atomic
def set_enabled(
    rule_id: int, enabled: bool, *, reason: str = "", by: PersonView | None, version: int | None = None
) -> RuleView:
    """Let a rule speak, or silence it. Silencing ends its episodes; let speak again, it judges what comes from then on.

    Raises:
        Forbidden, NotFound, Conflict.
    """
    actor = _editor(by)
    row = _locked(rule_id, version)
    if row.enabled == enabled:
        return rule_view(row)
    row.enabled = enabled
    if enabled and row.since_at is not None:
        row.since_at = clock.now()
    if not enabled:
        row.since_at = clock.now()
        writer = EpisodeWriter(clock.now())
        for episode in Episode.objects.filter(rule=row, ended=False, withdrawn=False):
            writer.end(episode)
        writer.flush()
    row.examined = False
    _new_version(row, actor, reason)
    action = "rule.enabled" if enabled else "rule.disabled"
    record(
        action,
        about=("rule", str(row.id)),
        actor=actor,
        before={"enabled": not enabled},
        after={"enabled": enabled},
        reason=reason,
    )
    return rule_view(row)


def _noted(definition: RuleDefinition, since: datetime | None) -> dict[str, object]:
    """What the audit trail keeps of a rule: what it says, and from when on it judges."""
    return {**to_data(definition), "since": since.isoformat() if since is not None else None}


def _taken(name: str) -> Conflict:
    message = _("There is a rule “%(name)s” already. Choose another name, or edit that rule.") % {"name": name}
    return Conflict(message, errors={"name": message})


def _editor(by: PersonView | None) -> str:
    return SYSTEM if by is None else require(by, Permission.EDIT_RULES).actor


def _locked(rule_id: int, version: int | None) -> DetectionRule:
    # The update takes the row's lock on both databases, and the detector's place with it.
    if not DetectionRule.objects.filter(id=rule_id).update(version=F("version")):
        raise NotFound(_("There is no rule %(number)s.") % {"number": rule_id})
    row = DetectionRule.objects.get(id=rule_id)
    if version is not None and row.version != version:
        said = _(
            "The rule is at version %(now)s by now; you saw version %(seen)s. Open it again and repeat your change."
        )
        raise Conflict(said % {"now": row.version, "seen": version})
    return row


def _new_version(row: DetectionRule, actor: str, reason: str) -> None:
    row.version += 1
    row.changed_at = clock.now()
    row.save()
    _keep_version(row, actor, reason)
    bump_generation()


def _keep_version(row: DetectionRule, actor: str, reason: str) -> None:
    RuleVersion.objects.create(
        rule=row,
        number=row.version,
        at=row.changed_at,
        actor=actor,
        reason=reason,
        enabled=row.enabled,
        definition=to_data(definition_of(row)),
    )


def _judges_from(row: DetectionRule) -> datetime:
    """From when on the changed rule judges: no episode that it leaves alone reaches past that time."""
    kept = Episode.objects.filter(rule=row, withdrawn=False)
    since = kept.filter(ended=False).order_by("start_at").values_list("start_at", flat=True).first() or clock.now()
    for _round in range(REACH_BACK_ROUNDS):
        reaching = kept.filter(start_at__lt=since, end_at__gte=since).order_by("start_at")
        earlier = reaching.values_list("start_at", flat=True).first()
        if earlier is None:
            break
        since = earlier
    return since if row.since_at is None else max(since, row.since_at)


def _write(row: DetectionRule, definition: RuleDefinition) -> None:
    data = to_data(replace(definition, name=definition.name.strip(), title=definition.title.strip()))
    for name, value in data.items():
        setattr(row, name, value)


def _check(definition: RuleDefinition) -> None:
    measured = observations.observed_property(definition.property)
    errors: dict[str, str] = {}
    if measured is None:
        known = ", ".join(one.name for one in observations.observed_properties()[:20]) or "none yet"
        errors["property"] = (
            f"property {definition.property!r} is not known; known: {known}. "
            "Enter it with an import or `cityloop sense things load`."
        )
        errors |= faults(definition)
    else:
        errors |= faults(definition, unit=measured.unit, valid=(measured.valid_least, measured.valid_most))
    if errors:
        raise Invalid("; ".join(f"{name}: {message}" for name, message in errors.items()), errors=errors)
