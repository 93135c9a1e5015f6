"""One shape of error, whoever asks and whatever went wrong (RFC 9457)."""

import json

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("get", "/nowhere", 404, "Not found"),
        ("get", "/people", 401, "Not signed in"),
        ("post", "/livez", 405, "Method not allowed"),
        ("get", "/sign-out", 401, "Not signed in"),
    ],
)
def test_programs_get_a_problem_document(method: str, path: str, status: int, title: str) -> None:
    answer = getattr(Client(), method)(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = json.loads(answer.content)
    assert (document["status"], document["title"], document["type"]) == (status, title, "about:blank")
    assert document["detail"]


def test_people_get_a_page() -> None:
    answer = Client().get("/nowhere", HTTP_ACCEPT="text/html")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "/nowhere" in answer.content.decode()


def test_hostile_text_comes_back_as_text() -> None:
    answer = Client().get("/%3Cscript%3Ealert(1)%3C/script%3E", HTTP_ACCEPT="text/html")
    assert "<script>alert" not in answer.content.decode()


def test_pages_carry_a_strict_content_policy() -> None:
    policy = Client().get("/sign-in").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_metrics_are_for_this_machine() -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403
    for header in ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED"):
        assert Client().get("/metrics", **{header: "203.0.113.9"}).status_code == 403
