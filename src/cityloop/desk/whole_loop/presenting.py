"""Everything the page of one incident shows, gathered for its template."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from cityloop.desk.whole_loop import locating, sections
from cityloop.desk.whole_loop.arrows import arrows
from cityloop.desk.whole_loop.charts import fact_chart
from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.desk.whole_loop.narration import chain_links, named
from cityloop.desk.whole_loop.progress import minutes
from cityloop.desk.whole_loop.selectors import audit_of
from cityloop.kernel import clock
from cityloop.kernel.people.contracts import Permission, PersonView
from cityloop.kernel.problems import Problem
from cityloop.kernel.ui.contracts import Link
from cityloop.serve.incidents.port import result_words, state_words
from cityloop.serve.orders.port import moves_open_to

AUDIT_SHOWN = 10
ON_THE_SPOT = frozenset({"report", "return", "rework"})


def page_context(
    loop: WholeLoop, person: PersonView, *, failed: str = "", problem: Problem | None = None, typed: Mapping[str, Any]
) -> dict[str, Any]:
    """The page's context.

    Args:
        person: Who reads it: the forms of their moves are offered.
        failed: The move that was refused, with its `problem` and what was `typed`.
    """
    one, decision = loop.incident, loop.decision
    waits = decision is not None and decision.state == "proposed"
    verified = sections.stage_rows(loop, frozenset({"verify"}))
    audit = sections.audit_entries(audit_of(loop))
    voided = sections.stage_rows(loop, frozenset({"void"}))
    return {
        "loop": loop,
        "one": one,
        "state": state_words(one.state.value),
        "result": result_words(one.result),
        "took": minutes(one.opened_at, one.closed_at),
        "chain": chain_links(loop),
        "back": written_back(loop),
        "chart": fact_chart(loop),
        "map": locating.locator(loop),
        "stream": loop.datastream.key if loop.datastream else "",
        "levels": sections.rule_levels(loop),
        "rule_minutes": loop.rule.definition.minimum_s / 60 if loop.rule else None,
        "gap_minutes": loop.rule.definition.gap_s / 60 if loop.rule else None,
        "decision": sections.decision_part(loop),
        "reason": named(decision, "reason") if decision else "",
        "picked": (typed.get("option") if failed == "decide" else "") or (decision.default_key if decision else ""),
        "orders": sections.order_rows(loop),
        "spot": sections.stage_rows(loop, ON_THE_SPOT),
        "verified": verified[-1] if verified else None,
        "verify_used": verify_used(loop),
        "void_reason": next((named(row.stage, "note") for row in voided if row.stage.note), ""),
        "scored": sections.scored_steps(loop),
        "error": sections.difference(loop.score.error) if loop.score else "",
        "audit": audit[:AUDIT_SHOWN],
        "audit_more": audit[AUDIT_SHOWN:],
        "arrows": arrows(loop),
        "may": moves_open_to(person, one, waits_for_decision=waits),
        "may_rules": person.may(Permission.VIEW_RULES),
        "errors": form_errors(problem, failed) if problem else [],
        "problem_words": problem.detail if problem else "",
        "failed": failed,
        "typed": typed,
    }


def form_errors(problem: Problem, move: str) -> list[dict[str, str]]:
    """What went wrong, linked to the control that mends it (ids are `<move>-<field>`), or to the section."""
    section = "decide" if move == "decide" else "verify"
    found = [{"field": f"{move}-{field}", "message": message} for field, message in problem.errors.items()]
    return found or [{"field": f"{section}-h", "message": problem.detail}]


def written_back(loop: WholeLoop) -> list[Link]:
    """Where the score goes back to: the rule it speaks about."""
    if loop.score is None or loop.rule is None:
        return []
    words = _("detection rule “%(rule)s”, version %(version)s") % {
        "rule": named(loop.rule),
        "version": loop.rule.version,
    }
    return [Link(words, f"/rules/{loop.rule.id}")]


def verify_used(loop: WholeLoop) -> float:
    """Share of the limit for verifying that is used."""
    limit = minutes(loop.incident.reported_at, loop.incident.verify_due_at)
    used = minutes(loop.incident.reported_at, clock.now())
    return used / limit if limit and used is not None else 0.0
