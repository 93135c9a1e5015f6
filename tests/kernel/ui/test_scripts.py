"""The scripts in a real browser under the real content policy: live refresh, selection, keys, zoom, theme, forms."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cityloop.kernel.ui import messages

CHROMIUM = Path("/usr/bin/chromium")
STATIC = messages.PACKAGE / "kernel" / "ui" / "static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'"
pytestmark = pytest.mark.browser

HEAD = """<!DOCTYPE html><html lang="en" data-theme="light" data-now="2026-07-16T10:24:36Z" data-speed="60"
 data-zone="Asia/Shanghai" data-age-s="# s ago" data-age-m="# min ago" data-age-h="# h ago" data-age-d="# d ago">
<head><meta charset="utf-8"><title>t</title>
<script type="module" src="/static/cityloop/cityloop.js"></script>
<script type="module" src="/static/cityloop/live.js"></script>
<script type="module" src="/static/cityloop/map.js"></script></head><body>
<dialog id="confirm-dialog"><h2></h2>
<button data-confirm-yes>Continue</button><button data-confirm-no>No</button></dialog>
<dialog id="keys-dialog"><h2>Keys</h2><button data-close>Close</button></dialog>
<form data-theme-form method="post" action="/theme"><button data-toggle-theme>Dark</button></form>"""
MAP = """<div data-map><svg class="map" viewBox="0 0 800 500" data-home="0 0 800 500" width="800" height="500">
<a class="marker" href="/open/A1" data-id="A1" data-x="100" data-y="100" transform="translate(100 100)">
<circle r="10"/></a></svg></div>"""


class Site:
    """A site of one page that counts what is asked of it."""

    def __init__(self, body: str) -> None:
        self.body, self.version, self.fragments, self.posts = body, 0, [], []  # type: ignore[var-annotated]

    def answer(self, route: Any) -> None:
        path = route.request.url.partition("://")[2].partition("/")[2].partition("?")[0]
        if path.startswith("static/"):
            kind = "text/javascript" if path.endswith(".js") else "text/css"
            route.fulfill(body=(STATIC / path.removeprefix("static/")).read_text(), content_type=kind)
        elif path == "events":
            data = 'data: {"kinds": ["incident"], "at": "2026-07-16T10:24:40Z"}\n\n'
            route.fulfill(body=data, content_type="text/event-stream")
        elif route.request.method == "POST":
            self.posts.append(path)
            route.fulfill(status=204)
        else:
            self.version += 1
            self.fragments.append(route.request.headers.get("x-fragment"))
            html = HEAD + self.body.replace("#version#", str(self.version)) + "</body></html>"
            route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no browser: {CHROMIUM} is missing")
        pytest.skip(f"no browser: {CHROMIUM} is missing; apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield started
        started.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    pages = []

    def go(body: str, path: str = "/page") -> tuple[Any, Site]:
        page, site = browser.new_page(viewport={"width": 1000, "height": 700}), Site(body)
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.route("**/*", site.answer)
        page.goto(f"http://city.test{path}")
        pages.append(page)
        return page, site

    yield go
    for page in pages:
        assert page.faults == []
        page.close()


def until(page: Any, script: str) -> None:
    """Wait until a script is true; Playwright's own way is stopped by the content policy."""
    for _ in range(100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"still not true after 5 s: {script}")


LIST = """<span data-live-state data-on="Live" data-off="Disconnected" hidden></span>
<section id="list" data-live="incident"><input id="note"><ol data-list>
<li data-id="A1" tabindex="-1"><a href="/open/A1">one v#version#</a></li>
<li data-id="A2" tabindex="-1"><a href="/open/A2">two v#version#</a></li></ol></section><p id="still">v#version#</p>"""


def test_an_event_mends_only_the_part_and_keeps_what_is_typed(visit: Any) -> None:
    page, site = visit(LIST)
    page.fill("#note", "half a sen")
    until(page, "document.querySelector('[data-list] a').textContent !== 'one v1'")
    assert page.input_value("#note") == "half a sen"
    assert page.evaluate("document.activeElement.id") == "note"
    assert page.inner_text("#still") == "v1"
    assert set(site.fragments) == {None, "list"}
    assert page.inner_text("[data-live-state]").split(" ")[0] in ("Live", "Disconnected")


def test_events_are_put_together(visit: Any) -> None:
    page, site = visit(LIST)
    page.wait_for_timeout(2500)
    assert site.version <= 1 + 2 * 3, "at most two fetches a second"


def test_j_and_k_walk_the_list_and_the_address_follows(visit: Any) -> None:
    page, _ = visit(LIST)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.url.endswith("?selected=A2")
    assert page.evaluate("document.activeElement.textContent").startswith("two")
    page.keyboard.press("k")
    assert page.url.endswith("?selected=A1")
    until(page, "document.querySelector('[data-list] a').textContent !== 'one v1'")
    assert page.locator("[aria-current]").get_attribute("data-id") == "A1", "a refresh keeps the selection"


def test_question_mark_shows_the_keys_but_not_while_typing(visit: Any) -> None:
    page, _ = visit(LIST)
    page.focus("#note")
    page.keyboard.press("?")
    assert page.input_value("#note") == "?"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.locator("#keys-dialog[open]").count() == 1


def test_marker_and_item_choose_each_other(visit: Any) -> None:
    page, _ = visit(MAP + LIST)
    page.click(".marker")
    assert page.url.endswith("/page?selected=A1"), "a click chooses, it does not leave the page"
    assert page.locator('[aria-current="true"]').count() == 2


def test_map_zooms_and_moves_by_key_and_comes_back(visit: Any) -> None:
    page, _ = visit(MAP)

    def view() -> list[float]:
        page.wait_for_timeout(60)
        return [float(part) for part in page.get_attribute("svg.map", "viewBox").split()]

    page.focus("svg.map")
    page.keyboard.press("+")
    enlarged = view()
    assert enlarged[2] == pytest.approx(800 / 1.5)
    page.keyboard.press("ArrowRight")
    assert view()[0] > enlarged[0]
    page.keyboard.press("0")
    assert view() == [0, 0, 800, 500]


def test_theme_is_kept_in_the_cookie_the_server_reads(visit: Any) -> None:
    page, site = visit("")
    page.click("[data-toggle-theme]")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert "cityloop_theme=dark" in page.evaluate("document.cookie")
    assert site.posts == []


def test_a_question_comes_before_what_cannot_be_undone(visit: Any) -> None:
    page, site = visit(
        '<form method="post" action="/void" data-confirm="Cannot be undone." data-confirm-action="Void">'
        '<button id="b">Go</button></form>'
    )
    page.click("#b")
    assert page.inner_text("#confirm-dialog h2") == "Cannot be undone."
    page.click("[data-confirm-no]")
    assert site.posts == []
    page.click("#b")
    page.click("text=Void")
    page.wait_for_timeout(200)
    assert site.posts == ["void"]


def test_a_form_is_sent_once(visit: Any) -> None:
    page, site = visit('<form method="post" action="/go"><button id="b">Go</button></form>')
    page.evaluate("for (let n = 0; n < 3; n += 1) document.getElementById('b').click()")
    page.wait_for_timeout(100)
    page.evaluate("document.getElementById('b').click()")  # Playwright's own click waits while it is held
    page.wait_for_timeout(200)
    assert len(site.posts) == 1


def test_ages_count_by_the_city_s_clock(visit: Any) -> None:
    page, _ = visit(
        '<time id="a" data-age datetime="2026-07-16T10:24:30Z">6 s ago</time><time id="c" data-city-clock></time>'
    )
    until(page, "document.getElementById('a').textContent.includes('min')")
    assert page.inner_text("#c").startswith("16 Jul 18:2")
