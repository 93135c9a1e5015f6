"""What a problem says: to a reader in their language, to a program in English.

from cityloop.kernel.saying import said as _

raise NotFound(_("There is no rule %(number)s.") % {"number": number})
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext


class Said(str):
    """A text in the reader's language that still knows its English."""

    __slots__ = ("english",)
    english: str

    def __new__(cls, text: str, english: str) -> "Said":
        """Args: text: for the reader. english: for programs, logs and the command line."""
        made = super().__new__(cls, text)
        made.english = english
        return made

    def __reduce__(self) -> tuple[type["Said"], tuple[str, str]]:
        """So that it can be copied."""
        return Said, (str(self), self.english)

    def __mod__(self, values: Any) -> "Said":
        """Both texts with named values filled in; a value that is said in two languages goes to each in its own."""
        if not isinstance(values, Mapping):
            raise TypeError(f"placeholders are filled from {type(values).__name__}; allowed: a mapping of their names.")
        return Said(str(self) % values, self.english % {name: english_of(value) for name, value in values.items()})


def said(message: str) -> Said:
    """A message of the code, translated for the reader."""
    return Said(gettext(message), message)


def listed(parts: Iterable[str]) -> Said:
    """A few things after one another: `甲、乙` or `A, B`."""
    parts = list(parts)
    between = "、" if (get_language() or "").startswith("zh") else ", "
    return Said(between.join(parts), ", ".join(english_of(part) for part in parts))


def sentences(parts: Iterable[str]) -> Said:
    """Messages after one another."""
    parts = list(parts)
    return Said(" ".join(parts), " ".join(english_of(part) for part in parts))


def english_of(value: Any) -> Any:
    """The English of what is said in two languages; anything else as it is."""
    return value.english if isinstance(value, Said) else value
