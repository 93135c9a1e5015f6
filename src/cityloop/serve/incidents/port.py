"""What other features may call."""

from cityloop.serve.incidents.actors import actor_words
from cityloop.serve.incidents.classes import incident_class, incident_classes, load_classes
from cityloop.serve.incidents.photo_store import keep_photo
from cityloop.serve.incidents.refusals import overtaken, reason_missing, refused
from cityloop.serve.incidents.selectors import (
    count_incidents,
    incident,
    incident_by_fact,
    incidents,
    incidents_by_number,
    newest_stage,
    order_stages,
    stage,
    stages,
    tally,
)
from cityloop.serve.incidents.services import add_stage, close, hold, mark_assessed, set_progress, void
from cityloop.serve.incidents.words import move_words, result_words, stage_words, state_words

__all__ = [
    "actor_words",
    "add_stage",
    "close",
    "count_incidents",
    "hold",
    "incident",
    "incident_by_fact",
    "incident_class",
    "incident_classes",
    "incidents",
    "incidents_by_number",
    "keep_photo",
    "load_classes",
    "mark_assessed",
    "move_words",
    "newest_stage",
    "order_stages",
    "overtaken",
    "reason_missing",
    "refused",
    "result_words",
    "set_progress",
    "stage",
    "stage_words",
    "stages",
    "state_words",
    "tally",
    "void",
]
