"""Trees of expressions for hypothesis."""

from datetime import date, time

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
    Unary,
)
from cityloop.sense.sensorthings.filter_parser import INFIXES
from cityloop.sense.sensorthings.literals import DURATION_US_MAX, INSTANT_US_LEAST, INSTANT_US_MOST, INTEGER_MAX

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
instants = st.integers(INSTANT_US_LEAST, INSTANT_US_MOST)
numbers = st.one_of(
    st.integers(-INTEGER_MAX, INTEGER_MAX),
    st.integers(-9, 9),
    st.floats(allow_nan=False, allow_infinity=False),
)
geometries = st.sampled_from(
    [
        "POINT (30 10)",
        "POINT(116.4 -39.9)",
        "LINESTRING (30 10, 10 30, 40 40)",
        "POLYGON ((30 10, 40 40, 20 40, 30 10))",
        "MULTIPOINT ((10 40), (40 30))",
        "MULTILINESTRING EMPTY",
        "MULTIPOLYGON (((30 20, 45 40, 10 40, 30 20)))",
        "GEOMETRYCOLLECTION (POINT (40 10), LINESTRING (10 10, 20 20))",
        "POINT Z (1 2 3)",
    ]
)
literals = st.one_of(
    numbers.map(lambda value: Literal(Kind.NUMBER, value)),
    texts.map(lambda value: Literal(Kind.TEXT, value)),
    st.booleans().map(lambda value: Literal(Kind.BOOL, value)),
    st.just(Literal(Kind.NULL, None)),
    instants.map(lambda value: Literal(Kind.INSTANT, value)),
    st.dates(date(1, 1, 1)).map(lambda value: Literal(Kind.DATE, value)),
    st.times().map(lambda value: Literal(Kind.TIME, time.replace(value, fold=0))),
    st.tuples(instants, instants).map(lambda ends: Literal(Kind.INTERVAL, (min(ends), max(ends)))),
    st.integers(-DURATION_US_MAX, DURATION_US_MAX).map(lambda value: Literal(Kind.DURATION, value)),
    geometries.map(lambda value: Literal(Kind.GEOMETRY, value)),
)
paths = st.sampled_from(
    [
        ("name",),
        ("@iot.id",),
        ("result",),
        ("desc",),
        ("contains",),
        ("Datastream", "Thing", "properties", "limit"),
        ("properties", "flow-rate.m3"),
        ("properties", "水位"),
        ("properties", "not"),
        ("properties", "2nd", "eq"),
        ("and", "any"),
        ("nullable",),
        ("true-north",),
        ("_x@y",),
    ]
).map(Path)


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Unary, st.sampled_from(["not", "-"]), inner),
        st.builds(Binary, st.sampled_from([name for name in INFIXES if name != "in"]), inner, inner),
        st.builds(
            Binary, st.just("in"), inner, st.lists(literals, min_size=1, max_size=4).map(lambda x: Listing(tuple(x)))
        ),
        st.sampled_from(sorted(FUNCTIONS)).flatmap(lambda name: _call(name, inner)),
    )


def _call(name: str, inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    least, most = FUNCTIONS[name]
    args = st.lists(inner, min_size=least, max_size=min(most, least + 1))
    return args.map(lambda found: Call(name, tuple(found)))


_conditions: st.SearchStrategy[Node] = st.recursive(st.one_of(literals, paths), _grown, max_leaves=12)
_lambdas = st.builds(Lambda, paths, st.sampled_from(["any", "all"]), st.sampled_from(["d", "o1", "目"]), _conditions)
_bare_any = paths.map(lambda path: Lambda(path, "any", "", None))
nodes: st.SearchStrategy[Node] = st.one_of(
    _conditions,
    st.recursive(st.one_of(literals, paths, _lambdas, _bare_any), _grown, max_leaves=8),
)
