"""The four warning levels as shapes: diamond, triangle, square, circle; sharper is graver. No Django."""

from typing import Final

from cityloop.kernel.ui.markup import NUMERALS, coordinate

LEVELS: Final = (1, 2, 3, 4)


class UnknownLevelError(ValueError):
    """A warning level that does not exist."""

    def __init__(self, level: object) -> None:
        super().__init__(
            f"Warning level is {level!r}; allowed: 1 (gravest), 2, 3 or 4. Correct the level of the record."
        )


def checked_level(level: int) -> int:
    """The level itself.

    Raises:
        UnknownLevelError: It is not 1 to 4.
    """
    if level not in LEVELS:
        raise UnknownLevelError(level)
    return level


def level_shape(level: int, x: float, y: float, radius: float) -> str:
    """The shape of a level, centred on a point, as an SVG element of class `mark`.

    Args:
        level: 1 to 4.
        x, y: Centre in the drawing's units.
        radius: Of the circle; the other shapes look equally large.
    """
    checked_level(level)
    kind = f'class="mark m{level}"'
    if level == 4:
        return f'<circle {kind} cx="{coordinate(x)}" cy="{coordinate(y)}" r="{coordinate(radius)}"/>'
    if level == 3:
        side = radius * 0.9
        edge = coordinate(2 * side)
        return f'<path {kind} d="M{coordinate(x - side)} {coordinate(y - side)}h{edge}v{edge}h-{edge}z"/>'
    if level == 2:
        wide, top, low = radius * 1.2, radius * 1.22, radius * 0.88
        return (
            f'<path {kind} d="M{coordinate(x)} {coordinate(y - top)}L{coordinate(x + wide)} {coordinate(y + low)}'
            f'L{coordinate(x - wide)} {coordinate(y + low)}z"/>'
        )
    reach = radius * 1.25
    return (
        f'<path {kind} d="M{coordinate(x)} {coordinate(y - reach)}L{coordinate(x + reach)} {coordinate(y)}'
        f'L{coordinate(x)} {coordinate(y + reach)}L{coordinate(x - reach)} {coordinate(y)}z"/>'
    )


def level_mark(level: int, x: float, y: float, radius: float, text: str | None = None) -> str:
    """A level's shape with its numeral, or another short text, in it."""
    drop = radius * (0.52 if level == 2 else 0.42)
    return (
        level_shape(level, x, y, radius)
        + f'<text x="{coordinate(x)}" y="{coordinate(y + drop)}">{NUMERALS[level] if text is None else text}</text>'
    )
