"""Writing links."""

from datetime import datetime

from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.models import Link


def link(origin: Ref, target: Ref, relation: str, at: datetime) -> None:
    """Write an arrow of the loop, once, in the transaction of the step it stands for."""
    arrow = Link(
        from_kind=origin.kind, from_id=origin.id, to_kind=target.kind, to_id=target.id, relation=relation, at=at
    )
    Link.objects.bulk_create([arrow], ignore_conflicts=True)
