"""The outbox: at least once to the handler, once in effect."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.db import transaction

from cityloop.kernel.events import services
from cityloop.kernel.events.contracts import Event
from cityloop.kernel.events.models import HandledEvent, OutboxEvent
from cityloop.kernel.events.selectors import counts, kinds_after
from cityloop.kernel.numbers.models import DayCounter

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class LampBroke(Event):
    kind: ClassVar[str] = "test.lamp_broke"
    lamp: int
    at: datetime


@pytest.fixture(autouse=True)
def only_our_handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(services, "_handlers", {})
    return


def publish(lamp: int = 7) -> None:
    with transaction.atomic():
        services.publish(LampBroke(lamp=lamp, at=datetime(2026, 7, 16, 10, tzinfo=UTC)))


def test_a_handler_gets_the_event_as_it_was_published() -> None:
    seen: list[LampBroke] = []
    services.handles(LampBroke)(seen.append)
    publish()
    assert services.deliver() == 1
    assert seen == [LampBroke(lamp=7, at=datetime(2026, 7, 16, 10, tzinfo=UTC))]
    assert services.deliver() == 0


def test_delivering_again_has_no_second_effect() -> None:
    seen: list[LampBroke] = []
    services.handles(LampBroke)(seen.append)
    publish()
    services.deliver()
    OutboxEvent.objects.update(state=OutboxEvent.State.PENDING)
    services.deliver()
    assert len(seen) == 1


def test_a_handler_that_fails_leaves_nothing_behind_and_is_tried_again() -> None:
    calls: list[int] = []

    def fails_once(event: LampBroke) -> None:
        DayCounter.objects.create(prefix="T", day=event.at.date())
        calls.append(event.lamp)
        if len(calls) == 1:
            raise ValueError("the ladder is too short")

    services.handles(LampBroke)(fails_once)
    publish()
    services.deliver()
    assert DayCounter.objects.count() == 0
    assert HandledEvent.objects.count() == 0
    row = OutboxEvent.objects.get()
    assert (row.state, row.attempts) == ("pending", 1)
    assert "the ladder is too short" in row.error
    OutboxEvent.objects.update(retry_at=0)
    services.deliver()
    assert DayCounter.objects.count() == 1
    assert OutboxEvent.objects.get().state == "delivered"


def test_one_bad_handler_does_not_keep_another_from_its_work() -> None:
    seen: list[LampBroke] = []

    def broken(event: LampBroke) -> None:
        raise ValueError("always")

    services.handles(LampBroke)(broken)
    services.handles(LampBroke)(seen.append)
    publish()
    services.deliver()
    assert len(seen) == 1


def test_an_event_is_given_up_in_the_end_and_can_be_revived() -> None:
    def broken(event: LampBroke) -> None:
        raise ValueError("always")

    services.handles(LampBroke)(broken)
    publish()
    for _ in range(services.ATTEMPTS_MAX):
        OutboxEvent.objects.update(retry_at=0)
        services.deliver()
    assert counts() == {"pending": 0, "dead": 1}
    assert services.revive_dead() == 1
    assert counts() == {"pending": 1, "dead": 0}


def test_an_event_without_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="publish it inside the transaction"):
        services.publish(LampBroke(lamp=1, at=datetime(2026, 7, 16, tzinfo=UTC)))


def test_an_event_of_a_transaction_that_fails_never_was() -> None:
    with pytest.raises(ValueError, match="rolled back"), transaction.atomic():
        services.publish(LampBroke(lamp=1, at=datetime(2026, 7, 16, tzinfo=UTC)))
        raise ValueError("rolled back")
    assert counts() == {"pending": 0, "dead": 0}


def test_live_pages_learn_which_kinds_changed() -> None:
    last, kinds = kinds_after(-1)
    assert kinds == []
    publish()
    publish()
    last, kinds = kinds_after(last)
    assert kinds == ["test.lamp_broke"]
    assert kinds_after(last) == (last, [])
