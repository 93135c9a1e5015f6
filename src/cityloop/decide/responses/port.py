"""What other features may call."""

from cityloop.decide.responses.loading import load_responses
from cityloop.decide.responses.selectors import response, responses
from cityloop.decide.responses.services import enter_response, know_classes, propose

__all__ = ["enter_response", "know_classes", "load_responses", "propose", "response", "responses"]
