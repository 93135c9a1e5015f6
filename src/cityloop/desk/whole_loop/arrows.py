"""The arrows of the loop: what each end is called and where it opens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.kernel.loop.contracts import LinkView, Ref

KINDS: Final = {
    "observation": gettext_noop("Observation"),
    "episode": gettext_noop("Episode"),
    "incident": gettext_noop("Incident"),
    "decision": gettext_noop("Decision"),
    "work_order": gettext_noop("Work order"),
    "report": gettext_noop("Report"),
    "verification": gettext_noop("Verification"),
    "score": gettext_noop("Score"),
    "rule": gettext_noop("Rule"),
}
RELATIONS: Final = {
    "began": gettext_noop("was the first of"),
    "matched": gettext_noop("spoke on"),
    "merged": gettext_noop("became part of"),
    "opened": gettext_noop("opened"),
    "proposed": gettext_noop("led to"),
    "dispatched": gettext_noop("sent out"),
    "reported": gettext_noop("was reported in"),
    "verified": gettext_noop("was verified in"),
    "assessed": gettext_noop("was scored in"),
    "written back": gettext_noop("was written back to"),
}


@dataclass(frozen=True)
class End:
    """One end of an arrow: kind in words, id, address."""

    kind: str
    id: str
    words: str
    href: str


@dataclass(frozen=True)
class Arrow:
    """An arrow as a row: from, relation, to, time."""

    origin: End
    relation: str
    target: End
    at: datetime


def arrows(loop: WholeLoop) -> tuple[Arrow, ...]:
    """Every arrow, oldest first."""
    return tuple(_arrow(loop, link) for link in loop.links)


def href_of(loop: WholeLoop, ref: Ref) -> str:
    """Where a thing of the loop opens."""
    number = loop.incident.number
    return {
        "observation": f"/data/{loop.incident.datastream_id}",
        "episode": f"/incidents/{number}#analyse",
        "incident": f"/incidents/{ref.id}",
        "decision": f"/incidents/{number}#decide",
        "work_order": f"/orders/{ref.id}",
        "report": f"/incidents/{number}#stage-{ref.id}",
        "verification": f"/incidents/{number}#stage-{ref.id}",
        "score": f"/scores/{number}",
        "rule": f"/rules/{ref.id}",
    }.get(ref.kind, f"/incidents/{number}")


def _arrow(loop: WholeLoop, link: LinkView) -> Arrow:
    relation = RELATIONS.get(link.relation)
    return Arrow(_end(loop, link.origin), _(relation) if relation else link.relation, _end(loop, link.target), link.at)


def _end(loop: WholeLoop, ref: Ref) -> End:
    words = KINDS.get(ref.kind)
    return End(ref.kind, ref.id, _(words) if words else ref.kind, href_of(loop, ref))
