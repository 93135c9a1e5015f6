"""Names of steps and parts of a score, translated."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

STEPS: Final = {
    "open": gettext_noop("Noticed to opened"),
    "decide": gettext_noop("Opened to decided"),
    "dispatch": gettext_noop("Decided to sent out"),
    "accept": gettext_noop("Sent out to accepted"),
    "handle": gettext_noop("Accepted to reported"),
    "verify": gettext_noop("Reported to closed"),
}
PARTS: Final = {
    "accept": gettext_noop("Accepted in time"),
    "handle": gettext_noop("Handled in time"),
    "verify": gettext_noop("Verified in time"),
    "rework": gettext_noop("Right the first time"),
    "effect": gettext_noop("Effect as predicted"),
}


def step_words(name: str) -> str:
    """A step of an incident."""
    return _(STEPS[name])


def part_words(name: str) -> str:
    """A part of a score."""
    return _(PARTS[name])
