"""Query options: read, and written back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.sense.sensorthings.expressions import Binary, Kind, Literal, Path, QueryError
from cityloop.sense.sensorthings.options import (
    EXPAND_DEPTH_MAX,
    EXPANDS_MAX,
    OPTIONS,
    ORDERS_MAX,
    RESULT_FORMATS,
    Expand,
    Query,
    format_options,
    parse_options,
)
from tests.sense.sensorthings.trees import nodes, paths

NAMES = ("Things", "Datastreams", "Observations", "Sensor", "Locations")
short_nodes = nodes.filter(lambda node: len(repr(node)) < 1500)
selects = st.lists(
    st.sampled_from(["id", "@iot.id", "name", "properties/flow-rate", "properties/水位", "Datastreams"]),
    max_size=3,
    unique=True,
).map(tuple)


def queries(expands: st.SearchStrategy[tuple[Expand, ...]], top_level: bool = False) -> st.SearchStrategy[Query]:
    return st.builds(
        Query,
        filter=st.none() | short_nodes,
        orderby=st.lists(st.tuples(short_nodes | paths, st.booleans()), max_size=2).map(tuple),
        select=selects,
        expand=expands,
        top=st.none() | st.integers(0, 2**31),
        skip=st.integers(0, 2**31) | st.just(0),
        count=st.none() | st.booleans(),
        result_format=st.none() | st.sampled_from(RESULT_FORMATS) if top_level else st.none(),
        apply=st.none() | st.sampled_from(["groupby((name))", " a;b,(' "]) if top_level else st.none(),
    )


def expands_of(inner: st.SearchStrategy[Query], most: int) -> st.SearchStrategy[tuple[Expand, ...]]:
    return st.lists(st.builds(Expand, st.sampled_from(NAMES), inner), max_size=most, unique_by=lambda x: x.name).map(
        tuple
    )


leaves = queries(st.just(()))
requests = queries(expands_of(queries(expands_of(leaves, 1)), 2), top_level=True)


@given(requests)
def test_what_is_written_is_read(query: Query) -> None:
    written = format_options(query)
    if all(len(value) <= 16_000 for _, value in written):
        assert parse_options(written) == query


@given(st.lists(st.tuples(st.sampled_from(OPTIONS) | st.text(max_size=5), st.text(max_size=60)), max_size=4))
def test_any_options_are_read_or_refused_and_never_break(pairs: list[tuple[str, str]]) -> None:
    with suppress(QueryError):
        parse_options(pairs)


pieces = [
    "Datastreams",
    "Observations",
    "/",
    "(",
    ")",
    ";",
    ",",
    "'",
    "=",
    *OPTIONS,
    "1",
    "true",
    "name",
    " desc",
    "\n",
]


@given(st.sampled_from(["$expand", "$orderby", "$select"]), st.lists(st.sampled_from(pieces), max_size=16).map("".join))
def test_any_row_of_pieces_is_read_or_refused_and_never_breaks(name: str, value: str) -> None:
    with suppress(QueryError):
        query = parse_options([(name, value)])
        assert parse_options(format_options(query)) == query


def test_all_options_of_a_request() -> None:
    query = parse_options(
        [
            ("$filter", "result gt 5"),
            ("$orderBy", "phenomenonTime desc, result asc,id"),
            ("$select", "id, @iot.id,properties/x,id"),
            ("$top", "2147483648"),
            ("$skip", "7"),
            ("$count", "true"),
            ("$resultFormat", "dataarray"),
            ("$apply", "groupby((id))"),
            ("token", "x"),
            ("token", "y"),
        ]
    )
    assert query == Query(
        filter=Binary("gt", Path(("result",)), Literal(Kind.NUMBER, 5)),
        orderby=((Path(("phenomenonTime",)), True), (Path(("result",)), False), (Path(("id",)), False)),
        select=("id", "@iot.id", "properties/x"),
        top=2**31,
        skip=7,
        count=True,
        result_format="dataArray",
        apply="groupby((id))",
    )
    assert parse_options([]) == Query()
    assert parse_options([("$select", "*"), ("$resultFormat", "geojson")]) == Query(result_format="GeoJSON")


def expanded(text: str) -> tuple[Expand, ...]:
    return parse_options([("$expand", text)]).expand


def test_expands_nest_and_split_outside_of_quotes_and_brackets_only() -> None:
    found = expanded(
        "Datastreams($filter=name eq 'x;y),(''';$expand=Observations($top=1;$orderby=phenomenonTime desc;$count=true)),"
        "Locations ( $select = name,id ; ) "
    )
    observations = Query(top=1, orderby=((Path(("phenomenonTime",)), True),), count=True)
    named = Binary("eq", Path(("name",)), Literal(Kind.TEXT, "x;y),('"))
    assert found == (
        Expand("Datastreams", Query(filter=named, expand=(Expand("Observations", observations),))),
        Expand("Locations", Query(select=("name", "id"))),
    )


def test_a_plus_lost_inside_an_expand_is_put_back() -> None:
    lost, kept = (expanded(f"Observations($filter=phenomenonTime ge 2026-07-16T18:00:00{sign}08:00)") for sign in " +")
    assert lost == kept


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("A/B", "A($expand=B)"),
        ("A/B($top=1)", "A($expand=B($top=1))"),
        ("A/B/C,A/B/D", "A($expand=B($expand=C,D))"),
        ("A,A/B", "A($expand=B)"),
        ("A/B,A", "A($expand=B)"),
        ("A($top=1),A/B", "A($top=1;$expand=B)"),
        ("A/B,C,A($select=name)", "A($select=name;$expand=B),C"),
        ("A($top=1),A($top=1;$count=true)", "A($top=1;$count=true)"),
        ("A()", "A"),
    ],
)
def test_a_name_expanded_twice_is_one_expand(written: str, meant: str) -> None:
    assert expanded(written) == expanded(meant)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("$skiptoken", "1", "query option '$skiptoken'; allowed: $filter, $orderby, $select, $expand, $top, $skip,"),
        ("$filter", " ", "$filter is empty; allowed: a value, or leave the option out"),
        ("$filter", "a b", "$filter can't be read from 'b' on"),
        ("$top", "-1", "$top='-1'; allowed: a whole number, 0 to 2147483648"),
        ("$top", "2147483649", "$top='2147483649'; allowed"),
        ("$top", "9" * 9000, "$top='9999"),
        ("$top", "1.0", "$top='1.0'; allowed"),
        ("$top", "²", "$top='²'; allowed"),
        ("$skip", "x", "$skip='x'; allowed: a whole number"),
        ("$count", "TRUE", "$count='TRUE'; allowed: true or false"),
        ("$resultFormat", "xml", "$resultFormat='xml'; allowed: dataArray, CSV, GeoJSON, JSON"),
        ("$orderby", "name up", "$orderby can't be read from 'up' on"),
        ("$orderby", "name,", "$orderby ends too early"),
        ("$orderby", "concat(a,b", "$orderby has brackets that don't match"),
        ("$orderby", ",".join("a" * (ORDERS_MAX + 1)), "$orderby has 11 expressions; allowed: up to 10"),
        ("$select", "name,", "$select part ''; allowed: names such as id"),
        ("$select", "name,*", "$select part '*'; allowed: names such as id"),
        ("$select", ",".join("a" * 101), "$select has 101 names; allowed: up to 100"),
        ("$expand", "Things/$ref", "$expand part 'Things/$ref'; allowed: NAME, NAME/NAME or NAME("),
        ("$expand", "Things,", "$expand part ''; allowed"),
        ("$expand", "Things(1)", "in $expand=Things: option '1'; allowed: $option=value, separated by ;"),
        ("$expand", "A(top=1)", "in $expand=A: query option 'top'; allowed: $filter, $orderby"),
        ("$expand", "A($apply=x)", "in $expand=A: query option '$apply'; allowed: $filter"),
        ("$expand", "A($top=1;$TOP=1)", "in $expand=A: $top came twice; allowed: once"),
        ("$expand", "A/B($expand=C($top=x))", "in $expand=A/B: in $expand=C: $top='x'; allowed: a whole number"),
        ("$expand", "A($top=1", "$expand has brackets that don't match in 'A($top=1'; allowed: one ) for each ("),
        ("$expand", "A($top=1))", "$expand has brackets that don't match"),
        ("$expand", "A($top=1)($skip=1)", "in $expand=A: $expand has brackets that don't match"),
        ("$expand", "A($filter=name eq 'x)", "$expand has a text without end: \"'x)\"; allowed: '…'"),
        ("$expand", "A($top=1),A($top=2)", "$expand has A twice with $top that differ; allowed: one A(…)"),
        ("$expand", "A($expand=B($skip=1)),A/B($skip=2)", "$expand has B twice with $skip that differ"),
        ("$expand", "A" * 16_001, "$expand has 16001 characters; allowed: up to 16000"),
    ],
)
def test_what_is_refused_says_why(name: str, value: str, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_options([(name, value)])
    assert message in str(refused.value)
    assert len(str(refused.value)) < 400


def test_an_option_that_comes_twice_is_refused() -> None:
    with pytest.raises(QueryError, match=r"\$top came twice; allowed: once"):
        parse_options([("$top", "1"), ("$top", "1")])


def test_expands_are_bounded_in_depth_and_number() -> None:
    deepest = "/".join("A" * EXPAND_DEPTH_MAX)
    assert expanded(deepest) == expanded("A($expand=" * 5 + "A" + ")" * 5)
    for written in (f"{deepest}/A", "A($expand=" * 6 + "A" + ")" * 6, "A($expand=" * 1000 + "A" + ")" * 1000):
        with pytest.raises(QueryError, match=r"\$expand is 7 names deep at 'A'; allowed: up to 6"):
            expanded(written)
    names = ["N" + "x" * i for i in range(EXPANDS_MAX + 1)]
    assert len(expanded(",".join(names[:-1]))) == EXPANDS_MAX
    with pytest.raises(QueryError, match=r"\$expand has 41 names; allowed: up to 40 in all"):
        expanded(",".join(names))
    with pytest.raises(QueryError, match=r"\$expand has 41 names"):
        expanded(f"{','.join(names[:39])},A/B")


def test_a_query_can_always_be_written_into_a_link() -> None:
    order = ",".join([f"concat({','.join(['2026-07-16T10:24Z/PT1M'] * 60)})"] * 10)
    with pytest.raises(QueryError, match=r"\$orderby has 2\d{4} characters once its values are written in full"):
        parse_options([("$orderby", order)])


def test_an_ascending_expression_that_ends_like_a_direction_stays_so() -> None:
    query = parse_options([("$orderby", "name eq desc asc,desc desc,asc")])
    assert [descending for _, descending in query.orderby] == [False, True, False]
    assert format_options(query) == [("$orderby", "name eq desc asc,desc desc,asc")]
