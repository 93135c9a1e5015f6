"""The pure core: what may happen to an incident, from which state, by whom, and with a reason or without.

Between opening and closing an incident's state follows from its orders (`serve.orders.lifecycle.progress`): the moves
here are those that end it.
"""

from typing import Final

from cityloop.kernel.people.contracts import Permission
from cityloop.serve.incidents.contracts import LIVE_STATES, IncidentState, Move, Moves, moves

INCIDENT_MOVES: Final[Moves] = moves(
    Move("verify", frozenset({IncidentState.REPORTED}), IncidentState.CLOSED, Permission.VERIFY),
    Move("void", LIVE_STATES, IncidentState.VOID, Permission.VOID, reason=True),
    # Assessing is the machine's: supervise scores what was closed.
    Move("assess", frozenset({IncidentState.CLOSED}), IncidentState.ASSESSED, None),
)
