"""Reading the form of a response: text in, values out; what can't be read becomes 0 and is refused by the service."""

from django.http import HttpRequest, QueryDict

from cityloop.decide.ledger.contracts import ActionLine
from cityloop.decide.responses.contracts import ResponseView
from cityloop.kernel.ui.parameters import whole_number

LINES_SHOWN = 4
LINE_FIELDS = ("department", "crew", "crew_en", "action", "action_en", "minutes", "limit")


def values(request: HttpRequest) -> dict[str, object]:
    """The fields of a response, as `services.enter_response` takes them."""
    given = request.POST
    kind, _, code = given.get("class_code", "").strip().partition(" ")
    return {
        "class_kind": kind,
        "class_code": code.split(" ")[0],
        "level_from": _whole(given, "level_from"),
        "level_to": _whole(given, "level_to"),
        "key": given.get("key", ""),
        "name": given.get("name", "").strip(),
        "name_en": given.get("name_en", "").strip(),
        "automatic": given.get("automatic") == "1",
        "enabled": given.get("enabled") == "1",
        "expected_minutes": _whole(given, "expected_minutes"),
        "actions": lines(given),
    }


def version(request: HttpRequest) -> int | None:
    """The version of the row the person saw; None when the form does not say."""
    return whole_number(request.POST.get("version", ""))


def lines(given: QueryDict) -> list[ActionLine]:
    """The action lines that have anything in them."""
    found = []
    for position in range(1, 9):
        part = {name: given.get(f"{name}_{position}", "").strip() for name in LINE_FIELDS}
        if not any(part[name] for name in ("crew", "crew_en", "action", "action_en", "minutes", "limit")):
            continue
        found.append(
            ActionLine(
                department_code=part["department"],
                crew=part["crew"],
                crew_en=part["crew_en"],
                action=part["action"],
                action_en=part["action_en"],
                expected_minutes=_number(part["minutes"]),
                limit_minutes=_number(part["limit"]) if part["limit"] else None,
            )
        )
    return found


def shown(row: ResponseView | None) -> dict[str, object]:
    """The fields of a row as the form shows them; an empty form for None."""
    if row is None:
        return {"level_from": 1, "level_to": 4, "enabled": True, "lines": _padded([])}
    return {
        "class_code": f"{row.class_kind} {row.class_code}",
        "level_from": row.level_from,
        "level_to": row.level_to,
        "key": row.key,
        "name": row.name,
        "name_en": row.name_en,
        "automatic": row.automatic,
        "enabled": row.enabled,
        "expected_minutes": row.expected_minutes,
        "lines": _padded(list(row.actions)),
        "version": row.version,
    }


def sent(request: HttpRequest) -> dict[str, object]:
    """The fields as somebody sent them, to be corrected."""
    found = values(request)
    actions = found.pop("actions")
    assert isinstance(actions, list)
    return {
        **found,
        "class_code": request.POST.get("class_code", ""),
        "lines": _padded(actions),
        "version": request.POST.get("version", ""),
    }


def _padded(actions: list[ActionLine]) -> list[tuple[int, ActionLine | None]]:
    wanted = max(LINES_SHOWN, len(actions) + 1)
    padded: list[ActionLine | None] = [*actions, *([None] * (wanted - len(actions)))]
    return list(enumerate(padded[:8], start=1))


def _whole(given: QueryDict, name: str) -> int:
    return _number(given.get(name, "").strip())


def _number(text: str) -> int:
    return whole_number(text) or 0
