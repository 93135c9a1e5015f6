"""Every page in a real browser: languages, themes, a phone and a desk, without a fault that a machine can see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from tests.app.made_city import PASSWORD, served

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.xdist_group("servers")]

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# Who looks at which page. An address ending in `*` is followed to the first link of that kind on the page before it.
PAGES = {
    "": ["/", "/sign-in", "/nowhere"],
    "2107": [
        *("/operations", "/operations?wall=1", "/incidents", "/incidents/*", "/orders", "/orders/*", "/scores"),
        *("/scores/*", "/rules", "/rules/*", "/data", "/data/*", "/responses", "/alarms", "/search?q=GD", "/password"),
    ],
    "4111": ["/orders/mine"],
    "1001": ["/people"],
}
CASES = [(staff, path) for staff, paths in PAGES.items() for path in paths]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The made city, served."""
    with served(tmp_path_factory.mktemp("made") / "home") as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield found
        found.close()


@pytest.fixture(scope="module")
def sessions(address: str, browser: Browser) -> dict[str, str]:
    """Session cookies by staff number: one sign-in each."""
    found = {"": ""}
    for staff in PAGES:
        if staff:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{address}/sign-in")
            page.fill("#staff_number", staff)
            page.fill("#password", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_load_state()
            found[staff] = next(one["value"] for one in context.cookies() if one["name"] == "cityloop_session")
            context.close()
    return found


def context_for(browser: Browser, address: str, session: str, language: str, theme: str, width: int) -> BrowserContext:
    """A browser of somebody with these habits."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    cookies = {"cityloop_language": language, "cityloop_theme": theme, "cityloop_session": session}
    context.add_cookies([{"name": key, "value": value, "url": address} for key, value in cookies.items() if value])
    return context


def failed(request: Request) -> bool:
    """Whether a request failed for another reason than that the page had moved on."""
    return "ERR_ABORTED" not in (request.failure or "")


def follow(page: Page, address: str, path: str) -> None:
    """Open a path, or the first page of a kind."""
    if not path.endswith("*"):
        page.goto(address + path)
        return
    folder = path.removesuffix("/*")
    page.goto(f"{address}{folder}{'?view=all' if folder == '/orders' else ''}")
    links = page.locator("main a").evaluate_all("links => links.map(link => new URL(link.href).pathname)")
    page.goto(address + next(link for link in links if link.startswith(folder + "/") and link != "/orders/mine"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("staff", "path"), CASES, ids=[path for _, path in CASES])
def test_page(
    address: str, browser: Browser, sessions: dict[str, str], staff: str, path: str, language: str, theme: str
) -> None:
    context = context_for(browser, address, sessions[staff], language, theme, 1280)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(request.url) if failed(request) else None)
    page.on(
        "request", lambda request: None if request.url.startswith((address, "data:")) else faults.append(request.url)
    )
    try:
        follow(page, address, path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.set_viewport_size({"width": 320, "height": 700})
        page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, "it scrolls sideways on a phone"
        assert page.evaluate("document.documentElement.lang") == ("zh-Hans" if language == "zh-hans" else "en")
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        expected = [fault for fault in faults if path != "/nowhere" or "404" not in fault]
        assert expected == []
    finally:
        context.close()


def test_the_operations_page_by_keyboard(address: str, browser: Browser, sessions: dict[str, str]) -> None:
    context = context_for(browser, address, sessions["2107"], "en", "dark", 1280)
    page = context.new_page()
    page.goto(f"{address}/incidents")
    numbers = page.locator("main a[href^='/incidents/AJ']").evaluate_all("links => links.map(link => link.pathname)")
    assert numbers
    page.goto(f"{address}/operations")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    context.close()


def test_pages_are_whole_without_javascript(address: str, browser: Browser, sessions: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "cityloop_session", "value": sessions["2107"], "url": address}])
    page = context.new_page()
    for path in ("/operations", "/incidents", "/orders", "/scores", "/data"):
        assert page.goto(address + path).status == 200
        assert page.locator("main").inner_text().strip()
    context.close()
