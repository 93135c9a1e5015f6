"""The tabs of the staff's pages: upper rooms enter theirs when the program is ready.

register(NavEntry(key="operations", label=gettext_lazy("Operations"), href="/operations", order=10))
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from cityloop.kernel.access import person_of
from cityloop.kernel.people.contracts import Permission


@dataclass(frozen=True)
class NavEntry:
    """A tab.

    Args:
        key: Name of its own; entering it again replaces it.
        label: Lazy translation.
        href: Path; the tab is current on every page whose path begins with it.
        order: Small numbers stand first.
        permission: Who sees it; None: everybody who is signed in.
        count: A number beside it, or None.
    """

    key: str
    label: object
    href: str
    order: int
    permission: Permission | None = None
    count: Callable[[HttpRequest], int | None] | None = None


@dataclass(frozen=True)
class Tab:
    """A tab on a page."""

    key: str
    label: str
    href: str
    current: bool
    count: int | None


@dataclass(frozen=True)
class Alarms:
    """How many alarms wait for the reader, and where they are."""

    count: Callable[[HttpRequest], int]
    href: str


_entries: dict[str, NavEntry] = {}
_alarms: list[Alarms] = []


def register(entry: NavEntry) -> None:
    """Enter a tab."""
    _entries[entry.key] = entry


def register_alarms(*, count: Callable[[HttpRequest], int], href: str) -> None:
    """Enter what counts the alarms of the person who asks; the last one entered counts."""
    _alarms[:] = [Alarms(count, href)]


def alarms_of(request: HttpRequest) -> tuple[int, str] | None:
    """Number of alarms and their page, or None when nobody counts them or nobody is signed in."""
    if not _alarms or person_of(request) is None:
        return None
    return _alarms[0].count(request), _alarms[0].href


def tabs_of(request: HttpRequest) -> list[Tab]:
    """The tabs the person who asks may open."""
    person = person_of(request)
    if person is None:
        return []
    allowed = [e for e in _entries.values() if e.permission is None or person.may(e.permission)]
    paths = [e.href for e in allowed if request.path == e.href or request.path.startswith(e.href.rstrip("/") + "/")]
    current = max(paths, key=len, default=None)
    return [
        Tab(e.key, str(e.label), e.href, e.href == current, e.count(request) if e.count else None)
        for e in sorted(allowed, key=lambda e: (e.order, e.key))
    ]
