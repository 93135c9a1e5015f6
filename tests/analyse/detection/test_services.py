"""Keeping rules: who may, what is refused, what is left behind."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.utils import translation
from tests.analyse.detection.detection_oracle import Put
from tests.analyse.detection.test_definitions import GOOD

from cityloop.analyse.detection import port, selectors
from cityloop.analyse.detection.models import Cursor, DetectionRule
from cityloop.kernel.audit.models import AuditRecord
from cityloop.kernel.people.contracts import GRANTS, PersonView, Role
from cityloop.kernel.problems import Conflict, Forbidden, Invalid, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("observations")]


def person(role: Role) -> PersonView:
    return PersonView(7, "6001", frozenset({role}), None, frozenset(), GRANTS[role], active=True)


def test_a_steward_keeps_rules_and_leaves_a_trail() -> None:
    steward = person(Role.STEWARD)
    number = port.add_rule(GOOD, by=steward)
    edited = port.edit_rule(number, replace(GOOD, at_least=20.0), reason="误报太多", by=steward, version=1)
    assert (edited.version, edited.definition.at_least, edited.examined) == (2, 20.0, False)
    named = port.edit_rule(number, replace(GOOD, at_least=20.0, title="{place}有水"), reason="换名", by=steward)
    assert named.since_at == edited.since_at, "another title judges nothing anew"
    acts = AuditRecord.objects.filter(object_kind="rule", object_id=str(number)).order_by("id")
    assert [(act.action, act.actor) for act in acts] == [
        ("rule.added", "person:7"),
        ("rule.edited", "person:7"),
        ("rule.edited", "person:7"),
    ]
    assert (acts[1].before, acts[1].after, acts[1].reason) == ({"at_least": 15.0}, {"at_least": 20.0}, "误报太多")
    versions = port.rule_versions(number)
    assert [(one.number, one.definition.at_least, one.reason) for one in versions] == [
        (3, 20.0, "换名"),
        (2, 20.0, "误报太多"),
        (1, 15.0, ""),
    ]
    assert Cursor.objects.get().generation == 3


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.STEWARD])
@translation.override("en")
def test_nobody_else_may(role: Role) -> None:
    number = port.add_rule(GOOD, by=None)
    for attempt in (
        lambda: port.add_rule(replace(GOOD, name="x"), by=person(role)),
        lambda: port.edit_rule(number, replace(GOOD, at_least=1.0), reason="x", by=person(role)),
        lambda: port.set_enabled(number, False, by=person(role)),
    ):
        with pytest.raises(Forbidden, match="edit detection rules"):
            attempt()
    assert DetectionRule.objects.get().version == 1


@translation.override("en")
def test_what_is_refused() -> None:
    number = port.add_rule(GOOD, by=None)
    with pytest.raises(Conflict, match="There is a rule “积水” already"):
        port.add_rule(GOOD, by=None)
    with pytest.raises(Invalid, match="property 'pm25' is not known; known: water_depth"):
        port.add_rule(replace(GOOD, name="x", property="pm25"), by=None)
    with pytest.raises(Invalid, match="600 cm; allowed: 0 to 500 cm"):
        port.edit_rule(number, replace(GOOD, at_least=600.0), reason="x", by=None)
    with pytest.raises(Invalid, match="A reason is needed"):
        port.edit_rule(number, replace(GOOD, at_least=20.0), reason=" ", by=None)
    with pytest.raises(Conflict, match="at version 1 by now; you saw version 9"):
        port.edit_rule(number, replace(GOOD, at_least=20.0), reason="x", by=None, version=9)
    with pytest.raises(NotFound, match="There is no rule 0"):
        port.set_enabled(0, True, by=None)


def test_ensuring_twice_keeps_what_a_steward_edited() -> None:
    def ensure() -> int:
        return port.ensure_rule(
            name="积水", property="water_depth", at_least=15.0, minimum_s=120, gap_s=600,
            class_kind="matter", class_code="10999", title="{place}积水", levels=[(3, 15.0), (2, 27.0)],
        )  # fmt: skip

    number = ensure()
    assert selectors.rule(number).definition == GOOD  # type: ignore[union-attr]
    port.edit_rule(number, replace(GOOD, at_least=20.0), reason="x", by=None)
    assert ensure() == number
    assert selectors.rule(number).definition.at_least == 20.0  # type: ignore[union-attr]


def test_a_change_reaches_back_to_no_part_of_what_it_leaves_alone(observations: Put, stream: Callable[[], int]) -> None:
    """An ended episode that overlaps one going on elsewhere is judged again as a whole, not from its middle."""
    first, second = stream(), stream()
    number = port.add_rule(replace(GOOD, gap_s=180), by=None)
    observations(first, [(minute, 20.0, 0) for minute in range(10)] + [(10, 0.0, 0)])
    observations(second, [(minute, 20.0, 0) for minute in range(5, 15)])
    while port.advance():
        pass
    port.edit_rule(number, replace(GOOD, gap_s=180, at_least=16.0), reason="x", by=None)
    while port.advance():
        pass
    assert port.episode_totals() == {"episodes": 2, "going_on": 1, "withdrawn": 0}
    assert {one.rule_version for one in port.episodes(rule_id=number)} <= {1, 2}
    assert selectors.episode(port.episodes(rule_id=number)[0].id) == port.episodes(rule_id=number)[0]
