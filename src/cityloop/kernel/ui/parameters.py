"""Reading values that come as text, in an address or a form. No Django."""

from typing import Final

WHOLE_DIGITS_MAX: Final = 9


def whole_number(text: str) -> int | None:
    """A whole number from 0, typed with the digits 0 to 9; None for anything else.

    `str.isdigit` alone is also true for “²” and “③”, which `int` refuses. A number of thousands of digits is refused by
    `int`, too, and one of twenty by the database: nine digits are the most.

    Args:
        text: As received; blanks around it are not removed.
    """
    right = text.isascii() and text.isdigit() and len(text) <= WHOLE_DIGITS_MAX
    return int(text) if right else None
