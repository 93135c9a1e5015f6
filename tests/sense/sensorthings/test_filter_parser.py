"""Expressions: text to tree and back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.sense.sensorthings.expressions import (
    FUNCTIONS,
    Binary,
    Call,
    Kind,
    Lambda,
    Listing,
    Literal,
    Node,
    Path,
    QueryError,
    Unary,
)
from cityloop.sense.sensorthings.filter_parser import (
    CHARACTERS_MAX,
    INFIXES,
    NESTING_MAX,
    NODES_MAX,
    format_node,
    parse_filter,
)
from tests.sense.sensorthings.trees import nodes

ONE = Literal(Kind.NUMBER, 1)


def name(*parts: str) -> Path:
    return Path(parts)


def text(value: str) -> Literal:
    return Literal(Kind.TEXT, value)


@given(nodes)
def test_what_is_written_is_read(node: Node) -> None:
    written = format_node(node)
    read = parse_filter(written)
    assert read == node
    assert repr(read) == repr(node)  # 1 and 1.0 are equal, but not the same


@given(nodes, st.sampled_from(["  ", "\t"]))
def test_space_around_an_expression_says_nothing(node: Node, space: str) -> None:
    assert parse_filter(f"{space}({space}{format_node(node)}{space}){space}") == node


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    with suppress(QueryError):
        parse_filter(text)


# fmt: off
LITERALS = ["1", ".5", "2026-07-16", "T10:24:36", "Z", "+08:00", " 08:00", "P1D", "PT", "duration'", "geography'", "e9",
            "null", "1e999", "²", "٣", "9" * 5000]
SIGNS = ["not", "-", "(", ")", "()", ",", "'", "''", "/", ":", "any(", "d:d/", "name", "a/any(d:", "@iot.id", "$", "\0"]
# fmt: on
words = st.sampled_from([*INFIXES, *FUNCTIONS, *LITERALS, *SIGNS])


@given(st.lists(words, max_size=14), st.sampled_from(["", " "]))
def test_any_row_of_words_is_read_or_refused_and_never_breaks(row: list[str], space: str) -> None:
    try:
        node = parse_filter(space.join(row))
    except QueryError:
        return
    assert parse_filter(format_node(node)) == node


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a or b and c", "a or (b and c)"),
        ("a and b or c", "(a and b) or c"),
        ("not a eq 1 and b", "(not (a eq 1)) and b"),
        ("a and not b or c", "(a and (not b)) or c"),
        ("a eq b gt c", "a eq (b gt c)"),
        ("a gt b add c mul d", "a gt (b add (c mul d))"),
        ("a sub b sub c", "(a sub b) sub c"),
        ("a div b mul c mod d", "((a div b) mul c) mod d"),
        ("-a mul b", "(-a) mul b"),
        ("a add b in (1,2)", "(a add b) in (1,2)"),
        ("not not a", "not (not a)"),
        ("A EQ 1 AND Not B", "A eq 1 and not B"),
        ("ToLower(name) eq 'x'", "tolower(name) eq 'x'"),
        ("a eq(1)and(b)", "a eq 1 and b"),
        ("Datastreams/ANY( d : d/name eq 'x' )", "Datastreams/any(d:d/name eq 'x')"),
        ("result gt -5", "result gt -5.0"),
    ],
)
def test_how_operators_bind(written: str, meant: str) -> None:
    assert parse_filter(written) == parse_filter(meant)


def test_the_tree_of_each_form() -> None:
    assert parse_filter("Datastream/Thing/properties/limit ge 1") == Binary(
        "ge", name("Datastream", "Thing", "properties", "limit"), ONE
    )
    assert parse_filter("@iot.id in (1, 'x',null)") == Binary(
        "in", name("@iot.id"), Listing((ONE, text("x"), Literal(Kind.NULL, None)))
    )
    assert parse_filter("Datastreams/any()") == Lambda(name("Datastreams"), "any", "", None)
    assert parse_filter("Datastreams/all(d:d/Observations/any(o:o/result eq d/limit))") == Lambda(
        name("Datastreams"),
        "all",
        "d",
        Lambda(name("d", "Observations"), "any", "o", Binary("eq", name("o", "result"), name("d", "limit"))),
    )
    assert parse_filter("now()") == Call("now", ())
    assert parse_filter("substring(name,1)") == Call("substring", (name("name"), ONE))
    assert parse_filter("- 1") == Unary("-", ONE)
    assert parse_filter("-1") == Literal(Kind.NUMBER, -1)
    assert parse_filter("year eq 1") == Binary("eq", name("year"), ONE)
    assert parse_filter("properties/流量-1.max eq properties/and") == Binary(
        "eq", name("properties", "流量-1.max"), name("properties", "and")
    )


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "$filter ends too early; allowed there: a property, a value"),
        ("   ", "$filter ends too early"),
        ("a eq", "$filter ends too early; allowed there: a property, a value"),
        ("a b", "$filter can't be read from 'b' on; allowed there: an operator (or and eq ne"),
        ("a = 1", "can't be read from '= 1' on; allowed there: an operator"),
        ("a eq 1)", "can't be read from ')' on; allowed there: nothing"),
        ("(a eq 1", "$filter ends too early; allowed there: a closing bracket"),
        ("a, b", "can't be read from ', b' on"),
        ("a/ eq 1", "can't be read from '/ eq 1' on"),
        ("a//b", "can't be read from '//b' on"),
        ("a eq not b", "can't be read from 'not b' on; allowed there: a property, a value, or `not` in brackets"),
        ("-not b", "can't be read from 'not b' on"),
        ("a eq and", "allowed there: a property or a value on each side of and"),
        ("startwith(name,'x')", "function 'startwith' in $filter; allowed, with the nearest names: startswith"),
        ("zzzzzz(1)", "nearest names: after, before"),
        ("geo.within(a,b)", "function 'geo.within'"),
        ("startswith(name)", "function startswith in $filter with 1 arguments; allowed: 2"),
        ("substring(name)", "function substring in $filter with 1 arguments; allowed: 2 to 3"),
        ("now(1)", "function now in $filter with 1 arguments; allowed: 0"),
        ("contains(name,)", "can't be read from ')' on; allowed there: a property, a value"),
        ("Things/some(d:d/x)", "'Things/some' before a bracket in $filter; allowed after a path: any, all"),
        ("Things/all()", "allowed there: a variable, a colon and a condition, such as all(one:one/name eq 'x')"),
        ("Things/any(d/name)", "allowed there: a variable, a colon and a condition"),
        ("Things/any(d:)", "can't be read from ')' on"),
        ("Things/any(eq:eq/x)", "variable 'eq' in $filter; allowed: a name not yet taken"),
        ("Things/any(d:d/x/any(d:d/y))", "variable 'd' in $filter; allowed: a name not yet taken"),
        ("a in 1", "can't be read from '1' on; allowed there: values in brackets after `in`, such as (1,2,3)"),
        ("a in ()", "values in brackets after `in`"),
        ("a in (1,)", "values in brackets after `in`"),
        ("a in (b)", "values in brackets after `in`"),
        ("a in (1", "$filter ends too early; allowed there: a closing bracket"),
        ("a gt PT1H", "value 'PT1H' in $filter; allowed: a duration in quotes, duration'PT1H'"),
        ("a eq 'x\0'", "$filter has the character '\\x00'"),
        ("a eq '\ud800'", "$filter has the character '\\ud800'"),
        ("a eq 'x", '$filter: text "\'x" has no end'),
    ],
)
def test_what_is_refused_says_why(written: str, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_filter(written)
    assert message in str(refused.value)


def test_messages_name_the_option_and_stay_short() -> None:
    with pytest.raises(QueryError, match=r"^\$orderby can't be read from"):
        parse_filter("a b", "$orderby")
    with pytest.raises(QueryError) as refused:
        parse_filter("a " + "b" * 5000)
    assert len(str(refused.value)) < 250


def deep(before: str, inside: str, after: str, times: int) -> str:
    return before * times + inside + after * times


@pytest.mark.parametrize(
    ("before", "inside", "after"),
    [("(", "a eq 1", ")"), ("not ", "a", ""), ("- ", "a", ""), ("tolower(", "a", ")"), ("not (", "a", ")")],
)
def test_nesting_is_bounded(before: str, inside: str, after: str) -> None:
    levels = 2 if before == "not (" else 1
    node = parse_filter(deep(before, inside, after, NESTING_MAX // levels))
    assert parse_filter(format_node(node)) == node
    for times in (NESTING_MAX // levels + 1, 800):
        with pytest.raises(QueryError, match="nests deeper than 60 brackets; allowed: up to 60"):
            parse_filter(deep(before, inside, after, times))


def test_lambdas_in_lambdas_are_bounded() -> None:
    with pytest.raises(QueryError, match="nests deeper than 60"):
        parse_filter("".join(f"x/any(v{i}:" for i in range(300)))


def test_a_tree_that_climbs_through_every_operator_is_bounded() -> None:
    step = "(a or b and c eq d gt e add f mul "
    with pytest.raises(QueryError, match="steps deep"):
        parse_filter(deep(step, "g", ")", 59))
    node = parse_filter(deep(step, "g", ")", 20))
    assert parse_filter(format_node(node)) == node


def test_a_long_row_of_comparisons_is_read_and_a_longer_one_refused() -> None:
    node = parse_filter(" or ".join(f"id eq {i}" for i in range(125)))
    assert parse_filter(format_node(node)) == node
    with pytest.raises(QueryError, match="more than 500 parts; allowed: up to 500"):
        parse_filter(" or ".join(f"id eq {i}" for i in range(126)))
    with pytest.raises(QueryError, match="joins 151 steps in a row; allowed: up to 150"):
        parse_filter(" add ".join("1" * 151))


def test_the_number_of_parts_and_of_characters_is_bounded() -> None:
    assert parse_filter(f"id in ({','.join(['1'] * (NODES_MAX - 3))})")
    with pytest.raises(QueryError, match="more than 500 parts"):
        parse_filter(f"id in ({','.join(['1'] * NODES_MAX)})")
    assert parse_filter("a".ljust(CHARACTERS_MAX)) == name("a")
    many = ",".join(["2026-07-16T10:24Z/PT1M"] * 300)
    with pytest.raises(QueryError, match=r"\$filter has 126\d\d characters once its values are written in full"):
        parse_filter(f"a in ({many})")
    with pytest.raises(QueryError, match=r"\$filter has 8001 characters; allowed: up to 8000"):
        parse_filter("a".ljust(CHARACTERS_MAX + 1))
