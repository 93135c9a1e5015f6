"""Query options of SensorThings: read from name and value, and written back for links. Pure.

`$expand` nests: `Datastreams($top=1;$expand=Observations)`, or `Datastreams/Observations` for the same without
options. One name expanded twice (`A/B,A/C`) is one Expand with both below it.
Source: OGC 18-088, clause 9.3; OData 4.01, part 2, clause 5.1.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

from cityloop.sense.sensorthings.expressions import Node, Path, QueryError, shown
from cityloop.sense.sensorthings.filter_parser import PATH, format_node, parse_filter

WHOLE_MAX = 2**31
TEXT_CHARACTERS_MAX = 16_000
ORDERS_MAX = 10
SELECTS_MAX = 100
EXPANDS_MAX = 40
EXPAND_DEPTH_MAX = 6

# In the order they are written; an Expand takes the first seven.
OPTIONS: Final = ("$filter", "$orderby", "$select", "$expand", "$top", "$skip", "$count", "$resultFormat", "$apply")
EXPAND_OPTIONS: Final = OPTIONS[:7]
RESULT_FORMATS: Final = ("dataArray", "CSV", "GeoJSON", "JSON")

_DIRECTION = re.compile(r"(?P<expression>.*\S)\s+(?P<direction>asc|desc)\s*", re.IGNORECASE | re.DOTALL)
_EXPAND = re.compile(r"\s*(?P<names>[A-Za-z]+(?:/[A-Za-z]+)*)\s*(?:\((?P<options>.*)\)\s*)?", re.DOTALL)
_PIECE = re.compile(r"'(?:[^']|'')*+'|[^'(),;]++|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Query:
    """What a request, or an Expand of one, asks for.

    Args:
        orderby: Expressions, each with whether it descends.
        select: Names as written, such as name, @iot.id, properties/x or Datastreams, each once; () for all.
        expand: Each name once.
        top: None: as many as the server thinks right.
        count: None: not said.
        result_format: One of `RESULT_FORMATS`; never in an Expand, nor is `apply`.
        apply: The text of `$apply`, not read.
    """

    filter: Node | None = None
    orderby: tuple[tuple[Node, bool], ...] = ()
    select: tuple[str, ...] = ()
    expand: tuple["Expand", ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool | None = None
    result_format: str | None = None
    apply: str | None = None


@dataclass(frozen=True, slots=True)
class Expand:
    """Entities to be put into the answer, by the navigation name that leads to them, and what is asked of them."""

    name: str
    query: Query


def parse_options(pairs: Iterable[tuple[str, str]]) -> Query:
    """Read the query options of a request.

    Args:
        pairs: Names and values, percent-decoded, as often as they came. Case does not matter in the names of
            options. Names without `$` belong to somebody else and are left alone.

    Raises:
        QueryError: An option there is not, one that came twice, or a value that is not allowed.
    """
    query = _query(_by_name((pair for pair in pairs if pair[0].startswith("$")), OPTIONS), depth=1)
    _few_expands(_size(query.expand))
    for name, value in format_options(query):
        if len(value) > TEXT_CHARACTERS_MAX:
            raise QueryError(
                f"{name} has {len(value)} characters once its values are written in full; allowed: up to "
                f"{TEXT_CHARACTERS_MAX}. Ask for less at a time"
            )
    return query


def format_options(query: Query) -> list[tuple[str, str]]:
    """Names and values, not percent-encoded, that are read as this query; options not set are left out."""
    values = {
        "$filter": None if query.filter is None else format_node(query.filter),
        "$orderby": ",".join(_order_text(node, descending) for node, descending in query.orderby),
        "$select": ",".join(query.select),
        "$expand": ",".join(_expand_text(expand) for expand in query.expand),
        "$top": None if query.top is None else str(query.top),
        "$skip": str(query.skip) if query.skip else None,
        "$count": None if query.count is None else str(query.count).lower(),
        "$resultFormat": query.result_format,
        "$apply": query.apply,
    }
    return [(name, value) for name in OPTIONS if (value := values[name])]


def _order_text(node: Node, descending: bool) -> str:
    # Without its asc an expression that ends with a property named desc would descend.
    direction = " desc" if descending else "" if isinstance(node, Path) else " asc"
    return format_node(node) + direction


def _expand_text(expand: Expand) -> str:
    options = ";".join(f"{name}={value}" for name, value in format_options(expand.query))
    return f"{expand.name}({options})" if options else expand.name


def _by_name(pairs: Iterable[tuple[str, str]], allowed: tuple[str, ...]) -> dict[str, str]:
    """Values by the names of the standard."""
    known = {name.lower(): name for name in allowed}
    found: dict[str, str] = {}
    for written, value in pairs:
        name = known.get(written.lower())
        if name is None:
            raise QueryError(f"query option {shown(written)}; allowed: {', '.join(allowed)}")
        if name in found:
            raise QueryError(f"{name} came twice; allowed: once")
        if not value.strip():
            raise QueryError(f"{name} is empty; allowed: a value, or leave the option out")
        if len(value) > TEXT_CHARACTERS_MAX:
            raise QueryError(f"{name} has {len(value)} characters; allowed: up to {TEXT_CHARACTERS_MAX}")
        found[name] = value
    return found


def _query(values: Mapping[str, str], depth: int) -> Query:
    return Query(
        filter=parse_filter(values["$filter"]) if "$filter" in values else None,
        orderby=_orderby(values["$orderby"]) if "$orderby" in values else (),
        select=_select(values["$select"]) if "$select" in values else (),
        expand=_expands(values["$expand"], depth) if "$expand" in values else (),
        top=_whole("$top", values["$top"]) if "$top" in values else None,
        skip=_whole("$skip", values["$skip"]) if "$skip" in values else 0,
        count=_truth(values["$count"]) if "$count" in values else None,
        result_format=_result_format(values["$resultFormat"]) if "$resultFormat" in values else None,
        apply=values.get("$apply"),
    )


def _orderby(text: str) -> tuple[tuple[Node, bool], ...]:
    parts = _split(text, ",", "$orderby")
    if len(parts) > ORDERS_MAX:
        raise QueryError(f"$orderby has {len(parts)} expressions; allowed: up to {ORDERS_MAX}")
    order = []
    for part in parts:
        match = _DIRECTION.fullmatch(part)
        expression, direction = (match["expression"], match["direction"].lower()) if match else (part, "asc")
        order.append((parse_filter(expression, "$orderby"), direction == "desc"))
    return tuple(order)


def _select(text: str) -> tuple[str, ...]:
    names = [part.strip() for part in text.split(",")]
    if names == ["*"]:
        return ()
    for name in names:
        if not PATH.fullmatch(name):
            raise QueryError(f"$select part {shown(name)}; allowed: names such as id, name or properties/x, or * alone")
    if len(names) > SELECTS_MAX:
        raise QueryError(f"$select has {len(names)} names; allowed: up to {SELECTS_MAX}")
    return tuple(dict.fromkeys(names))


def _whole(name: str, text: str) -> int:
    text = text.strip()
    if not text.isascii() or not text.isdigit() or int(text[:20]) > WHOLE_MAX:
        raise QueryError(f"{name}={shown(text)}; allowed: a whole number, 0 to {WHOLE_MAX}")
    return int(text)


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise QueryError(f"$count={shown(text)}; allowed: true or false")
    return text == "true"


def _result_format(text: str) -> str:
    for name in RESULT_FORMATS:
        if text.strip().lower() == name.lower():
            return name
    raise QueryError(f"$resultFormat={shown(text)}; allowed: {', '.join(RESULT_FORMATS)}")


def _expands(text: str, depth: int) -> tuple[Expand, ...]:
    parts = _split(text, ",", "$expand")
    _few_expands(len(parts))
    return _merged(_expand(part, depth) for part in parts)


def _expand(text: str, depth: int) -> Expand:
    match = _EXPAND.fullmatch(text)
    if match is None:
        raise QueryError(
            f"$expand part {shown(text.strip())}; allowed: NAME, NAME/NAME or NAME($option=value;$option=value)"
        )
    names = match["names"].split("/")
    depth += len(names) - 1
    if depth > EXPAND_DEPTH_MAX:
        raise QueryError(f"$expand is {depth} names deep at {shown(names[-1])}; allowed: up to {EXPAND_DEPTH_MAX}")
    query = Query()
    if match["options"] is not None:
        try:
            pairs = [_option(part) for part in _split(match["options"], ";", "$expand") if part.strip()]
            query = _query(_by_name(pairs, EXPAND_OPTIONS), depth + 1)
        except QueryError as error:
            raise QueryError(f"in $expand={match['names']}: {error}") from None
    for name in reversed(names[1:]):
        query = Query(expand=(Expand(name, query),))
    return Expand(names[0], query)


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise QueryError(f"option {shown(text.strip())}; allowed: $option=value, separated by ;")
    return name.strip(), value


def _split(text: str, separator: str, option: str) -> list[str]:
    """Parts between separators that stand outside of quotes and brackets."""
    parts, start, depth = [], 0, 0
    for piece in _PIECE.finditer(text):
        sign = piece[0]
        if sign == "'":
            raise QueryError(f"{option} has a text without end: {shown(text[piece.start() :])}; allowed: '…'")
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
        if sign == separator and depth == 0:
            parts.append(text[start : piece.start()])
            start = piece.end()
    if depth:
        raise QueryError(f"{option} has brackets that don't match in {shown(text)}; allowed: one ) for each (")
    return [*parts, text[start:]]


def _merged(expands: Iterable[Expand]) -> tuple[Expand, ...]:
    """Each name once, where it came first."""
    found: dict[str, Query] = {}
    for expand in expands:
        before = found.get(expand.name)
        found[expand.name] = expand.query if before is None else _both(expand.name, before, expand.query)
    return tuple(Expand(name, query) for name, query in found.items())


def _both(name: str, one: Query, other: Query) -> Query:
    """What two expands of one name ask for together."""
    both = replace(one, expand=_merged((*one.expand, *other.expand)))
    for field in fields(Query):
        before, now = getattr(one, field.name), getattr(other, field.name)
        if field.name == "expand" or now in (field.default, before):
            continue
        if before != field.default:
            raise QueryError(
                f"$expand has {name} twice with ${field.name} that differ; allowed: one {name}(…) with all its options"
            )
        both = replace(both, **{field.name: now})
    return both


def _few_expands(count: int) -> None:
    if count > EXPANDS_MAX:
        raise QueryError(f"$expand has {count} names; allowed: up to {EXPANDS_MAX} in all")


def _size(expands: tuple[Expand, ...]) -> int:
    return sum(1 + _size(expand.query.expand) for expand in expands)
