"""Detection on the database: whatever the order of arrival, the rows are the episodes of the history, told once."""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.analyse.detection.detection_oracle import BEGIN_US, MINUTE_US, Put, Sample, arrivals, naive_episodes

from cityloop.analyse.detection import episode_writer, online, port
from cityloop.analyse.detection.contracts import RuleDefinition
from cityloop.analyse.detection.models import Cursor, DetectionRule, Episode, RuleVersion
from cityloop.kernel.events.models import OutboxEvent
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import trace
from cityloop.sense.observations.contracts import to_us

pytestmark = pytest.mark.django_db

AT_LEAST = 15.0
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def add_rule(name: str = "积水", *, minimum: int = 2, gap: int = 3, streams: tuple[int, ...] = ()) -> int:
    return port.ensure_rule(
        name=name,
        property="water_depth",
        at_least=AT_LEAST,
        minimum_s=minimum * 60,
        gap_s=gap * 60,
        levels=((2, 27.0), (1, 60.0)),
        class_kind="matter",
        class_code="10999",
        title="{place}积水",
        title_en="Standing water at {place}",
        datastream_ids=streams,
    )


def detect(limit: int = online.CHUNK) -> None:
    for _ in range(1000):
        if not online.advance(limit):
            return
    raise AssertionError("detection found no end")


def restart() -> None:
    online._detector = online.Detector()


def minute_of(moment: datetime) -> int:
    return (to_us(moment) - BEGIN_US) // MINUTE_US


def rows_of(rule_id: int, stream: int) -> list[tuple[int, int, int, float, int]]:
    rows = Episode.objects.filter(rule_id=rule_id, datastream_id=stream, withdrawn=False).order_by("start_at")
    return [
        (minute_of(row.start_at), minute_of(row.end_at), row.count, row.peak, minute_of(row.peak_at)) for row in rows
    ]


def events_of(kind: str) -> list[dict[str, object]]:
    return list(OutboxEvent.objects.filter(kind=kind).order_by("id").values_list("payload", flat=True))


def check_told(rule_id: int) -> None:
    """One opening for each row, and the last word about it is what its row says."""
    opened = Counter(event["fact_key"] for event in events_of("incident.detected"))
    last = {event["fact_key"]: event for event in events_of("incident.fact_changed")}
    for row in Episode.objects.filter(rule_id=rule_id):
        assert opened[row.fact_key] == 1
        told = last.get(row.fact_key, {"ended": False, "withdrawn": False})
        assert (told["ended"], told["withdrawn"]) == (row.ended, row.withdrawn)
        if "level" in told:
            assert told["level"] == row.level


SAMPLES = arrivals([0.0, 14.0, 15.0, 20.0, 30.0, 61.0], 50)


# A round trip to a PostgreSQL server costs more.
EXAMPLES = 40 if os.environ.get("CITYLOOP_TEST_DATABASE_URL", "").startswith("postgres") else 100
# A round of the worker: how many samples arrived, how many it takes at once, whether it was started anew before.
ROUNDS = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from([1, 3, 100, 100, 100]), st.sampled_from([False, False, False, True])),
    min_size=1,
    max_size=5,
)
MIXED = [(3, 100, False), (1, 1, False), (1, 100, False)]


@given(
    samples=SAMPLES,
    rounds=ROUNDS,
    minimum=st.sampled_from([0, 1, 2, 2, 2, 5]),
    gap=st.integers(1, 5),
    rule_after=st.sampled_from([0, 0, 0, 1, 3]),
)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([(0, 15.0, 0), (4, 15.0, 0), (2, 0.0, 0)], [(1, 100, False)], 0, 5, 0)
@example([(0, 15.0, 0), (2, 15.0, 0), (6, 15.0, 0), (8, 15.0, 0), (4, 15.0, 0)], [(1, 100, False)], 2, 3, 0)
@example(
    [(0, 15.0, 0), (1, 15.0, 0), (2, 15.0, 0), (1, 0.0, 0), (3, 15.0, 0), (4, 15.0, 0)], [(1, 100, False)], 2, 3, 0
)
@example([(0, 15.0, 0), (1, 15.0, 0), (2, 15.0, 0), (1, 0.0, 0), (3, 15.0, 0)], MIXED, 1, 3, 0)
def test_any_order_of_arrival_gives_the_episodes_of_history(
    observations: Put,
    stream: Callable[[], int],
    samples: list[Sample],
    rounds: list[tuple[int, int, bool]],
    minimum: int,
    gap: int,
    rule_after: int,
) -> None:
    """Late, doubled and bad observations, any batches, restarts between them, a rule that comes in the midst."""
    number, begin, rule = stream(), 0, None
    for step, (cut, limit, again) in enumerate(cycle(rounds)):
        if step >= rule_after and rule is None:
            rule = add_rule(f"rule {number}", minimum=minimum, gap=gap, streams=(number,))
        if begin >= len(samples) and rule is not None:
            break
        observations(number, samples[begin : begin + cut])
        begin += cut
        if again:
            restart()
        detect(limit)
        if rule is not None:
            assert rows_of(rule, number) == naive_episodes(samples[:begin], AT_LEAST, minimum, gap)
    assert rule is not None
    port.close_stale(LATER, quiet_s=0)
    assert not Episode.objects.filter(rule_id=rule, ended=False).exists()
    check_told(rule)
    Episode.objects.update(merged_into=None)
    for model in (OutboxEvent, Episode, RuleVersion, DetectionRule):
        model.objects.all().delete()


def test_an_episode_is_told_linked_and_ended(observations: Put, stream: Callable[[], int]) -> None:
    number, rule = stream(), add_rule()
    observations(number, [(0, 3.0, 0), (1, 16.0, 0), (2, 20.0, 1)])
    detect()
    assert not Episode.objects.exists(), "one minute is not yet two"
    observations(number, [(3, 28.0, 0)])
    detect()
    (told,) = events_of("incident.detected")
    row = Episode.objects.get()
    assert told["title"] == "澜江大道下穿 gauge-1积水"
    assert told["title_en"] == "Standing water at Lanjiang gauge-1"
    assert (told["level"], told["value"], told["at_least"], told["unit"]) == (2, 28.0, 15.0, "cm")
    assert (told["fact_key"], told["class_code"], told["longitude"]) == (f"episode:{row.id}", "10999", 113.0)
    arrows = {(arrow.origin, arrow.relation, arrow.target) for arrow in trace(Ref("episode", str(row.id)))}
    assert arrows == {
        (Ref("observation", "2"), "began", Ref("episode", str(row.id))),
        (Ref("rule", str(rule)), "matched", Ref("episode", str(row.id))),
    }
    assert events_of("incident.fact_changed") == []
    observations(number, [(4, 27.5, 0)])
    detect()
    assert events_of("incident.fact_changed") == [], "it only went on, less than five minutes ago"
    observations(number, [(5, 70.0, 0)])
    detect()
    assert [event["level"] for event in events_of("incident.fact_changed")] == [1]
    observations(number, [(6, 2.0, 0)])
    detect()
    last = events_of("incident.fact_changed")[-1]
    assert (last["ended"], last["withdrawn"], last["peak"]) == (True, False, 70.0)
    assert minute_of(datetime.fromisoformat(str(last["ended_at"]))) == 6
    assert minute_of(datetime.fromisoformat(str(last["last_at"]))) == 5
    assert len(events_of("incident.fact_changed")) == 2


def test_a_late_low_observation_splits_and_withdraws(observations: Put, stream: Callable[[], int]) -> None:
    number, rule = stream(), add_rule()
    observations(number, [(minute, 20.0, 0) for minute in (0, 1, 3, 4, 5, 6)])
    detect()
    first = Episode.objects.get()
    observations(number, [(2, 1.0, 0)])
    detect()
    assert rows_of(rule, number) == [(3, 6, 4, 20.0, 3)]
    first.refresh_from_db()
    assert not first.withdrawn, "the part that counts keeps the identity"
    observations(number, [(5, 1.0, 0)])
    detect()
    first.refresh_from_db()
    assert first.withdrawn
    assert events_of("incident.fact_changed")[-1]["withdrawn"] is True
    check_told(rule)


def test_a_late_high_observation_merges(observations: Put, stream: Callable[[], int]) -> None:
    number, rule = stream(), add_rule()
    observations(number, [(0, 20.0, 0), (2, 20.0, 0), (7, 20.0, 0), (9, 20.0, 0)])
    detect()
    early, late = Episode.objects.order_by("start_at")
    observations(number, [(4, 33.0, 0)])
    detect()
    early.refresh_from_db()
    late.refresh_from_db()
    assert rows_of(rule, number) == [(0, 9, 5, 33.0, 4)]
    assert (late.withdrawn, late.merged_into_id) == (True, early.id)
    assert not early.withdrawn
    assert early.level == 2
    assert (early.ended, early.ended_at) == (True, early.end_at), "by the clock, the gap is long over"
    check_told(rule)


def test_the_clock_ends_what_nothing_came_for_and_a_late_row_takes_it_up_again(
    observations: Put, stream: Callable[[], int]
) -> None:
    number, rule = stream(), add_rule()
    observations(number, [(0, 20.0, 0), (2, 20.0, 0)])
    detect()
    end = Episode.objects.get().end_at
    assert port.close_stale(end + timedelta(minutes=3), quiet_s=0) == 0, "three minutes are still within the gap"
    assert port.close_stale(end + timedelta(minutes=3, seconds=1)) == 0, "the stream was heard of a moment ago"
    assert port.close_stale(end + timedelta(minutes=3, seconds=1), quiet_s=0) == 1
    row = Episode.objects.get()
    assert (row.ended, row.ended_at) == (True, end)
    assert port.close_stale(end + timedelta(minutes=9), quiet_s=0) == 0
    observations(number, [(3, 21.0, 0), (4, 3.0, 0)])
    detect()
    row.refresh_from_db()
    assert (minute_of(row.end_at), row.ended, minute_of(row.ended_at)) == (3, True, 4)
    check_told(rule)


def test_a_rule_added_later_judges_the_history(observations: Put, stream: Callable[[], int]) -> None:
    number, other = stream(), stream()
    observations(number, [(minute, 20.0, 0) for minute in range(5)])
    observations(other, [(minute, 20.0, 0) for minute in range(5)])
    detect()
    rule = add_rule()
    detect()
    assert rows_of(rule, number) == rows_of(rule, other) == [(0, 4, 5, 20.0, 0)]
    assert DetectionRule.objects.get().examined
    assert port.close_stale(LATER, quiet_s=0) == 2


def test_a_changed_threshold_leaves_what_ended_and_judges_what_goes_on(
    observations: Put, stream: Callable[[], int]
) -> None:
    number, rule = stream(), add_rule()
    observations(number, [(0, 20.0, 0), (2, 20.0, 0), (3, 1.0, 0), (5, 20.0, 0), (7, 40.0, 0), (9, 41.0, 0)])
    detect()
    view = port.rule(rule)
    assert view is not None
    before = [row.id for row in Episode.objects.order_by("start_at")]
    changed = RuleDefinition(**{**vars(view.definition), "at_least": 30.0})
    after = port.edit_rule(rule, changed, reason="读数偏高", by=None)
    assert (after.version, after.examined) == (2, False)
    detect()
    assert rows_of(rule, number) == [(0, 2, 2, 20.0, 0), (7, 9, 2, 41.0, 9)]
    assert [row.id for row in Episode.objects.order_by("start_at")] == before, (
        "the incident that goes on stays the same one"
    )
    assert [row.rule_version for row in Episode.objects.order_by("start_at")] == [1, 2]
    observations(number, [(1, 0.0, 0)])
    detect()
    assert rows_of(rule, number)[0] == (0, 2, 2, 20.0, 0), "late rows before the new version are not judged"
    check_told(rule)


def test_a_silenced_rule_ends_its_episodes_and_begins_anew(observations: Put, stream: Callable[[], int]) -> None:
    number, rule = stream(), add_rule()
    observations(number, [(0, 20.0, 0), (2, 20.0, 0)])
    detect()
    port.set_enabled(rule, False, reason="维修", by=None)
    assert Episode.objects.get().ended
    observations(number, [(3, 20.0, 0), (6, 20.0, 0)])
    detect()
    port.set_enabled(rule, True, by=None)
    detect()
    assert rows_of(rule, number) == [(0, 2, 2, 20.0, 0)]


@pytest.mark.parametrize("step", ["publish", "link", "flush", "end of the round"])
def test_a_round_that_is_cut_off_is_done_again_and_tells_once(
    observations: Put, stream: Callable[[], int], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 is a transaction that never committed: nothing of the round stands, the next one does it all."""
    number, rule = stream(), add_rule()
    observations(number, [(0, 20.0, 0), (1, 20.0, 0)])
    detect()
    place = Cursor.objects.get()
    observations(number, [(2, 20.0, 0), (3, 61.0, 0), (4, 0.0, 0), (5, 20.0, 0), (8, 20.0, 0)])

    def cut(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "flush":
            patch.setattr(episode_writer.EpisodeWriter, "flush", cut)
        elif step == "end of the round":
            take = online.Detector._take

            def take_and_cut(self: online.Detector, *args: object, **kwargs: object) -> None:
                take(self, *args, **kwargs)  # type: ignore[arg-type]
                raise KeyboardInterrupt

            patch.setattr(online.Detector, "_take", take_and_cut)
        else:
            patch.setattr(episode_writer, step, cut)
        for again in (restart, lambda: None):
            again()
            with pytest.raises(KeyboardInterrupt):
                online.advance()
            assert not Episode.objects.exists()
            assert not OutboxEvent.objects.exists()
            assert Cursor.objects.get().last_id == place.last_id
    detect()
    assert rows_of(rule, number) == [(0, 3, 4, 61.0, 3), (5, 8, 2, 20.0, 5)]
    detect()
    check_told(rule)


def test_two_workers_never_tell_twice(observations: Put, stream: Callable[[], int]) -> None:
    number, rule = stream(), add_rule()
    workers = [online.Detector(), online.Detector()]
    for minute in range(12):
        observations(number, [(minute, 20.0 if minute != 6 else 0.0, 0)])
        for _ in range(3):
            workers[minute % 2].advance()
    assert rows_of(rule, number) == [(0, 5, 6, 20.0, 0), (7, 11, 5, 20.0, 7)]
    check_told(rule)


def test_a_worker_that_was_overtaken_reads_again(observations: Put, stream: Callable[[], int]) -> None:
    number, rule = stream(), add_rule()
    worker = online.Detector()
    observations(number, [(0, 20.0, 0), (2, 20.0, 0)])
    assert worker.advance() > 0
    place = online.place()

    def moved_meanwhile() -> object:
        Cursor.objects.update(generation=place.generation + 1)
        return place

    observations(number, [(3, 20.0, 0)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(online, "place", moved_meanwhile)
        assert worker.advance() == 1
    assert rows_of(rule, number) == [(0, 2, 2, 20.0, 0)]
    worker.advance()
    worker.advance()
    assert rows_of(rule, number) == [(0, 3, 3, 20.0, 0)]


def test_an_observation_store_put_back_to_an_earlier_state_is_read_anew(
    observations: Put, stream: Callable[[], int]
) -> None:
    number, rule = stream(), add_rule()
    observations(number, [(0, 20.0, 0), (2, 20.0, 0)])
    detect()
    Cursor.objects.update(last_id=1000)
    detect()
    observations(number, [(3, 20.0, 0)])
    detect()
    assert rows_of(rule, number) == [(0, 3, 3, 20.0, 0)]
    assert Episode.objects.count() == 1
