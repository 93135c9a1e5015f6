"""The steps of the loop in words: for the list in a panel and for the chain across the page."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cityloop.decide.ledger.port import key_words
from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.desk.whole_loop.progress import Stand, stands
from cityloop.kernel.loop.contracts import Step
from cityloop.kernel.ui.contracts import ChainLink, Compared, LoopStep
from cityloop.kernel.ui.markup import number_text
from cityloop.kernel.ui.wording import duration, is_chinese, local_time, unit_name
from cityloop.serve.incidents.port import actor_words, result_words

SECTIONS: Mapping[Step, str] = {
    Step.SENSE: "sense",
    Step.ANALYSE: "analyse",
    Step.DECIDE: "decide",
    Step.DISPATCH: "work",
    Step.HANDLE: "work",
    Step.VERIFY: "verify",
    Step.SCORE: "score",
}


def loop_steps(loop: WholeLoop, *, base: str = "") -> tuple[LoopStep, ...]:
    """The steps as a list.

    Args:
        base: Address of the incident's page when the list stands on another one.
    """
    return tuple(
        LoopStep(
            step=int(stand.step),
            state=stand.state,
            text=step_words(loop, stand),
            at=stand.at,
            when="" if stand.at else waiting_words(stand),
            compared=compared(loop, stand),
            href=f"{base}#{SECTIONS[stand.step]}",
        )
        for stand in stands(loop)
    )


def chain_links(loop: WholeLoop) -> tuple[ChainLink, ...]:
    """The steps as a chain: the first with its time, the others with what had passed since."""
    began = loop.incident.began_at
    made = []
    for stand in stands(loop):
        if stand.step is Step.SENSE:
            headline = local_time(began)
        elif stand.step is Step.SCORE and loop.score is not None:
            headline = f"{number_text(loop.score.total)} / 100"
        elif stand.at is not None:
            headline = f"+{duration(stand.at - began)}"
        else:
            headline = waiting_words(stand)
        made.append(
            ChainLink(
                step=int(stand.step),
                headline=headline,
                text=_short_words(loop, stand),
                href=f"#{SECTIONS[stand.step]}",
                state=stand.state,
            )
        )
    return tuple(made)


def waiting_words(stand: Stand) -> str:
    """Beside a step that has not been reached."""
    return pgettext("step", "now") if stand.state == "now" else pgettext("step", "to come")


def step_words(loop: WholeLoop, stand: Stand) -> str:
    """What happened at a step, or what is waited for."""
    return {
        Step.SENSE: _sensed,
        Step.ANALYSE: _analysed,
        Step.DECIDE: _decided,
        Step.DISPATCH: _dispatched,
        Step.HANDLE: _handled,
        Step.VERIFY: _verified,
        Step.SCORE: _scored,
    }[stand.step](loop, stand)


def compared(loop: WholeLoop, stand: Stand) -> Compared | None:
    """Predicted beside measured, in minutes."""
    label = {
        Step.DECIDE: _("Until the fact ends"),
        Step.DISPATCH: _("Until accepted"),
        Step.HANDLE: _("Work on the spot"),
        Step.VERIFY: _("Until verified"),
    }.get(stand.step)
    if label is None or (stand.predicted is None and stand.measured is None):
        return None
    predicted = "" if stand.predicted is None else number_text(stand.predicted, 0)
    if predicted and stand.low is not None and stand.high is not None:
        predicted += f" [{number_text(stand.low, 0)}, {number_text(stand.high, 0)}]"
    measured = "" if stand.measured is None else number_text(stand.measured, 0)
    return Compared(label, predicted, measured, unit_name("min"))


def named(thing: object, name: str = "name") -> str:
    """`thing.name` or `thing.name_en`, by the reader's language."""
    own, english = getattr(thing, name, "") or "", getattr(thing, f"{name}_en", "") or ""
    return str(own or english) if is_chinese() else str(english or own)


def value_words(value: float, unit: str) -> str:
    """A measured value with its unit."""
    return f"{number_text(value)} {unit_name(unit)}".strip()


def _sensed(loop: WholeLoop, stand: Stand) -> str:
    one = loop.incident
    source = named(loop.datastream, "thing_name") if loop.datastream else one.property
    return _("%(source)s reached %(limit)s or more; highest so far %(peak)s") % {
        "source": source,
        "limit": value_words(one.at_least, one.unit),
        "peak": value_words(one.peak, one.unit),
    }


def _analysed(loop: WholeLoop, stand: Stand) -> str:
    if loop.rule is None:
        return _("Found by a detection that is no longer kept")
    return _("Rule “%(rule)s” spoke after %(after)s") % {
        "rule": named(loop.rule),
        "after": duration(loop.incident.opened_at - loop.incident.began_at),
    }


def _decided(loop: WholeLoop, stand: Stand) -> str:
    decision = loop.decision
    if decision is None:
        return _("Options are being worked out") if stand.state == "now" else _("No decision was needed")
    option = decision.chosen
    if option is None:
        default = decision.option(decision.default_key)
        return _("Waits for a duty officer; proposed: %(key)s %(option)s") % {
            "key": key_words(decision.default_key),
            "option": named(default) if default else "",
        }
    who = actor_words([decision.decided_by])[decision.decided_by]
    return _("%(key)s %(option)s, decided by %(who)s") % {
        "key": named(option, "key"),
        "option": named(option),
        "who": who,
    }


def _dispatched(loop: WholeLoop, stand: Stand) -> str:
    if not loop.orders:
        return _("Work orders go out as soon as it is decided")
    names = list(dict.fromkeys(named(order, "department_name") for order in loop.orders))
    shown = ("、" if is_chinese() else ", ").join(names[:3]) + ("…" if len(names) > 3 else "")
    return ngettext(
        "%(count)s work order: %(departments)s", "%(count)s work orders: %(departments)s", len(loop.orders)
    ) % {"count": len(loop.orders), "departments": shown}


def _handled(loop: WholeLoop, stand: Stand) -> str:
    note = next((named(one, "note") for one in reversed(loop.reports) if one.note), "")
    if stand.state == "done" and loop.reports:
        return note or _("All crews have reported back")
    if stand.state == "now":
        done = sum(1 for order in loop.orders if order.reported_at)
        return _("Crews at work; %(done)s of %(count)s reported back") % {"done": done, "count": len(loop.orders)}
    return _("The crews report back with photo and position")


def _verified(loop: WholeLoop, stand: Stand) -> str:
    if loop.incident.result:
        note = named(loop.verification, "note") if loop.verification else ""
        words = result_words(loop.incident.result)
        return _("%(result)s: %(note)s") % {"result": words, "note": note} if note else words
    if loop.incident.state == "void":
        return _("Voided before it was verified")
    return _("A verifier looks at the spot and closes it, or asks for rework")


def _scored(loop: WholeLoop, stand: Stand) -> str:
    score = loop.score
    if score is None:
        return _("Predicted against measured, once it is closed")
    if score.predicted is None or score.measured is None:
        return _("%(total)s of 100") % {"total": number_text(score.total)}
    return _("%(total)s of 100; predicted %(predicted)s, measured %(measured)s minutes") % {
        "total": number_text(score.total),
        "predicted": number_text(score.predicted, 0),
        "measured": number_text(score.measured, 0),
    }


def _short_words(loop: WholeLoop, stand: Stand) -> str:
    """A step in few words, for the chain."""
    one, decision = loop.incident, loop.decision
    if stand.state != "done":
        return step_words(loop, stand)
    if stand.step is Step.SENSE:
        return _("%(limit)s or more") % {"limit": value_words(one.at_least, one.unit)}
    if stand.step is Step.ANALYSE:
        return named(loop.rule) if loop.rule else "—"
    if stand.step is Step.DECIDE and decision is not None:
        option = decision.chosen or decision.option(decision.default_key)
        return f"{named(option, 'key')} {named(option)}" if option else "—"
    if stand.step is Step.DISPATCH and loop.orders:
        count = len(loop.orders)
        return ngettext("%(count)s work order", "%(count)s work orders", count) % {"count": count}
    if stand.step is Step.HANDLE and stand.measured is not None:
        return _("%(duration)s of work") % {"duration": duration(stand.measured)}
    if stand.step is Step.VERIFY and one.result:
        return result_words(one.result)
    if stand.step is Step.SCORE and stand.state == "done":
        return _("predicted against measured")
    return ""
