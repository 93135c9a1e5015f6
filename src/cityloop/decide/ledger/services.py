"""Writes of the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from cityloop.decide.ledger.contracts import DecisionMade, DecisionProposed, DecisionView, Option, OptionDraft
from cityloop.decide.ledger.models import Decision
from cityloop.decide.ledger.prediction import predict
from cityloop.decide.ledger.selectors import measured_before, view
from cityloop.decide.ledger.words import key_words
from cityloop.kernel import clock
from cityloop.kernel.access import require
from cityloop.kernel.audit.port import record
from cityloop.kernel.events.port import publish
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import link
from cityloop.kernel.numbers.port import next_number
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.people.port import staff_numbers
from cityloop.kernel.problems import Conflict, Forbidden, Invalid, NotFound
from cityloop.kernel.saying import listed
from cityloop.kernel.saying import said as _

MACHINE = "machine:decide"
REASON_MAX = 1000


def with_effects(
    drafts: Sequence[OptionDraft], *, class_kind: str, class_code: str, level: int, at: datetime
) -> tuple[Option, ...]:
    """Options with their predicted effect, from outcomes recorded before `at`."""
    return tuple(
        Option(
            key=draft.key,
            name=draft.name,
            name_en=draft.name_en,
            automatic=draft.automatic,
            actions=draft.actions,
            prediction=predict(
                measured_before(
                    class_kind=class_kind, class_code=class_code, level=level, option_key=draft.key, before=at
                ),
                draft.table_minutes,
            ),
        )
        for draft in drafts
    )


@transaction.atomic
def propose(
    *,
    incident_number: str,
    class_kind: str,
    class_code: str,
    level: int,
    inputs: Mapping[str, object],
    options: Sequence[Option],
    default_key: str,
    reason: str,
    reason_en: str,
    at: datetime,
) -> str:
    """Write options and the proposed choice into the ledger; an older proposal on the same incident is superseded.

    Returns:
        The decision's number.

    Raises:
        Invalid: No option, or the default is none of them.
    """
    keys = [option.key for option in options]
    if default_key not in keys or len(set(keys)) != len(keys):
        raise Invalid(f"default option {default_key!r} of options {keys}; allowed: one of them, each key once.")
    for old in Decision.objects.select_for_update().filter(
        incident_number=incident_number, state=Decision.State.PROPOSED
    ):
        Decision.objects.filter(id=old.id).update(state=Decision.State.SUPERSEDED)
        record("decision.superseded", about=("decision", old.number), actor=MACHINE, before={"state": "proposed"})
    row = Decision.objects.create(
        number=next_number("JC", at),
        incident_number=incident_number,
        class_kind=class_kind,
        class_code=class_code,
        level=level,
        inputs=msgspec.to_builtins(dict(inputs)),
        options=msgspec.to_builtins(tuple(options)),
        default_key=default_key,
        reason=reason,
        reason_en=reason_en,
        proposed_at=at,
    )
    record(
        "decision.proposed",
        about=("decision", row.number),
        actor=MACHINE,
        after={"default": default_key},
        reason=reason,
        reason_en=reason_en,
    )
    link(Ref("incident", incident_number), Ref("decision", row.number), "proposed", at)
    publish(DecisionProposed(row.number, incident_number))
    return row.number


@transaction.atomic
def decide(number: str, option_key: str, *, reason: str = "", by: PersonView | None) -> DecisionView:
    """Choose an option: its actions become work orders.

    Args:
        reason: Why; compulsory when a person takes another option than the proposed one.
        by: The duty officer; None for the machine, which may only take options marked automatic.

    Raises:
        Forbidden: The person may not decide, or the option is not for a machine.
        NotFound: No such decision.
        Conflict: It was decided or superseded before; the message says by whom.
        Invalid: No such option, or no reason where one is needed.
    """
    if by is not None:
        require(by, Permission.DECIDE)
    row = Decision.objects.filter(number=number).first()
    if row is None:
        raise NotFound(_("There is no decision %(number)s.") % {"number": number})
    before = view(row)
    option = before.option(option_key)
    if option is None:
        message = _("Option “%(key)s” is not among the options %(keys)s. Choose one of them.") % {
            "key": key_words(option_key),
            "keys": listed(key_words(one.key) for one in before.options),
        }
        raise Invalid(message, errors={"option": message})
    reason = " ".join(reason.split())[:REASON_MAX]
    if by is None and not option.automatic:
        raise Forbidden(_("This option is not marked automatic: a duty officer has to decide."))
    if by is not None and option_key != before.default_key and len(reason) < 2:
        message = _("You chose another option than the proposed one: say why, in at least two characters.")
        raise Invalid(message, errors={"reason": message})
    now = clock.now()
    changed = Decision.objects.filter(id=row.id, state=Decision.State.PROPOSED).update(
        state=Decision.State.DECIDED,
        chosen_key=option.key,
        reason=reason or row.reason,
        reason_en=reason or row.reason_en,
        decided_by=by.actor if by else MACHINE,
        decided_at=now,
        predicted_minutes=option.prediction.minutes,
        predicted_low=option.prediction.low,
        predicted_high=option.prediction.high,
        predicted_from=option.prediction.source,
        predicted_n=option.prediction.n,
    )
    if not changed:
        raise Conflict(_said_before(number))
    actor = by.actor if by else MACHINE
    record(
        "decision.made",
        about=("decision", number),
        actor=actor,
        before={"state": "proposed"},
        after={"state": "decided", "option": option.key, "minutes": option.prediction.minutes},
        reason=reason or row.reason,
        reason_en="" if reason else row.reason_en,
    )
    publish(DecisionMade(number, row.incident_number, option.key, option.actions, actor, now))
    return view(Decision.objects.get(id=row.id))


@transaction.atomic
def withdraw_proposal(incident_number: str, *, reason: str, reason_en: str = "", actor: str) -> None:
    """Take back what still waits for a decision, because the incident was voided."""
    for row in Decision.objects.select_for_update().filter(
        incident_number=incident_number, state=Decision.State.PROPOSED
    ):
        Decision.objects.filter(id=row.id, state=Decision.State.PROPOSED).update(state=Decision.State.SUPERSEDED)
        record("decision.superseded", about=("decision", row.number), actor=actor, reason=reason, reason_en=reason_en)


@transaction.atomic
def record_outcome(incident_number: str, *, ended_at: datetime, confirmed: bool) -> None:
    """Set beside the prediction what was measured: minutes from the decision to the end of the fact.

    A fact that ended before the decision measures 0 minutes; it is shown but is no history to learn from. May be called
    again when a later observation moves the end.
    """
    for row in Decision.objects.select_for_update().filter(
        incident_number=incident_number, state=Decision.State.DECIDED
    ):
        if row.decided_at is None:
            continue
        minutes = round(max(0.0, (ended_at - row.decided_at).total_seconds() / 60), 1)
        if row.ended_at == ended_at and row.confirmed == confirmed:
            continue
        before = {"measured_minutes": row.measured_minutes}
        Decision.objects.filter(id=row.id).update(
            measured_minutes=minutes, ended_at=ended_at, recorded_at=clock.now(), confirmed=confirmed
        )
        record(
            "decision.outcome",
            about=("decision", row.number),
            actor=MACHINE,
            before=before,
            after={"measured_minutes": minutes, "confirmed": confirmed},
        )


def _said_before(number: str) -> str:
    row = Decision.objects.get(number=number)
    if row.state == Decision.State.SUPERSEDED:
        return _("%(number)s was superseded: the incident has changed since. Decide on the newest proposal.") % {
            "number": number
        }
    who = _("the machine")
    if row.decided_by.startswith("person:"):
        key = int(row.decided_by.removeprefix("person:"))
        who = _("staff number %(staff)s") % {"staff": staff_numbers([key]).get(key, "?")}
    return _("%(number)s was already decided by %(who)s: option %(key)s. Nothing was changed.") % {
        "number": number,
        "who": who,
        "key": key_words(row.chosen_key),
    }
