"""Writes of the response table, and the proposal for an incident."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from django.db import transaction

from cityloop.decide.ledger import port as ledger
from cityloop.decide.ledger.contracts import ActionLine, OptionDraft
from cityloop.decide.ledger.port import key_words
from cityloop.decide.responses.choice import FALLBACK_KEY, FALLBACK_MINUTES, KEYS, allowed, choose, draft
from cityloop.decide.responses.contracts import Case, ClassName
from cityloop.decide.responses.models import KnownClass, Response, ResponseAction
from cityloop.decide.responses.selectors import responses, view
from cityloop.kernel import clock
from cityloop.kernel.access import require
from cityloop.kernel.audit.port import record
from cityloop.kernel.organisations.port import organization
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import Conflict, Invalid, NotFound
from cityloop.kernel.saying import listed, sentences
from cityloop.kernel.saying import said as _

ACTIONS_MAX = 8
MINUTES_MAX = 30 * 24 * 60


@transaction.atomic
def propose(case: Case) -> str:
    """Propose a response to an incident, and decide at once where the table lets the machine.

    Returns:
        The decision's number.
    """
    now = clock.now()
    rows = allowed(responses(case.class_kind, case.class_code), case.level)
    drafts = [_in_charge(draft(row), case) for row in rows] or [_fallback(case)]
    options = ledger.with_effects(
        drafts, class_kind=case.class_kind, class_code=case.class_code, level=case.level, at=now
    )
    choice = choose(options)
    reason, reason_en = choice.reason, choice.reason_en
    if not rows:
        reason = f"处置预案中没有这一类的方案，先现场核实。{reason}"
        reason_en = f"The response table has no row for this class: check on the spot first. {reason_en}"
    number = ledger.propose(
        incident_number=case.incident_number,
        class_kind=case.class_kind,
        class_code=case.class_code,
        level=case.level,
        inputs={name: value for name, value in msgspec.to_builtins(case).items() if name != "incident_number"},
        options=options,
        default_key=choice.key,
        reason=reason,
        reason_en=reason_en,
        at=now,
    )
    if next(option for option in options if option.key == choice.key).automatic:
        ledger.decide(number, choice.key, by=None)
    return number


def _fallback(case: Case) -> OptionDraft:
    line = ActionLine(
        department_code=case.department_code,
        crew="",
        crew_en="",
        action="现场核实，能处置的当场处置",
        action_en="Check on the spot, settle at once what can be settled",
        expected_minutes=FALLBACK_MINUTES // 2,
    )
    return OptionDraft(FALLBACK_KEY, "现场核实", "Check on the spot", True, (line,), float(FALLBACK_MINUTES))


def _in_charge(option: OptionDraft, case: Case) -> OptionDraft:
    lines = tuple(
        line if line.department_code else replace(line, department_code=case.department_code) for line in option.actions
    )
    return replace(option, actions=lines)


@transaction.atomic
def know_classes(classes: Iterable[ClassName]) -> None:
    """Take over the names of the incident classes from `serve.incidents`."""
    KnownClass.objects.bulk_create(
        [KnownClass(kind=one.kind, code=one.code, name=one.name, name_en=one.name_en) for one in classes],
        batch_size=100,
        update_conflicts=True,
        unique_fields=["kind", "code"],
        update_fields=["name", "name_en"],
    )


@transaction.atomic
def enter_response(
    *,
    class_kind: str,
    class_code: str,
    level_from: int,
    level_to: int,
    key: str,
    name: str,
    name_en: str,
    automatic: bool,
    expected_minutes: int,
    actions: Sequence[ActionLine],
    enabled: bool = True,
    response_id: int | None = None,
    version: int | None = None,
    by: PersonView | None,
) -> int:
    """Enter a row of the response table, or change the row `response_id`; returns the row's id.

    Args:
        version: The version the person saw; a row changed since is not overwritten.
        by: A steward; None for the installation itself.

    Raises:
        Forbidden: `by` may not edit responses.
        Invalid: A field breaks a rule; `errors` names them.
        Conflict: The row was changed since, or another row has this key at one of these levels.
    """
    if by is not None:
        require(by, Permission.EDIT_RESPONSES)
    fields: dict[str, Any] = {
        "class_kind": class_kind,
        "class_code": class_code,
        "level_from": level_from,
        "level_to": level_to,
        "key": key,
        "name": name.strip(),
        "name_en": name_en.strip(),
        "automatic": automatic,
        "expected_minutes": expected_minutes,
        "enabled": enabled,
    }
    errors = _mistakes(fields, actions)
    if errors:
        raise Invalid(sentences(errors.values()), errors=errors)
    _refuse_overlap(fields, response_id)
    before = None
    if response_id is None:
        row = Response.objects.create(**fields)
    else:
        row, before = _changed(response_id, fields, version)
    _write_actions(row, actions)
    record(
        "response.changed" if before else "response.entered",
        about=("response", str(row.id)),
        actor=by.actor if by else "machine:cityloop",
        before=before,
        after={**fields, "actions": msgspec.to_builtins(tuple(actions))},
    )
    return row.id


def _changed(response_id: int, fields: dict[str, Any], version: int | None) -> tuple[Response, dict[str, Any]]:
    row = Response.objects.select_for_update().prefetch_related("actions").filter(id=response_id).first()
    if row is None:
        raise NotFound(_("There is no response %(number)s.") % {"number": response_id})
    before = msgspec.to_builtins(view(row))
    seen = version if version is not None else row.version
    if not Response.objects.filter(id=row.id, version=seen).update(**fields, version=row.version + 1):
        raise Conflict(
            _("Somebody else changed this response while you edited it. Open it again and repeat your change.")
        )
    return row, before


def _write_actions(row: Response, actions: Sequence[ActionLine]) -> None:
    ResponseAction.objects.filter(response=row).delete()
    ResponseAction.objects.bulk_create(
        ResponseAction(
            response=row,
            position=position,
            department_code=line.department_code,
            crew=line.crew.strip(),
            crew_en=line.crew_en.strip(),
            action=line.action.strip(),
            action_en=line.action_en.strip(),
            expected_minutes=line.expected_minutes,
            limit_minutes=line.limit_minutes,
        )
        for position, line in enumerate(actions, start=1)
    )


def _mistakes(fields: dict[str, Any], actions: Sequence[ActionLine]) -> dict[str, str]:
    errors: dict[str, str] = {}
    code, low, high = str(fields["class_code"]), fields["level_from"], fields["level_to"]
    if fields["class_kind"] not in {"component", "matter"} or not (
        code.isascii() and code.isdigit() and len(code) == 5
    ):
        errors["class_code"] = _("Class “%(kind)s %(code)s”; allowed: component or matter, and five digits.") % {
            "kind": fields["class_kind"],
            "code": code,
        }
    elif KnownClass.objects.exists() and not KnownClass.objects.filter(kind=fields["class_kind"], code=code).exists():
        errors["class_code"] = _("Class “%(kind)s %(code)s” is not known. Choose one from the list.") % {
            "kind": fields["class_kind"],
            "code": code,
        }
    if not (isinstance(low, int) and isinstance(high, int) and 1 <= low <= high <= 4):
        errors["level_from"] = _("Levels %(low)s to %(high)s; allowed: 1 (gravest) to 4, the graver first.") % {
            "low": low,
            "high": high,
        }
    if fields["key"] not in KEYS:
        errors["key"] = _("Key “%(key)s”; allowed: %(keys)s.") % {
            "key": key_words(str(fields["key"])),
            "keys": listed(key_words(key) for key in KEYS),
        }
    for name, most in (("name", 120), ("name_en", 160)):
        if not 1 <= len(str(fields[name])) <= most:
            errors[name] = _("Give a name of 1 to %(most)s characters.") % {"most": most}
    if not _minutes(fields["expected_minutes"]):
        errors["expected_minutes"] = _("Expected minutes %(value)s; allowed: 1 to %(most)s.") % {
            "value": fields["expected_minutes"],
            "most": MINUTES_MAX,
        }
    if not 1 <= len(actions) <= ACTIONS_MAX:
        errors["actions"] = _("%(count)s action lines; allowed: 1 to %(most)s. Fill at least the first.") % {
            "count": len(actions),
            "most": ACTIONS_MAX,
        }
    for position, line in enumerate(actions, start=1):
        message = _line_mistake(position, line)
        if message:
            errors[f"action_{position}"] = message
    return errors


def _line_mistake(position: int, line: ActionLine) -> str:
    if not 1 <= len(line.action.strip()) <= 200 or not 1 <= len(line.action_en.strip()) <= 240:
        return _("Action %(position)s: say what to do, in Chinese and in English.") % {"position": position}
    if not _minutes(line.expected_minutes) or (line.limit_minutes is not None and not _minutes(line.limit_minutes)):
        return _("Action %(position)s: minutes have to be 1 to %(most)s.") % {"position": position, "most": MINUTES_MAX}
    if len(line.crew) > 60 or len(line.crew_en) > 80:
        return _("Action %(position)s: the crew's name is too long.") % {"position": position}
    if line.department_code and organization(line.department_code) is None:
        return _("Action %(position)s: department “%(code)s” is not known. Choose one from the list.") % {
            "position": position,
            "code": line.department_code,
        }
    return ""


def _minutes(value: object) -> bool:
    return isinstance(value, int) and 1 <= value <= MINUTES_MAX


def _refuse_overlap(fields: dict[str, Any], response_id: int | None) -> None:
    others = Response.objects.filter(
        class_kind=fields["class_kind"],
        class_code=fields["class_code"],
        key=fields["key"],
        level_from__lte=fields["level_to"],
        level_to__gte=fields["level_from"],
    )
    other = others.exclude(id=response_id).first() if response_id is not None else others.first()
    if other is not None:
        message = _(
            "Option %(key)s of this class already covers levels %(low)s to %(high)s. "
            "Change that row, or use another key."
        ) % {
            "key": key_words(other.key),
            "low": other.level_from,
            "high": other.level_to,
        }
        raise Conflict(message, errors={"key": message})
