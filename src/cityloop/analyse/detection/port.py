"""What other features may call."""

from cityloop.analyse.detection.online import advance, close_stale
from cityloop.analyse.detection.selectors import (
    episode,
    episode_counts,
    episode_totals,
    episodes,
    rule,
    rule_by_name,
    rule_versions,
    rules,
)
from cityloop.analyse.detection.services import add_rule, edit_rule, ensure_rule, set_enabled

__all__ = [
    "add_rule",
    "advance",
    "close_stale",
    "edit_rule",
    "ensure_rule",
    "episode",
    "episode_counts",
    "episode_totals",
    "episodes",
    "rule",
    "rule_by_name",
    "rule_versions",
    "rules",
    "set_enabled",
]
