"""The words of states, stages and results, translated for pages and messages."""

from typing import Final

from django.utils.translation import gettext_noop

from cityloop.kernel.saying import said as _

STATES: Final = {
    "open": gettext_noop("Opened"),
    "dispatched": gettext_noop("Dispatched"),
    "handling": gettext_noop("Being handled"),
    "reported": gettext_noop("Reported back"),
    "closed": gettext_noop("Closed"),
    "assessed": gettext_noop("Closed and assessed"),
    "returned": gettext_noop("Returned"),
    "void": gettext_noop("Void"),
}

STAGES: Final = {
    "open": gettext_noop("opened"),
    "decide": gettext_noop("decided"),
    "dispatch": gettext_noop("dispatched"),
    "accept": gettext_noop("accepted"),
    "assign": gettext_noop("assigned"),
    "report": gettext_noop("reported back"),
    "return": gettext_noop("returned"),
    "dispatch_again": gettext_noop("dispatched again"),
    "rework": gettext_noop("sent back for rework"),
    "void": gettext_noop("voided"),
    "verify": gettext_noop("verified and closed"),
    "close": gettext_noop("closed with its incident"),
    "assess": gettext_noop("assessed"),
    "level": gettext_noop("level raised"),
    "ended": gettext_noop("the fact ended"),
    "withdrawn": gettext_noop("the fact was withdrawn"),
}

RESULTS: Final = {"confirmed": gettext_noop("Confirmed"), "false": gettext_noop("False alarm")}


def state_words(state: str) -> str:
    """A state of an incident or an order, as people say it."""
    return _(STATES[state]) if state in STATES else state


def stage_words(stage: str) -> str:
    """A move, as a sentence about it says it."""
    return _(STAGES[stage]) if stage in STAGES else stage


def result_words(result: str) -> str:
    """What the verification found."""
    return _(RESULTS[result]) if result in RESULTS else "—"


MOVES: Final = {
    "accept": gettext_noop("accept"),
    "assign": gettext_noop("assign"),
    "report": gettext_noop("report back"),
    "return": gettext_noop("return"),
    "dispatch_again": gettext_noop("dispatch again"),
    "rework": gettext_noop("rework"),
    "void": gettext_noop("void"),
    "verify": gettext_noop("verify and close"),
    "close": gettext_noop("close with its incident"),
    "assess": gettext_noop("assess"),
}


def move_words(move: str) -> str:
    """A move, as an order to do it says it."""
    return _(MOVES[move]) if move in MOVES else move
