"""Reads of the response table."""

from cityloop.decide.ledger.contracts import ActionLine
from cityloop.decide.responses.choice import place
from cityloop.decide.responses.contracts import ClassName, ResponseView
from cityloop.decide.responses.models import KnownClass, Response


def responses(class_kind: str | None = None, class_code: str | None = None, limit: int = 2000) -> list[ResponseView]:
    """Rows of the table by class, key and level; of one class when asked."""
    rows = Response.objects.prefetch_related("actions")
    if class_kind is not None:
        rows = rows.filter(class_kind=class_kind)
    if class_code is not None:
        rows = rows.filter(class_code=class_code)
    found = [view(row) for row in rows[:limit]]
    return sorted(found, key=lambda one: (one.class_kind, one.class_code, place(one.key), one.level_from))


def response(number: int) -> ResponseView | None:
    """One row by its id."""
    row = Response.objects.prefetch_related("actions").filter(id=number).first()
    return view(row) if row else None


def known_classes() -> list[ClassName]:
    """The classes of incident that were made known, by kind and code."""
    return [ClassName(row.kind, row.code, row.name, row.name_en) for row in KnownClass.objects.all()[:5000]]


def view(row: Response) -> ResponseView:
    """A row as other features see it."""
    return ResponseView(
        id=row.id,
        class_kind=row.class_kind,
        class_code=row.class_code,
        level_from=row.level_from,
        level_to=row.level_to,
        key=row.key,
        name=row.name,
        name_en=row.name_en,
        automatic=row.automatic,
        expected_minutes=row.expected_minutes,
        enabled=row.enabled,
        version=row.version,
        actions=tuple(
            ActionLine(
                department_code=line.department_code,
                crew=line.crew,
                crew_en=line.crew_en,
                action=line.action,
                action_en=line.action_en,
                expected_minutes=line.expected_minutes,
                limit_minutes=line.limit_minutes,
            )
            for line in row.actions.all()
        ),
    )
