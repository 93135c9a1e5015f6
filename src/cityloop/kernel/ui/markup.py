"""Text that is already markup, and the numbers and widths that drawings share. No Django."""

from html import escape as _escape
from typing import Final

MINUS: Final = "\N{MINUS SIGN}"
THIN_SPACE: Final = "\N{NARROW NO-BREAK SPACE}"
NUMERALS: Final = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}


class Markup(str):
    """A string of HTML or SVG made here from escaped parts: templates print it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def escape(text: object) -> str:
    """Text for an element or an attribute in double quotes."""
    return _escape(str(text), quote=True)


def number_text(value: float, digits: int | None = None) -> str:
    """A number for people: true minus, digits in groups of three from 10 000 on.

    Args:
        value: Finite number.
        digits: Decimal places; None: as many as three significant digits need, at most two, no trailing zeros.
    """
    if digits is None:
        places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        text = f"{value:.{places}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:.{digits}f}"
    sign = ""
    if text.startswith("-"):
        text = text[1:]
        sign = MINUS if text.strip("0.") else ""
    whole, dot, rest = text.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", THIN_SPACE)
    return f"{sign}{whole}{dot}{rest}"


def coordinate(value: float) -> str:
    """A coordinate in a drawing: one decimal, as short as possible."""
    text = f"{value:.1f}"
    if text.endswith(".0"):
        text = text[:-2]
    return "0" if text == "-0" else text


def text_width_px(text: str, size_px: float = 12) -> float:
    """Roughly how wide a text will be drawn: Han characters are square, others half as wide."""
    return sum(size_px if ord(letter) > 0x2E7F else size_px * 0.56 for letter in text)
