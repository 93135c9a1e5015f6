"""kill -9 of the whole process tree, again and again, while observations pour in and work is dispatched.

What has to hold afterwards: every acknowledged observation is there under the id that was acknowledged, none is there
twice, and every episode has exactly one incident, one decision in force and one work order an action line.

    python -m benchmarks.kill --kills 20 [--database-url postgresql://…]
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.trial_city import City

STREAMS = 20
START = datetime(2026, 7, 16, 4, 0, tzinfo=UTC)
STEP_S = 60
# One reading a minute: twelve dry minutes, then ten minutes of 30 cm, so that each stream has an episode every 22.
PERIOD, WET = 22, 10


class Sender(threading.Thread):
    """Sends minute after minute for all streams; what was not acknowledged is sent again, to the letter."""

    def __init__(self, city: City) -> None:
        super().__init__(daemon=True)
        self.city = city
        self.acknowledged: dict[tuple[int, int], int] = {}
        self.minute = 0
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            minutes = range(self.minute, self.minute + 5)
            body = [
                {
                    "Datastream": {"@iot.id": stream},
                    "components": ["phenomenonTime", "result"],
                    "dataArray": [[time_of(minute).isoformat(), depth(minute, stream)] for minute in minutes],
                }
                for stream in self.city.ids
            ]
            answer = self.city.post(body)
            if answer is None:
                time.sleep(0.1)
                continue
            places = [(stream, minute) for stream in self.city.ids for minute in minutes]
            for place, link in zip(places, answer, strict=True):
                if link == "error":
                    raise SystemExit(f"a good row was refused: {place}")
                self.acknowledged[place] = int(link.rpartition("(")[2].rstrip(")"))
            self.minute += len(minutes)
            time.sleep(0.15)


def time_of(minute: int) -> datetime:
    """The phenomenonTime of a minute."""
    return START + timedelta(seconds=STEP_S * minute)


def depth(minute: int, stream: int) -> float:
    """Water depth in cm: a wet spell in every period, shifted from stream to stream."""
    return 30.0 + stream % 7 if (minute + stream) % PERIOD >= PERIOD - WET else 2.0


def expected_episodes(sender: Sender, ids: list[int]) -> set[tuple[int, float]]:
    """The episodes an independent loop finds in what was acknowledged: stream and start."""
    found = set()
    for stream in ids:
        start = None
        for minute in range(sender.minute + 1):
            wet = minute < sender.minute and depth(minute, stream) >= 15
            if wet and start is None:
                start = minute
            elif not wet and start is not None:
                if (minute - 1 - start) * STEP_S >= 300:
                    found.add((stream, time_of(start).timestamp()))
                start = None
    return found


def main(kills: int, database_url: str, seed: int = 1) -> dict[str, object]:
    """Run the trial and return its findings; any loss or doubling is named."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="cityloop-kill-") as home:
        city = City(Path(home), database_url, STREAMS)
        city.start()
        try:
            sender = Sender(city)
            sender.start()
            for _ in range(kills):
                time.sleep(chance.uniform(0.4, 2.5))
                city.kill()
                city.start()
            time.sleep(2)
            sender.stopping.set()
            sender.join(30)
            state = _settle(city)
        finally:
            city.kill()
    return _findings(state, sender, city, kills)


def _settle(city: City) -> dict[str, object]:
    """Wait until nothing changes any more, then read the state."""
    until, before = time.monotonic() + 120, None
    while time.monotonic() < until:
        state = city.inside("state")
        same = json.dumps(state)
        if same == before and state["events"]["pending"] == 0:
            return state
        before = same
        time.sleep(1.5)
    raise SystemExit("the city did not come to rest within 120 s")


def _findings(state: dict, sender: Sender, city: City, kills: int) -> dict[str, object]:
    there = {number: (stream, time_us) for number, stream, time_us in state["rows"]}
    lost = [
        place
        for place, number in sender.acknowledged.items()
        if there.get(number) != (place[0], int(time_of(place[1]).timestamp() * 1_000_000))
    ]
    doubled = len(state["rows"]) - len({(stream, time_us) for _, stream, time_us in state["rows"]})
    expected = expected_episodes(sender, city.ids)
    found = {(stream, start) for stream, start in state["episodes"]}
    return {
        "kills": kills,
        "acknowledged": len(sender.acknowledged),
        "lost": len(lost),
        "observations_doubled": doubled,
        "episodes": len(expected),
        "episodes_missing": len(expected - found),
        "episodes_too_many": len(found - expected),
        "incidents": state["incidents"],
        "incidents_missing": len(expected) - state["incidents"],
        "doubled": state["twice"],
        "incidents_without_decision": state["without_decision"],
        "decisions_without_order": state["without_order"],
        "orders": state["orders"],
        "events": state["events"],
    }


def wrong(findings: dict) -> list[str]:
    """The names of what does not hold; empty when all is well."""
    zero = ("lost", "observations_doubled", "episodes_missing", "episodes_too_many", "incidents_missing")
    zero += ("incidents_without_decision", "decisions_without_order")
    found = [name for name in zero if findings[name] != 0]
    if any(findings["doubled"]):
        found.append("doubled")
    if findings["events"]["dead"]:
        found.append("events dead")
    if not findings["episodes"]:
        found.append("nothing was detected, so nothing was tried")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    result = main(given.kills, given.database_url, given.seed)
    print(json.dumps(result, indent=1))
    sys.exit(1 if wrong(result) else 0)
