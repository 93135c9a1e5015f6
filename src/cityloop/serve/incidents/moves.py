"""The pure core of a lifecycle: moves, from where they may be made, by whom, and whether they need a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cityloop.kernel.people.contracts import Permission

REASON_LEAST: Final = 2
REASON_MOST: Final = 1000


@dataclass(frozen=True)
class Move:
    """A move: from where, to where (None: the state stays), which permission a person needs, whether it needs a
    reason.
    """

    name: str
    origin: frozenset[str]
    target: str | None
    permission: Permission | None
    reason: bool = False


Moves = Mapping[str, Move]


def moves(*given: Move) -> Moves:
    """Moves by their name."""
    return {move.name: move for move in given}


class IllegalMove(ValueError):
    """The move is not allowed from this state; the message says what is.

    Args:
        move: What was tried. `state`: from where. `allowed`: the moves that are open from there.
    """

    def __init__(self, move: str, state: str, allowed: tuple[str, ...]) -> None:
        self.move, self.state, self.allowed = move, state, allowed
        can = ", ".join(allowed) or "nothing more"
        super().__init__(f"move {move!r} from state {state!r} is not allowed; allowed from here: {can}.")


class ReasonMissing(ValueError):
    """The move needs a reason and none was given."""

    def __init__(self, move: str) -> None:
        self.move = move
        super().__init__(f"move {move!r} needs a reason of {REASON_LEAST} to {REASON_MOST} characters; say why.")


def moves_from(known: Moves, state: str) -> tuple[str, ...]:
    """The names of the moves that are open from a state."""
    return tuple(name for name, move in known.items() if state in move.origin)


def check(known: Moves, name: str, state: str, reason: str = "") -> str:
    """Check a move and tell the state after it.

    Args:
        known: The moves of this kind of thing.
        name: The move.
        state: The state before.
        reason: In the actor's words; empty where none is needed.

    Raises:
        IllegalMove: Not from this state.
        ReasonMissing: The move needs a reason.
    """
    move = known.get(name)
    if move is None or state not in move.origin:
        raise IllegalMove(name, state, moves_from(known, state))
    if move.reason and not REASON_LEAST <= len(reason.strip()) <= REASON_MOST:
        raise ReasonMissing(name)
    return move.target or state
