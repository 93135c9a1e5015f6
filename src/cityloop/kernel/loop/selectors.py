"""Reading the whole loop of a fact."""

from collections.abc import Iterable

from django.db.models import Q

from cityloop.kernel.loop.contracts import LinkView, Ref
from cityloop.kernel.loop.models import Link

# A rule speaks in many loops and a score is written back to it: walking through it would pull in every other loop.
CROSSROADS = frozenset({"rule"})
LINKS_MAX = 500


def trace(start: Ref) -> list[LinkView]:
    """The whole loop of a fact, both ways from any of its things, oldest arrow first (at most 500 arrows)."""
    seen: dict[int, LinkView] = {}
    known = {start}
    frontier: set[Ref] = {start}
    while frontier and len(seen) < LINKS_MAX:
        rows = _touching(frontier)
        frontier = set()
        for row in rows:
            if row.id in seen or len(seen) >= LINKS_MAX:
                continue
            arrow = LinkView(Ref(row.from_kind, row.from_id), Ref(row.to_kind, row.to_id), row.relation, row.at)
            seen[row.id] = arrow
            for end in (arrow.origin, arrow.target):
                if end not in known:
                    known.add(end)
                    if end.kind not in CROSSROADS:
                        frontier.add(end)
    return [seen[key] for key in sorted(seen, key=lambda number: (seen[number].at, number))]


def _touching(refs: Iterable[Ref]) -> list[Link]:
    wanted = Q()
    for ref in sorted(refs, key=lambda one: (one.kind, one.id))[:LINKS_MAX]:
        wanted |= Q(from_kind=ref.kind, from_id=ref.id) | Q(to_kind=ref.kind, to_id=ref.id)
    return list(Link.objects.filter(wanted).order_by("id")[:LINKS_MAX])
