"""Reading a whole loop: a bounded number of reads, whatever it holds."""

from cityloop.analyse.detection.port import episode, rule
from cityloop.decide.ledger.port import decisions_of
from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.kernel.audit.contracts import AuditView
from cityloop.kernel.audit.port import trail
from cityloop.kernel.loop.contracts import Ref
from cityloop.kernel.loop.port import trace
from cityloop.sense.observations.port import datastream
from cityloop.serve.incidents.port import incident, stages
from cityloop.serve.orders.port import orders_of
from cityloop.supervise.scores.port import score

AUDIT_MAX = 100


def whole_loop(number: str, *, links: bool = True) -> WholeLoop | None:
    """Everything known of one fact; `links=False` leaves the arrows out, for a panel that shows the steps alone."""
    found = incident(number)
    if found is None:
        return None
    is_episode = found.source.kind == "episode" and found.source.id.isdigit()
    return WholeLoop(
        incident=found,
        links=tuple(trace(Ref("incident", number))) if links else (),
        decisions=tuple(decisions_of(number)),
        orders=tuple(orders_of(number)),
        stages=tuple(stages(number)),
        score=score(number),
        episode=episode(int(found.source.id)) if is_episode else None,
        rule=rule(int(found.rule.id)) if found.rule.id.isdigit() else None,
        datastream=datastream(found.datastream_id),
    )


def audit_of(loop: WholeLoop) -> list[AuditView]:
    """The newest acts on the incident, its decisions and its orders, newest first (at most 100)."""
    about = [("incident", loop.incident.number)]
    about += [("decision", one.number) for one in loop.decisions]
    about += [("work_order", one.number) for one in loop.orders]
    return trail(about[:200], limit=AUDIT_MAX)
