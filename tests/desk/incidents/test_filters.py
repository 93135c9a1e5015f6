"""The filter of an address: read, or refused with what is allowed."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from cityloop.desk.incidents.filters import ALL, LIVE, STATES, BadFilterError, parse
from cityloop.serve.incidents.contracts import LIVE_STATES, IncidentState


def test_an_empty_address_asks_for_everything_in_hand() -> None:
    wanted = parse(QueryDict(""))
    assert wanted.states == LIVE_STATES
    assert wanted.filter().levels is None
    assert not wanted.narrows(LIVE)
    assert parse(QueryDict(""), default_state=ALL).states is None


def test_everything_can_be_asked_for() -> None:
    wanted = parse(
        QueryDict("q= 青溪  下穿&district=310102&department=drainage&level=2&level=1&class=matter-10999&state=reported")
    )
    found = wanted.filter()
    assert found.text == "青溪 下穿"
    assert (found.district_code, found.department_code) == ("310102", "drainage")
    assert found.levels == {1, 2}
    assert found.class_codes == {("matter", "10999")}
    assert found.states == {IncidentState.REPORTED}
    assert wanted.filter(any_level=True).levels is None
    assert wanted.class_key == "matter-10999"
    assert wanted.narrows(LIVE)


def test_all_four_levels_are_no_filter() -> None:
    assert parse(QueryDict("level=1&level=2&level=3&level=4")).levels == frozenset()


@pytest.mark.parametrize(
    ("query", "name", "allowed"),
    [
        ("level=5", "level", "1, 2, 3, 4"),
        ("state=gone", "state", "live"),
        ("class=10999", "class", "matter-06028"),
        ("class=matter-1099", "class", "matter-06028"),
        ("q=" + "x" * 101, "q", "0–100"),
    ],
)
def test_what_is_not_allowed_says_what_is(query: str, name: str, allowed: str) -> None:
    with pytest.raises(BadFilterError) as caught:
        parse(QueryDict(query))
    assert caught.value.name == name
    assert str(caught.value).startswith(f"{name} is ")
    assert allowed in str(caught.value)


@given(st.text(max_size=60), st.text(max_size=10), st.text(max_size=20))
def test_no_address_breaks_it(q: str, state: str, key: str) -> None:
    query = QueryDict(mutable=True)
    query.update({"q": q, "state": state, "class": key})
    try:
        wanted = parse(query)
    except BadFilterError:
        return
    assert wanted.state in STATES
    assert "\x00" not in wanted.text
