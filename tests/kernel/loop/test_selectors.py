from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.models import Link
from cityloop.kernel.loop.port import link, trace

pytestmark = pytest.mark.django_db

START = datetime(2026, 7, 16, 10, tzinfo=UTC)

CHAIN = [
    Ref("observation", "41"),
    Ref("episode", "5"),
    Ref("incident", "AJ-20260716-0001"),
    Ref("decision", "JC-20260716-0001"),
    Ref("work_order", "GD-20260716-0001"),
    Ref("report", "9"),
    Ref("verification", "10"),
    Ref("score", "3"),
]


def write_chain(chain: list[Ref]) -> None:
    for number, (origin, target) in enumerate(pairwise(chain)):
        link(origin, target, "leads to", START + timedelta(minutes=number))


@pytest.mark.parametrize("entry", CHAIN)
def test_the_whole_loop_is_read_from_any_of_its_things(entry: Ref) -> None:
    write_chain(CHAIN)
    arrows = trace(entry)
    assert [arrow.origin for arrow in arrows] == CHAIN[:-1]
    assert [arrow.target for arrow in arrows] == CHAIN[1:]


def test_a_rule_shared_by_two_loops_does_not_join_them() -> None:
    rule = Ref("rule", "1")
    write_chain(CHAIN)
    other = [Ref("episode", "6"), Ref("incident", "AJ-20260716-0002")]
    write_chain(other)
    link(rule, CHAIN[1], "matched", START)
    link(rule, other[0], "matched", START)
    found = {end for arrow in trace(CHAIN[2]) for end in (arrow.origin, arrow.target)}
    assert rule in found
    assert other[1] not in found


def test_an_arrow_is_written_once() -> None:
    for _ in range(3):
        link(CHAIN[0], CHAIN[1], "began", START)
    assert Link.objects.count() == 1
