"""Expressions of `$filter` and `$orderby` as a tree, with the operators and functions there are. Pure.

Source: OGC 18-088, clause 9.3.3.5 (operators and functions); OData 4.01, part 2, clause 5.1.1 (precedence).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Final

SHOWN_CHARACTERS = 60

# Weakest first. OData has `not` as firm as `-`; here `not a eq 1` means not (a eq 1). For truth values that is the same
# as (not a) eq 1, for anything else it is the only reading that makes sense.
LEVELS: Final[Mapping[str, int]] = {
    "or": 1,
    "and": 2,
    "not": 3,
    "eq": 4,
    "ne": 4,
    "gt": 5,
    "ge": 5,
    "lt": 5,
    "le": 5,
    "in": 5,
    "add": 6,
    "sub": 6,
    "mul": 7,
    "div": 7,
    "mod": 7,
    "-": 8,
}
PREFIXES: Final = ("not", "-")
LEVEL_OF_LEAVES: Final = 9

_MANY = 100
# Name → fewest and most arguments.
FUNCTIONS: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys(("now", "mindatetime", "maxdatetime"), (0, 0)),
    **dict.fromkeys(("length", "tolower", "toupper", "trim"), (1, 1)),
    **dict.fromkeys(("year", "month", "day", "hour", "minute", "second", "fractionalseconds"), (1, 1)),
    **dict.fromkeys(("date", "time", "totaloffsetminutes", "round", "floor", "ceiling", "geo.length"), (1, 1)),
    **dict.fromkeys(("substringof", "contains", "startswith", "endswith", "indexof"), (2, 2)),
    **dict.fromkeys(("before", "after", "meets", "during", "overlaps", "starts", "finishes"), (2, 2)),
    **dict.fromkeys(("geo.distance", "geo.intersects"), (2, 2)),
    **dict.fromkeys(("st_equals", "st_disjoint", "st_touches", "st_within"), (2, 2)),
    **dict.fromkeys(("st_overlaps", "st_crosses", "st_intersects", "st_contains"), (2, 2)),
    "st_relate": (3, 3),
    "substring": (2, 3),
    "concat": (2, _MANY),
}


class QueryError(ValueError):
    """A query option can't be read; the message says which, and what is allowed."""


class Kind(StrEnum):
    """What a literal is."""

    NUMBER = "number"
    TEXT = "text"
    BOOL = "bool"
    NULL = "null"
    INSTANT = "instant"
    DATE = "date"
    TIME = "time"
    INTERVAL = "interval"
    DURATION = "duration"
    GEOMETRY = "geometry"


Value = bool | int | float | str | date | time | tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written into an expression.

    Args:
        value: By kind. NUMBER: int or finite float. TEXT: str. BOOL: bool. NULL: None. INSTANT: microseconds since
            1970 UTC. DATE and TIME: of the datetime module, without a zone. INTERVAL: (start, end), microseconds
            since 1970 UTC, start ≤ end. DURATION: microseconds, may be negative. GEOMETRY: WKT in WGS 84, only its
            outer form checked.
    """

    kind: Kind
    value: Value


@dataclass(frozen=True, slots=True)
class Path:
    """A property, by the names that lead to it: ('Datastream', 'Thing', 'properties', 'limit')."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `FUNCTIONS`, its name in lower case, with as many arguments as it takes."""

    name: str
    args: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`not` or `-` before an expression."""

    op: str
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two expressions joined by an operator of `LEVELS`, in lower case. The right side of `in` is a Listing."""

    op: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Listing:
    """The values on the right side of `in`, at least one."""

    items: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Lambda:
    """Whether any or all entities that a path leads to satisfy a condition.

    Args:
        kind: `any` or `all`.
        variable: Stands for such an entity in the body; "" without a body.
        body: The condition; None with `any` alone: is there one at all.
    """

    path: Path
    kind: str
    variable: str
    body: "Node | None"


Node = Literal | Path | Call | Unary | Binary | Listing | Lambda


def children(node: Node) -> tuple[Node, ...]:
    """The expressions directly below one, as they are written from left to right."""
    match node:
        case Call():
            return node.args
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Listing():
            return node.items
        case Lambda():
            return (node.path,) if node.body is None else (node.path, node.body)
        case _:
            return ()


def level(node: Node) -> int:
    """How firmly an expression holds together; the weaker one needs brackets inside the firmer one."""
    return LEVELS[node.op] if isinstance(node, Unary | Binary) else LEVEL_OF_LEAVES


def shown(text: str) -> str:
    """A text for a message: in quotes, short."""
    return repr(text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…")
