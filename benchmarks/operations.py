"""The operations page under load: first view with 1,000 open incidents, and how soon a new incident is on the page.

    python -m benchmarks.operations [--incidents 1000] [--trials 15]

The first view is timed in headless Chromium from the request to the load event; the delay from the acknowledgement of
the observation that completes an episode to the moment when its incident stands in the open page's list.
"""

import argparse
import json
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.trial_city import PASSWORD, City


def sign_in(page: Page, city: City) -> None:
    """Sign in as the duty officer."""
    page.goto(f"http://127.0.0.1:{city.port}/sign-in?next=/operations")
    page.fill("#staff_number", "2107")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/operations*")


def first_views(page: Page, city: City, trials: int) -> list[float]:
    """Seconds from navigation to the load event, the page freshly opened each time."""
    found = []
    for _ in range(trials):
        page.goto(f"http://127.0.0.1:{city.port}/operations", wait_until="load")
        found.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000)
    return found


def delays(page: Page, city: City, trials: int) -> list[float]:
    """Seconds from acknowledgement to the incident's place in the open page's list."""
    page.goto(f"http://127.0.0.1:{city.port}/operations?q=%E7%82%B9%E4%BD%8D&level=1", wait_until="load")
    time.sleep(2)
    found = []
    begin = datetime.now(UTC) - timedelta(hours=2)
    for trial in range(trials):
        stream = city.ids[trial % len(city.ids)]
        # A depth of 60 is level 1 by the trial's rule, so that the page's filter shows nothing else that is new.
        listed = page.locator("[data-list] [data-id]")
        before = listed.count()
        rows = [((begin + timedelta(minutes=minute)).isoformat(), 60.0) for minute in range(6)]
        if city.post_rows(stream, rows) is None:
            raise SystemExit("the observations were not acknowledged")
        acknowledged = time.monotonic()
        while listed.count() == before:
            if time.monotonic() - acknowledged > 20:
                raise SystemExit(f"trial {trial}: the incident was not on the page within 20 s")
            time.sleep(0.01)
        found.append(time.monotonic() - acknowledged)
        time.sleep(0.7)
    return found


def spread(values: list[float]) -> dict[str, float]:
    """Least, median and most, in seconds."""
    return {
        "least": round(min(values), 3),
        "median": round(statistics.median(values), 3),
        "most": round(max(values), 3),
    }


def main(incidents: int, trials: int) -> dict[str, object]:
    """Run the trial and return its figures."""
    with tempfile.TemporaryDirectory(prefix="cityloop-operations-") as home:
        city = City(Path(home), streams=trials)
        city.inside("open", incidents, city.ids[0])
        city.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                sign_in(page, city)
                views = first_views(page, city, trials)
                waits = delays(page, city, trials)
                browser.close()
        finally:
            city.kill()
    return {"open_incidents": incidents, "first_view_s": spread(views), "new_incident_on_page_s": spread(waits)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=int, default=1000)
    parser.add_argument("--trials", type=int, default=15)
    given = parser.parse_args()
    print(json.dumps(main(given.incidents, given.trials), indent=1))
