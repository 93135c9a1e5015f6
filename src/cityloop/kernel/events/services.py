"""Publishing and delivering events."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from django.db import connection, transaction

from cityloop.kernel import clock
from cityloop.kernel.events.contracts import Event
from cityloop.kernel.events.models import HandledEvent, OutboxEvent

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
Handler = Callable[[Any], None]

ATTEMPTS_MAX = 8
BATCH_MAX = 200

_handlers: dict[str, dict[str, tuple[type[Event], Handler]]] = {}


def handles(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Declare the handler of a kind of event. It may run twice: its own transaction makes it count once."""

    def declare(handler: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{handler.__module__}.{handler.__qualname__}"
        _handlers.setdefault(kind.kind, {})[name] = (kind, handler)
        return handler

    return declare


def publish(event: Event) -> None:
    """Put an event into the outbox, in the transaction of the fact.

    Raises:
        RuntimeError: No transaction is open.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"event {event.kind}: publish it inside the transaction of the fact")
    OutboxEvent.objects.create(at=clock.now(), kind=event.kind, payload=msgspec.to_builtins(event))


def deliver(limit: int = BATCH_MAX) -> int:
    """Hand pending events to their handlers, oldest first.

    Returns:
        How many events were looked at; 0 means that nothing waits.
    """
    waiting = list(
        OutboxEvent.objects.filter(state=OutboxEvent.State.PENDING, retry_at__lte=time.time())
        .order_by("id")
        .values_list("id", flat=True)[:limit]
    )
    for number in waiting:
        _deliver_one(number)
    return len(waiting)


def _deliver_one(number: int) -> None:
    event = OutboxEvent.objects.filter(id=number, state=OutboxEvent.State.PENDING).first()
    if event is None:
        return
    failed = ""
    for name, (contract, handler) in _handlers.get(event.kind, {}).items():
        try:
            _handle_once(event, name, contract, handler)
        except Exception as error:  # a handler's fault must not stop the others, nor the queue
            failed = f"{name}: {type(error).__name__}: {error}"
            log.exception(
                "event handler failed", extra={"event_kind": event.kind, "event_id": event.id, "handler": name}
            )
    if not failed:
        OutboxEvent.objects.filter(id=number).update(state=OutboxEvent.State.DELIVERED, error="")
        return
    attempts = event.attempts + 1
    OutboxEvent.objects.filter(id=number).update(
        attempts=attempts,
        error=failed[:2000],
        retry_at=time.time() + min(300.0, 0.5 * 2**attempts),
        state=OutboxEvent.State.DEAD if attempts >= ATTEMPTS_MAX else OutboxEvent.State.PENDING,
    )


def _handle_once(event: OutboxEvent, name: str, contract: type[Event], handler: Handler) -> None:
    with transaction.atomic():
        # The unique row is written first: a second process that delivers the same event waits here, then finds it.
        _, fresh = HandledEvent.objects.get_or_create(event=event, handler=name)
        if fresh:
            handler(msgspec.convert(event.payload, contract))


def revive_dead() -> int:
    """Give events that were given up another round of attempts, after their cause was mended. Returns how many."""
    return OutboxEvent.objects.filter(state=OutboxEvent.State.DEAD).update(
        state=OutboxEvent.State.PENDING, attempts=0, retry_at=0
    )
