"""Why a move was refused, in words: what state the thing is in, who brought it there and when, and what is allowed."""

from cityloop.kernel import clock
from cityloop.kernel.organisations.port import city
from cityloop.kernel.problems import Conflict, Invalid
from cityloop.kernel.saying import listed
from cityloop.kernel.saying import said as _
from cityloop.serve.incidents.actors import actor_words
from cityloop.serve.incidents.contracts import StageView
from cityloop.serve.incidents.moves import REASON_LEAST, REASON_MOST, Moves, moves_from
from cityloop.serve.incidents.selectors import newest_stage
from cityloop.serve.incidents.words import move_words, stage_words, state_words


def refused(*, number: str, move: str, state: str, moves: Moves, last: StageView | None) -> Conflict:
    """A move that is not allowed from this state, or that somebody else was faster with."""
    allowed = listed(move_words(name) for name in moves_from(moves, state)) or _("nothing more")
    said: str = ""
    if last is not None:
        served = city()
        said = _(" (%(stage)s at %(time)s by %(who)s)") % {
            "stage": stage_words(last.stage),
            "time": clock.local(last.at, served.time_zone if served else "UTC").strftime("%H:%M"),
            "who": actor_words([last.actor])[last.actor],
        }
    return Conflict(
        _("%(number)s can't take the step “%(move)s”: it stands at “%(state)s”%(said)s. Allowed now: %(allowed)s.")
        % {"number": number, "move": move_words(move), "state": state_words(state), "said": said, "allowed": allowed}
    )


def overtaken(*, number: str, incident_number: str, order_number: str = "") -> Conflict:
    """Somebody else changed the thing since the caller last saw it."""
    last = newest_stage(incident_number, order_number)
    if last is None:
        return Conflict(
            _("%(number)s was changed a moment ago. Nothing was done: look at it again.") % {"number": number}
        )
    served = city()
    return Conflict(
        _("%(number)s was changed a moment ago: %(stage)s at %(time)s by %(who)s. Nothing was done: look at it again.")
        % {
            "number": number,
            "stage": stage_words(last.stage),
            "time": clock.local(last.at, served.time_zone if served else "UTC").strftime("%H:%M"),
            "who": actor_words([last.actor])[last.actor],
        }
    )


def reason_missing(move: str) -> Invalid:
    """A move that needs a reason came without one."""
    message = _("“%(move)s” needs a reason of %(least)s to %(most)s characters: say why.") % {
        "move": move_words(move),
        "least": REASON_LEAST,
        "most": REASON_MOST,
    }
    return Invalid(message, errors={"reason": message})
