"""Expressions of `$filter` and `$orderby`: text to tree and back. Pure.

A path is names joined by `/`. The first name starts with a letter, `_` or `@`; those after it may start with a digit
too. Further characters: letters and digits of any script, `_`, `.`, `-`, `@`. Other names (with spaces, say) can't be
written. Operators and functions are taken in any case: a name is an operator only where an operator can stand, and a
function only before a bracket.

Every input is bounded: its length, the nodes of its tree, how deep its brackets go and how high its tree is. So
whoever walks a tree by recursion stays far from Python's limit.
Source: OGC 18-088, clause 9.3.3.5; OData 4.01, part 2, clause 5.1.1.
"""

import re
from difflib import get_close_matches
from typing import Final

from cityloop.sense.sensorthings.expressions import (
    FUNCTIONS,
    LEVELS,
    PREFIXES,
    Binary,
    Call,
    Lambda,
    Listing,
    Literal,
    Node,
    Path,
    QueryError,
    Unary,
    children,
    level,
    shown,
)
from cityloop.sense.sensorthings.literals import format_literal, is_duration, read_literal

CHARACTERS_MAX = 8_000
NODES_MAX = 500
NESTING_MAX = 60
# A row of 125 comparisons joined by `or` is 126 high and takes all 500 nodes.
HEIGHT_MAX = 150

PATH: Final = re.compile(r"(?:[^\W\d]|@)[\w.@-]*(?:/[\w@][\w.@-]*)*")
INFIXES: Final = tuple(name for name in LEVELS if name not in PREFIXES)
_VARIABLE = re.compile(r"\s*([^\W\d]\w*)\s*:")
_SPACE = re.compile(r"\s*")
# No database takes them in a text.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def parse_filter(text: str, option: str = "$filter") -> Node:
    """Read an expression.

    Args:
        option: Named in messages.

    Raises:
        QueryError: It can't be read, names a function there is not, or is too long or too deep.
    """
    if len(text) > CHARACTERS_MAX:
        raise QueryError(f"{option} has {len(text)} characters; allowed: up to {CHARACTERS_MAX}")
    if found := _UNSTORABLE.search(text):
        raise QueryError(f"{option} has the character {found[0]!r}; allowed: characters a text can hold")
    root = _Reader(text, option).whole()
    height, row = 0, [root]
    while row:
        height, row = height + 1, [child for node in row for child in children(node)]
    if height > HEIGHT_MAX:
        raise QueryError(f"{option} joins {height} steps in a row; allowed: up to {HEIGHT_MAX}. {_SHORTER}")
    # Links carry the expression as it is written back: times in full, for example.
    if len(written := format_node(root)) > CHARACTERS_MAX:
        raise QueryError(
            f"{option} has {len(written)} characters once its values are written in full; allowed: up to "
            f"{CHARACTERS_MAX}. Ask for less at a time"
        )
    return root


def format_node(node: Node) -> str:
    """The text that is read as this tree, with no more brackets than it needs."""
    match node:
        case Literal():
            return format_literal(node)
        case Path():
            return "/".join(node.parts)
        case Call():
            return f"{node.name}({','.join(format_node(one) for one in node.args)})"
        case Listing():
            return f"({','.join(format_literal(one) for one in node.items)})"
        case Lambda():
            body = "" if node.body is None else f"{node.variable}:{format_node(node.body)}"
            return f"{format_node(node.path)}/{node.kind}({body})"
        case Unary("-"):
            # Without the space -5 would be read as the number below zero.
            space = " " if isinstance(node.operand, Literal) else ""
            return f"-{space}{_within(node.operand, level(node.operand) < level(node))}"
        case Unary():
            return f"{node.op} {_within(node.operand, level(node.operand) < level(node))}"
        case Binary():
            left = _within(node.left, level(node.left) < level(node))
            right = _within(node.right, level(node.right) <= level(node))
            return f"{left} {node.op} {right}"


def _within(node: Node, brackets: bool) -> str:
    text = format_node(node)
    return f"({text})" if brackets else text


_SHORTER = "Ask for less at a time, or write several values of one property as `in (…)`"


class _Reader:
    """Reads one text from left to right; each method takes what it is named after, from where the text is."""

    def __init__(self, text: str, option: str) -> None:
        self._text = text
        self._option = option
        self._at = 0
        self._nodes = 0
        self._nesting = 0
        self._depth = 0
        self._variables: list[str] = []

    def whole(self) -> Node:
        node = self._expression(0)
        if self._next():
            raise self._unreadable("nothing, or the bracket that opens here")
        return node

    def _expression(self, least: int) -> Node:
        """Operands with the operators between them that bind at least so firmly."""
        self._depth += 1
        if self._depth > HEIGHT_MAX:
            raise QueryError(f"{self._option} is more than {HEIGHT_MAX} steps deep; allowed: up to that. {_SHORTER}")
        left = self._operand(least)
        while operator := self._infix(least):
            right = self._listing() if operator == "in" else self._expression(LEVELS[operator] + 1)
            left = self._made(Binary(operator, left, right))
        self._depth -= 1
        return left

    def _infix(self, least: int) -> str:
        """The next operator in lower case; "" when it binds less firmly or the expression ends here."""
        if self._next() in ("", ")", ","):
            return ""
        word = PATH.match(self._text, self._at)
        operator = word[0].lower() if word else ""
        if word is None or operator not in INFIXES:
            raise self._unreadable(f"an operator ({' '.join(INFIXES)}), a closing bracket, or the end")
        if LEVELS[operator] < least:
            return ""
        self._at = word.end()
        return operator

    def _operand(self, least: int) -> Node:
        sign = self._next()
        if sign == "(":
            self._at += 1
            return self._closed(self._nested(0))
        if literal := self._literal():
            return literal
        if sign == "-":
            self._at += 1
            self._deeper()
            operand = self._operand(LEVELS["-"])
            self._nesting -= 1
            return self._made(Unary("-", operand))
        word = PATH.match(self._text, self._at)
        if word is None:
            raise self._unreadable("a property, a value, a function, `not`, `-` or an opening bracket")
        if word[0].lower() == "not":
            if least > LEVELS["not"]:
                raise self._unreadable("a property, a value, or `not` in brackets: (not …)")
            self._at = word.end()
            return self._made(Unary("not", self._nested(LEVELS["not"])))
        if word[0].lower() in LEVELS:
            raise self._unreadable(f"a property or a value on each side of {word[0]}")
        return self._named(word)

    def _named(self, word: re.Match[str]) -> Node:
        """What starts with a name: a function, any or all, or a property."""
        self._at = word.end()
        *path, name = word[0].split("/")
        if self._next() != "(":
            self._at = word.end()
            if not path and is_duration(name):
                raise QueryError(
                    f"value {shown(name)} in {self._option}; allowed: a duration in quotes, duration'{name}'"
                )
            return self._made(Path((*path, name)))
        self._at += 1
        if not path:
            return self._call(name)
        if name.lower() not in ("any", "all"):
            raise QueryError(f"{shown(word[0])} before a bracket in {self._option}; allowed after a path: any, all")
        return self._lambda(Path(tuple(path)), name.lower())

    def _call(self, name: str) -> Node:
        known = FUNCTIONS.get(name.lower())
        if known is None:
            close = get_close_matches(name.lower(), FUNCTIONS, n=3) or sorted(FUNCTIONS)
            raise QueryError(
                f"function {shown(name)} in {self._option}; allowed, with the nearest names: {', '.join(close)}"
            )
        args: list[Node] = []
        if self._next() != ")":
            args.append(self._nested(0))
            while self._next() == ",":
                self._at += 1
                args.append(self._nested(0))
        least, most = known
        if not least <= len(args) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise QueryError(f"function {name} in {self._option} with {len(args)} arguments; allowed: {wanted}")
        return self._closed(self._made(Call(name.lower(), tuple(args))))

    def _lambda(self, path: Path, kind: str) -> Node:
        self._made(path)
        if kind == "any" and self._next() == ")":
            return self._closed(self._made(Lambda(path, kind, "", None)))
        head = _VARIABLE.match(self._text, self._at)
        if head is None:
            raise self._unreadable(f"a variable, a colon and a condition, such as {kind}(one:one/name eq 'x')")
        variable = head[1]
        if variable.lower() in (*LEVELS, "true", "false", "null") or variable in self._variables:
            raise QueryError(
                f"variable {shown(variable)} in {self._option}; allowed: a name not yet taken, and no operator"
            )
        self._at = head.end()
        self._variables.append(variable)
        body = self._nested(0)
        self._variables.pop()
        return self._closed(self._made(Lambda(path, kind, variable, body)))

    def _listing(self) -> Node:
        items: list[Literal] = []
        allowed = "values in brackets after `in`, such as (1,2,3)"
        opening = "("
        while self._next() == opening:
            self._at, opening = self._at + 1, ","
            self._next()
            literal = self._literal()
            if literal is None:
                raise self._unreadable(allowed)
            items.append(literal)
        if not items:
            raise self._unreadable(allowed)
        return self._closed(self._made(Listing(tuple(items))))

    def _literal(self) -> Literal | None:
        try:
            found = read_literal(self._text, self._at)
        except QueryError as error:
            raise QueryError(f"{self._option}: {error}") from None
        if found is None:
            return None
        literal, self._at = found
        self._made(literal)
        return literal

    def _nested(self, least: int) -> Node:
        self._deeper()
        node = self._expression(least)
        self._nesting -= 1
        return node

    def _deeper(self) -> None:
        self._nesting += 1
        if self._nesting > NESTING_MAX:
            raise QueryError(f"{self._option} nests deeper than {NESTING_MAX} brackets; allowed: up to {NESTING_MAX}")

    def _made(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > NODES_MAX:
            raise QueryError(
                f"{self._option} has more than {NODES_MAX} parts; allowed: up to {NODES_MAX}. Ask for less at a time"
            )
        return node

    def _closed(self, node: Node) -> Node:
        if self._next() != ")":
            raise self._unreadable("a closing bracket")
        self._at += 1
        return node

    def _next(self) -> str:
        """The next character that is no space, not taken yet; "" at the end."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]

    def _unreadable(self, allowed: str) -> QueryError:
        rest = self._text[self._at :]
        place = f"can't be read from {shown(rest)} on" if rest else "ends too early"
        return QueryError(f"{self._option} {place}; allowed there: {allowed}")
