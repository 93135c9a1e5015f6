"""The few SVG elements that drawings are made of, with coordinates cut short and words escaped. No Django."""

from collections.abc import Iterable, Sequence

from cityloop.kernel.ui.markup import Markup, coordinate, escape


def at(x: float, y: float) -> str:
    """A point of a path."""
    return f"{coordinate(x)} {coordinate(y)}"


def path(kind: str, d: str, **attributes: object) -> str:
    """A path of a CSS class; further attributes with `_` for `-`."""
    return f'<path class="{kind}"{_extra(attributes)} d="{d}"/>'


def dot(kind: str, x: float, y: float, radius: float) -> str:
    """A circle of a CSS class."""
    return f'<circle class="{kind}" cx="{coordinate(x)}" cy="{coordinate(y)}" r="{coordinate(radius)}"/>'


def words(x: float, y: float, text: object, kind: str = "", anchor: str = "", **attributes: object) -> str:
    """A text. `anchor`: start, middle or end."""
    classes = f' class="{kind}"' if kind else ""
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{classes} x="{coordinate(x)}" y="{coordinate(y)}"{anchored}{_extra(attributes)}>{escape(text)}</text>'


def drawing(kind: str, width: float, height: float, label: str, body: Iterable[str], *, fixed: bool = False) -> Markup:
    """A whole picture, with what a person who can't see it hears.

    Args:
        width, height: Its own units. `fixed`: shown at this size; else as wide as its box.
    """
    size = f' width="{coordinate(width)}" height="{coordinate(height)}"' if fixed else ""
    return Markup(
        f'<svg class="{kind}"{size} viewBox="0 0 {coordinate(width)} {coordinate(height)}" role="img" '
        f'aria-label="{escape(label)}">{"".join(body)}</svg>'
    )


def line(points: Sequence[tuple[float, float]]) -> str:
    """A path through points, in steps from one to the next, without those that would not be seen."""
    if not points:
        return ""
    x, y = round(points[0][0], 1), round(points[0][1], 1)
    found = [f"M{at(x, y)}l"]
    for next_x, next_y in points[1:]:
        step_x, step_y = round(next_x - x, 1), round(next_y - y, 1)
        if step_x or step_y:
            found.append(f"{at(step_x, step_y)} ")
            x, y = x + step_x, y + step_y
    return "".join(found).rstrip(" ").replace(" -", "-") if len(found) > 1 else f"M{at(x, y)}h0"


def _extra(attributes: dict[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
