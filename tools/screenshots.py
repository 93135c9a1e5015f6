"""The pictures of the README, taken of the made city while its storm runs.

make screenshots        (needs Chromium; takes some three minutes, because the storm has to come)
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PASSWORD = "lanchuan-2026"
PORT = 21987
WAIT_S = 420
INCIDENTS_LEAST = 4


def main() -> int:
    """Run the demo, wait until it has something to show, and photograph it in both languages."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cityloop-screenshots-") as home:
        command = [sys.executable, "-m", "cityloop", "demo", "--port", str(PORT)]
        environment = {**os.environ, "CITYLOOP_HOME": home}
        demo = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
        try:
            assert demo.stdout is not None
            for line in demo.stdout:
                if line.startswith("Ready"):
                    break
            photograph()
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait(30)
    return 0


def photograph() -> None:
    """Sign in, wait for the storm, take the pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://127.0.0.1:{PORT}/sign-in?next=/operations")
        page.fill("#staff_number", "2107")
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_load_state()
        wait_for_storm(page)
        for language, name in (("zh-hans", "operations-zh.png"), ("en", "operations.png")):
            page.context.add_cookies(
                [{"name": "cityloop_language", "value": language, "url": f"http://127.0.0.1:{PORT}"}]
            )
            page.goto(f"http://127.0.0.1:{PORT}/operations")
            page.wait_for_timeout(500)
            page.screenshot(path=str(IMAGES / name))
        browser.close()


def wait_for_storm(page: Page) -> None:
    """Until enough incidents are in hand at once."""
    until = time.monotonic() + WAIT_S
    while page.locator("[data-list] [data-id]").count() < INCIDENTS_LEAST:
        if time.monotonic() > until:
            print("few incidents were open at once; the picture is taken as it is", file=sys.stderr)
            return
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
