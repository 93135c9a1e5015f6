"""What other features may call."""

from cityloop.supervise.scores.selectors import rule_records, score, score_by_id, scores, scores_by_incident

__all__ = ["rule_records", "score", "score_by_id", "scores", "scores_by_incident"]
