"""Language and theme switches, and what every page carries."""

import pytest
from django.test import Client, RequestFactory, override_settings

from cityloop.kernel.ui import nav, place
from cityloop.kernel.ui.messages import compile_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    compile_all()
    place.forget()


def test_language_is_remembered_and_leads_back() -> None:
    answer = Client().post("/language", {"language": "en", "next": "/orders?page=2"})
    assert answer.status_code == 302
    assert answer["Location"] == "/orders?page=2"
    assert answer.cookies["cityloop_language"].value == "en"


def test_theme_is_remembered() -> None:
    answer = Client().post("/theme", {"theme": "dark", "next": "/"})
    assert answer.cookies["cityloop_theme"].value == "dark"
    assert answer.cookies["cityloop_theme"]["samesite"] == "Lax"


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_never_leads_to_another_site(after: str) -> None:
    assert Client().post("/language", {"language": "en", "next": after})["Location"] == "/"


@pytest.mark.parametrize(
    ("path", "given", "message"),
    [
        ("/language", {"language": "fr"}, "language is “fr”; allowed: zh-hans, en."),
        ("/theme", {"theme": "pink"}, "theme is “pink”; allowed: light, dark."),
    ],
)
def test_unknown_choice(path: str, given: dict[str, str], message: str) -> None:
    answer = Client().post(path, given)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert message in answer.json()["detail"]


def test_switches_need_a_post_and_a_token() -> None:
    assert Client().get("/language").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/language", {"language": "en"}).status_code == 403


@pytest.mark.parametrize(("language", "words", "lang"), [("zh-hans", "没有找到", "zh-Hans"), ("en", "Not found", "en")])
def test_error_page_speaks_the_reader_s_language(language: str, words: str, lang: str) -> None:
    client = Client()
    client.cookies["cityloop_language"] = language
    client.cookies["cityloop_theme"] = "dark"
    answer = client.get("/no-such-page", headers={"accept": "text/html"})
    html = answer.content.decode()
    assert answer.status_code == 404
    assert words in html
    assert f'<html lang="{lang}" data-theme="dark"' in html
    assert "style=" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("theme", ["", "pink", '"><script>'])
def test_a_made_up_theme_cookie_is_ignored(theme: str) -> None:
    client = Client()
    client.cookies["cityloop_theme"] = theme
    html = client.get("/no-such-page", headers={"accept": "text/html"}).content.decode()
    assert 'data-theme="light"' in html


def test_page_is_covered_by_the_content_policy() -> None:
    answer = Client().get("/no-such-page", headers={"accept": "text/html"})
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


@override_settings(STATIC_URL="/static/")
@pytest.mark.parametrize(
    "name", ["tokens.css", "base.css", "parts.css", "drawing.css", "staff.css", "cityloop.js", "live.js", "map.js"]
)
def test_every_file_a_page_names_is_served(name: str) -> None:
    assert Client().get(f"/static/cityloop/{name}").status_code == 200


def test_tabs_by_permission_and_the_longest_path_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    from cityloop.kernel.people.contracts import GRANTS, Permission, PersonView, Role

    monkeypatch.setattr(nav, "_entries", {})
    nav.register(nav.NavEntry("orders", "Orders", "/orders", 20, Permission.VIEW_ORDERS))
    nav.register(nav.NavEntry("old", "Old orders", "/orders/closed", 30))
    nav.register(nav.NavEntry("people", "People", "/people", 10, Permission.MANAGE_PEOPLE))
    request = RequestFactory().get("/orders/closed/1")
    assert nav.tabs_of(request) == []
    request.person = PersonView(  # type: ignore[attr-defined]
        1, "3318", frozenset({Role.WORKER}), 1, frozenset({1}), GRANTS[Role.WORKER], True
    )
    assert [(tab.key, tab.current) for tab in nav.tabs_of(request)] == [("orders", False), ("old", True)]
