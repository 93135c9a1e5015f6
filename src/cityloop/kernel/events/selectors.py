"""Reads of the outbox."""

from django.db.models import Count

from cityloop.kernel.events.models import OutboxEvent


def counts() -> dict[str, int]:
    """How many events are pending and dead."""
    found = dict(
        OutboxEvent.objects.exclude(state=OutboxEvent.State.DELIVERED).values_list("state").annotate(n=Count("id"))
    )
    return {"pending": found.get("pending", 0), "dead": found.get("dead", 0)}


def kinds_after(last: int, limit: int = 500) -> tuple[int, list[str]]:
    """Newest event id, and the kinds of events after `last`: what live pages want to know.

    Args:
        last: The id seen before; -1 asks for the newest id alone.
    """
    if last < 0:
        newest = OutboxEvent.objects.order_by("-id").values_list("id", flat=True).first()
        return newest or 0, []
    rows = list(OutboxEvent.objects.filter(id__gt=last).order_by("id").values_list("id", "kind")[:limit])
    return (rows[-1][0] if rows else last), sorted({kind for _, kind in rows})
