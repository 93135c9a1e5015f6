from collections.abc import Iterator

import pytest
from django.utils import translation

from cityloop.kernel.people.contracts import GRANTS, Permission, Role
from cityloop.kernel.people.port import enter_person, give_post, person, set_active, set_password
from cityloop.kernel.problems import Conflict, Forbidden, Invalid
from cityloop.kernel.ui.messages import compile_all

pytestmark = pytest.mark.usefixtures("small_city")

GOOD = "lantern-quarry-58"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def enter(number: str = "1001", role: Role = Role.WORKER) -> int:
    return enter_person(staff_number=number, password=GOOD, role=role, organization_code="water")


def test_a_post_grants_what_its_role_needs_and_no_more() -> None:
    worker = person(enter())
    assert worker is not None
    assert worker.permissions == GRANTS[Role.WORKER]
    assert not worker.may(Permission.VERIFY)


def test_an_administrator_runs_the_platform_and_decides_no_case() -> None:
    assert not GRANTS[Role.ADMINISTRATOR] & {Permission.DECIDE, Permission.HANDLE, Permission.VERIFY, Permission.VOID}


def test_nobody_verifies_what_their_own_crew_handled() -> None:
    assert Permission.VERIFY not in GRANTS[Role.WORKER] | GRANTS[Role.CLERK] | GRANTS[Role.DEPARTMENT_HEAD]


def test_a_second_post_adds_its_rights() -> None:
    administrator = person(enter("admin", Role.ADMINISTRATOR))
    number = enter()
    assert administrator is not None
    give_post(person_id=number, role=Role.CLERK, organization_code="water", by=administrator)
    both = person(number)
    assert both is not None
    assert both.permissions == GRANTS[Role.WORKER] | GRANTS[Role.CLERK]


def test_a_leaver_has_no_rights_at_once() -> None:
    administrator = person(enter("admin", Role.ADMINISTRATOR))
    number = enter()
    assert administrator is not None
    set_active(person_id=number, active=False, by=administrator)
    gone = person(number)
    assert gone is not None
    assert gone.permissions == frozenset()


def test_the_last_way_in_is_not_closed_by_oneself() -> None:
    administrator = person(enter("admin", Role.ADMINISTRATOR))
    assert administrator is not None
    with pytest.raises(Conflict, match="ask another administrator"):
        set_active(person_id=administrator.id, active=False, by=administrator)


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123", "1001-1001"])
def test_a_weak_password_is_refused_with_the_reason(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        enter_person(staff_number="1001-1001-7", password=password, role=Role.WORKER, organization_code="water")
    assert "password" in caught.value.errors


@pytest.mark.parametrize("number", ["", "  ", "x" * 41, "a b", "1001;drop"])
def test_a_staff_number_is_letters_digits_and_dashes(number: str) -> None:
    with pytest.raises(Invalid, match="allowed: 1 to 40 letters"):
        enter_person(staff_number=number, password=GOOD, role=Role.WORKER, organization_code="water")


def test_a_number_taken_and_a_department_unknown_are_named() -> None:
    enter()
    with pytest.raises(Conflict, match="1001"):
        enter()
    with pytest.raises(Invalid, match="fire"):
        enter_person(staff_number="1002", password=GOOD, role=Role.WORKER, organization_code="fire")


def test_a_refusal_speaks_the_readers_language() -> None:
    if compile_all():
        translation.trans_real._translations = {}  # type: ignore[attr-defined]
    enter()
    with translation.override("zh-hans"), pytest.raises(Conflict, match="工号 1001 已有人使用"):
        enter()


def test_only_an_administrator_manages_people() -> None:
    worker = person(enter())
    assert worker is not None
    with pytest.raises(Forbidden, match="administrator"):
        enter_person(staff_number="1002", password=GOOD, role=Role.WORKER, organization_code="water", by=worker)
    with pytest.raises(Forbidden, match="administrator"):
        set_password(person_id=enter("1003"), new=GOOD, by=worker)
