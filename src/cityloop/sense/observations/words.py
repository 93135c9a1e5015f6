"""Flags in words, in the reader's language."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from cityloop.sense.observations.contracts import Quality, Reason

QUALITY_WORDS: Final = {Quality.GOOD: _("good"), Quality.SUSPECT: _("suspect"), Quality.BAD: _("bad")}
REASON_WORDS: Final = {
    Reason.RANGE: _("outside the valid range"),
    Reason.RATE: _("impossible change"),
    Reason.STUCK: _("stuck value"),
    Reason.LATE: _("came late"),
    Reason.DOUBLED: _("another result for the same time"),
}


def reason_words(reasons: Reason) -> list[str]:
    """Every reason that holds, in words."""
    return [str(words) for one, words in REASON_WORDS.items() if one in reasons]
