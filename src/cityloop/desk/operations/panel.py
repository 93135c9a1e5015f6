"""The chosen incident: chart, steps of the loop, and the acts open to the reader."""

from dataclasses import dataclass

from cityloop.decide.ledger.contracts import Option
from cityloop.desk.whole_loop.port import WholeLoop, fact_chart, loop_steps, whole_loop
from cityloop.kernel.people.contracts import PersonView
from cityloop.kernel.ui.contracts import LoopStep
from cityloop.kernel.ui.markup import Markup
from cityloop.serve.incidents.port import state_words
from cityloop.serve.orders.port import moves_open_to


@dataclass(frozen=True)
class Panel:
    """One incident for the panel.

    Args:
        may: Acts open to the reader, of `decide`, `verify`, `rework`, `void`; none on a wall.
        proposed: The option that waits for a decision.
    """

    loop: WholeLoop
    state: str
    chart: Markup
    steps: tuple[LoopStep, ...]
    may: frozenset[str]
    proposed: Option | None


def read_panel(number: str, person: PersonView, *, wall: bool) -> Panel | None:
    """The panel of an incident, or None when there is no such incident."""
    loop = whole_loop(number, links=False)
    if loop is None:
        return None
    decision = loop.decision
    waits = decision is not None and decision.state == "proposed"
    return Panel(
        loop=loop,
        state=state_words(loop.incident.state.value),
        chart=fact_chart(loop, events=False),
        steps=loop_steps(loop, base=f"/incidents/{number}"),
        may=frozenset() if wall else moves_open_to(person, loop.incident, waits_for_decision=waits),
        proposed=decision.option(decision.default_key) if decision is not None and waits else None,
    )
