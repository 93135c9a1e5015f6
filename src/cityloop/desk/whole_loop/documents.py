"""The loop as JSON and its arrows as CSV, for programs.

The JSON document, times UTC ISO 8601:

    incident   the incident, field by field, with `step` 1–8
    steps      seven of {step, name, state: done|now|todo, at, predicted, measured, low, high}; minutes
    links      every arrow, oldest first: {from: {kind, id, href}, relation, to: {kind, id, href}, at}
    decisions, orders, stages   as their rooms' contracts name the fields; actors are `person:<id>` or `machine:<part>`
    episode, rule, datastream, score   or null
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from cityloop.desk.whole_loop.arrows import End, arrows
from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.desk.whole_loop.progress import stands

CSV_HEADER: Final = ("from_kind", "from_id", "relation", "to_kind", "to_id", "at", "from_href", "to_href")


def document(loop: WholeLoop) -> bytes:
    """The JSON document."""
    links = zip(loop.links, arrows(loop), strict=True)
    return msgspec.json.encode(
        {
            "incident": {**_plain(loop.incident), "step": int(loop.incident.step)},
            "steps": [
                {**_plain(stand), "step": int(stand.step), "name": stand.step.name.lower()} for stand in stands(loop)
            ],
            "links": [
                {"from": _end(row.origin), "relation": link.relation, "to": _end(row.target), "at": link.at}
                for link, row in links
            ],
            "decisions": loop.decisions,
            "orders": loop.orders,
            "stages": loop.stages,
            "episode": loop.episode,
            "rule": loop.rule,
            "datastream": loop.datastream,
            "score": loop.score,
        }
    )


def csv_rows(loop: WholeLoop) -> Iterator[tuple[object, ...]]:
    """One line for each arrow."""
    for link, row in zip(loop.links, arrows(loop), strict=True):
        yield (
            link.origin.kind, link.origin.id, link.relation, link.target.kind, link.target.id, link.at.isoformat(),
            row.origin.href, row.target.href,
        )  # fmt: skip


def _end(end: End) -> dict[str, str]:
    return {"kind": end.kind, "id": end.id, "href": end.href}


def _plain(view: object) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(view)
    return found
