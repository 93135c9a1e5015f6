import json
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from cityloop.kernel.people.contracts import Role
from cityloop.kernel.people.guessing import FAILURES_OF_A_NUMBER_MAX, client_address
from cityloop.kernel.people.models import Person
from cityloop.kernel.people.port import enter_person, person_by_staff_number, set_active

pytestmark = pytest.mark.usefixtures("small_city")

GOOD = "lantern-quarry-58"
PAGE = {"HTTP_ACCEPT": "text/html"}
# Hashing is slow by design; sixty of them are for a test.
QUICK = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


def enter(number: str = "1001", role: Role = Role.ADMINISTRATOR, must_change: bool = False) -> None:
    enter_person(
        staff_number=number, password=GOOD, role=role, organization_code="water", must_change_password=must_change
    )


def sign_in(client: Client, number: str = "1001", password: str = GOOD, after: str = "") -> int:
    return client.post("/sign-in", {"staff_number": number, "password": password, "next": after}, **PAGE).status_code


def test_signing_in_and_out() -> None:
    enter()
    client = Client()
    assert client.get("/people", **PAGE).headers["Location"].startswith("/sign-in?next=")
    answer = client.post("/sign-in", {"staff_number": "1001", "password": GOOD, "next": "/people"}, **PAGE)
    assert answer.headers["Location"] == "/people"
    assert client.get("/people", **PAGE).status_code == 200
    client.post("/sign-out")
    assert client.get("/people", **PAGE).status_code == 302


def test_a_wrong_password_and_an_unknown_number_get_the_same_answer() -> None:
    enter()
    answers = [
        Client().post("/sign-in", {"staff_number": number, "password": "wrong"}, **PAGE).content.decode()
        for number in ("1001", "9999")
    ]
    assert "工号或密码不正确" in answers[0]
    assert [text.count("工号或密码不正确") for text in answers] == [1, 1]


def test_guessing_is_locked() -> None:
    enter()
    client = Client()
    for _ in range(10):
        sign_in(client, password="wrong")
    assert sign_in(client) == 429


@QUICK
def test_one_password_tried_on_many_numbers_locks_the_address() -> None:
    enter()
    for number in range(59):
        assert sign_in(Client(), number=str(2000 + number), password="wrong") == 403
    assert sign_in(Client()) == 302, "an office with many typos still works"
    assert sign_in(Client(), number="3000", password="wrong") == 429
    assert sign_in(Client()) == 429, "the address, whatever the number"
    answer = Client().post("/sign-in", {"staff_number": "1001", "password": GOOD}, **PAGE)
    assert "从此地址" in answer.content.decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert sign_in(elsewhere) == 302


@QUICK
def test_the_lock_of_an_address_ends_by_itself() -> None:
    enter()
    for number in range(60):
        sign_in(Client(), number=str(2000 + number), password="wrong")
    assert sign_in(Client()) == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=11))  # of axes: the real clock
    assert sign_in(Client()) == 302


@pytest.mark.parametrize(
    ("remote", "forwarded", "https", "address"),
    [
        ("192.0.2.1", "", "0", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "0", "192.0.2.1"),
        ("127.0.0.1", "198.51.100.7", "1", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.1, 198.51.100.7", "1", "198.51.100.7"),
        ("127.0.0.1", "", "1", "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", "0", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "", "0", "192.0.2.1"),
        ("", "", "0", None),
        ("127.0.0.1", "nonsense", "1", None),
    ],
)
def test_where_a_request_comes_from(
    monkeypatch: pytest.MonkeyPatch, remote: str, forwarded: str, https: str, address: str | None
) -> None:
    monkeypatch.setenv("CITYLOOP_HTTPS", https)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)) == address


def test_the_limits_are_those_of_the_settings() -> None:
    assert settings.AXES_FAILURE_LIMIT == FAILURES_OF_A_NUMBER_MAX


def test_the_way_back_never_leads_elsewhere() -> None:
    enter()
    answer = Client().post(
        "/sign-in", {"staff_number": "1001", "password": GOOD, "next": "https://evil.example/"}, **PAGE
    )
    assert answer.headers["Location"] == "/operations"


def test_a_crew_begins_with_its_tasks() -> None:
    enter("4111", Role.WORKER)
    answer = Client().post("/sign-in", {"staff_number": "4111", "password": GOOD}, **PAGE)
    assert answer.headers["Location"] == "/orders/mine"


def test_a_first_password_has_to_be_changed_before_anything_else() -> None:
    enter(must_change=True)
    client = Client()
    sign_in(client)
    assert client.get("/people", **PAGE).headers["Location"] == "/password"
    new = "harbour-violet-31"
    wrong = client.post("/password", {"old": "no", "new": new, "again": "other"}, **PAGE)
    assert wrong.status_code == 422
    assert "现用密码不正确" in wrong.content.decode()
    assert (
        client.post("/password", {"old": GOOD, "new": new, "again": new}, **PAGE).headers["Location"] == "/operations"
    )
    assert client.get("/people", **PAGE).status_code == 200


def test_a_leaver_s_session_ends_at_once() -> None:
    enter()
    client = Client()
    sign_in(client)
    Person.objects.update(is_active=False)
    assert client.get("/people", **PAGE).status_code == 302


def test_a_session_ended_with_the_access_does_not_come_back_with_it() -> None:
    enter()
    enter("1002")
    client = Client()
    sign_in(client, "1002")
    first, second = person_by_staff_number("1001"), person_by_staff_number("1002")
    assert first is not None
    assert second is not None
    set_active(person_id=second.id, active=False, by=first)
    set_active(person_id=second.id, active=True, by=first)
    assert client.get("/people", **PAGE).status_code == 302


def test_what_nobody_has_is_not_even_tried() -> None:
    enter()
    assert sign_in(Client(), "1" * 41) == 422
    assert sign_in(Client(), password="x" * 201) == 422


def test_an_open_session_is_no_place_to_guess_the_password() -> None:
    enter()
    client = Client()
    sign_in(client)
    for _ in range(10):
        client.post("/password", {"old": "wrong", "new": "harbour-violet-31", "again": "harbour-violet-31"}, **PAGE)
    assert client.get("/people", **PAGE).status_code == 302


def test_a_worker_may_not_see_people() -> None:
    enter("2001", Role.WORKER)
    client = Client()
    sign_in(client, "2001")
    answer = client.get("/people", HTTP_ACCEPT="application/json")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["title"] == "Not allowed"


def test_entering_a_person_by_the_form() -> None:
    enter()
    client = Client()
    sign_in(client)
    form = {"staff_number": "1002", "role": "clerk", "organization": "water", "password": GOOD}
    assert client.post("/people/enter", form, **PAGE).headers["Location"] == "/people"
    again = client.post("/people/enter", form, **PAGE)
    assert again.status_code == 422
    assert "1002" in again.content.decode()


def test_a_form_from_elsewhere_is_refused() -> None:
    enter()
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in", {"staff_number": "1001", "password": GOOD}, HTTP_ACCEPT="application/json")
    assert answer.status_code == 403
    assert json.loads(answer.content)["detail"].startswith("The form has expired")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", ["/sign-in", "/people", "/password"])
def test_pages_in_both_languages(language: str, path: str) -> None:
    enter()
    client = Client()
    sign_in(client)
    client.cookies["cityloop_language"] = language
    text = client.get(path, **PAGE).content.decode()
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in text
    assert ("工号" in text) == (language == "zh-hans") or path == "/password"
