"""Query options of SensorThings."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.sense.observations.query import (
    OPERATORS,
    Comparison,
    Instant,
    Query,
    QueryError,
    parse_filter,
    parse_order,
    parse_query,
)
from cityloop.sense.observations.times import format_instant

fields = st.sampled_from(["result", "phenomenonTime", "Datastream/id", "Datastream/@iot.id", "@iot.id", "name"])
instants = st.integers(0, 4_000_000_000_000_000).map(Instant)
values = st.one_of(
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: "e" not in repr(x) or abs(x) > 1e-300),
    st.text(max_size=20),
    instants,
)
comparisons = st.builds(Comparison, fields, st.sampled_from(list(OPERATORS.values())), values)


def written(one: Comparison) -> str:
    operator = next(word for word, sign in OPERATORS.items() if sign == one.operator)
    if isinstance(one.value, Instant):
        value = format_instant(one.value.time_us)
    elif isinstance(one.value, str):
        value = "'" + one.value.replace("'", "''") + "'"
    else:
        value = repr(one.value)
    return f"{one.field} {operator} {value}"


@given(st.lists(comparisons, min_size=1, max_size=5))
def test_what_is_written_is_read(wanted: list[Comparison]) -> None:
    text = " and ".join(written(one) for one in wanted)
    if len(text) < 2000:
        assert list(parse_filter(f"  {text} ")) == wanted


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    with suppress(QueryError):
        parse_filter(text)


def test_a_plus_that_became_a_space_is_put_back() -> None:
    lost = parse_filter("phenomenonTime ge 2026-07-16T18:00:00 08:00 and result gt 5")
    assert lost == parse_filter("phenomenonTime ge 2026-07-16T10:00:00Z and result gt 5")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("result ge 5 or result lt 2", "can't be read from 'or result lt 2' on"),
        ("not result ge 5", "operator 'result' in \\$filter"),
        ("(result ge 5)", "can't be read from '\\(result ge 5\\)'"),
        ("result", "can't be read from 'result'"),
        ("result is 5", "operator 'is' in \\$filter; allowed: eq, ne, gt, ge, lt, le"),
        ("result ge five", "value 'five' in \\$filter; allowed: a number, a text in single quotes, or a time"),
        ("result ge 1e999", "allowed: a finite number"),
        ("result ge 5 and", "can't be read"),
        ("result ge 5 " * 500, "allowed: up to 2000"),
        (" and ".join(["result ge 5"] * 21), "21 comparisons; allowed: up to 20"),
        ("startswith(name,'a')", "can't be read"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_filter(text)


def test_order() -> None:
    assert parse_order("result desc, phenomenonTime") == (("result", True), ("phenomenonTime", False))
    assert parse_order("") == ()
    with pytest.raises(QueryError, match="allowed: FIELD, FIELD asc or FIELD desc"):
        parse_order("result upwards")


def test_options_and_their_bounds() -> None:
    assert parse_query({}) == Query()
    assert parse_query({"$top": "0", "$skip": "7", "$count": "true"}) == Query(top=0, skip=7, count=True)
    for options, message in (
        ({"$top": "10001"}, "\\$top='10001'; allowed: a whole number, 0 to 10000"),
        ({"$top": "-1"}, "\\$top='-1'"),
        ({"$top": "²"}, "\\$top"),
        ({"$skip": "x"}, "\\$skip='x'"),
        ({"$count": "yes"}, "\\$count='yes'; allowed: true or false"),
        ({"$expand": "Thing"}, "query option '\\$expand'; allowed so far"),
    ):
        with pytest.raises(QueryError, match=message):
            parse_query(options)
