"""What other features may call."""

from cityloop.decide.ledger.selectors import (
    calibration,
    current_decision,
    decision,
    decisions_by_incident,
    decisions_of,
    recent_decisions,
    waiting,
)
from cityloop.decide.ledger.services import decide, propose, record_outcome, with_effects, withdraw_proposal
from cityloop.decide.ledger.words import key_words

__all__ = [
    "calibration",
    "current_decision",
    "decide",
    "decision",
    "decisions_by_incident",
    "decisions_of",
    "key_words",
    "propose",
    "recent_decisions",
    "record_outcome",
    "waiting",
    "with_effects",
    "withdraw_proposal",
]
