"""The incidents on the board: gravest first, which page of the list, which one is chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from cityloop.desk.incidents.port import Wanted
from cityloop.serve.incidents.contracts import IncidentView
from cityloop.serve.incidents.port import incidents

ON_THE_MAP_MAX: Final = 3000
ON_A_PAGE: Final = 200


@dataclass(frozen=True)
class Board:
    """Incidents that pass the filter, gravest first, then newest; those of the past after the others.

    Args:
        by_level: How many pass the rest of the filter, for each level.
        page: Of the list, from 1.
        selected: Number of the chosen one; empty when there is none.
    """

    incidents: tuple[IncidentView, ...]
    by_level: Mapping[int, int]
    page: int
    selected: str

    @property
    def shown(self) -> tuple[IncidentView, ...]:
        """Those on this page of the list."""
        return self.incidents[(self.page - 1) * ON_A_PAGE : self.page * ON_A_PAGE]

    @property
    def before(self) -> int:
        """How many are on the pages before."""
        return (self.page - 1) * ON_A_PAGE

    @property
    def more(self) -> int:
        """How many are on the pages after."""
        return max(0, len(self.incidents) - self.page * ON_A_PAGE)


def read_board(wanted: Wanted, *, page: int, selected: str) -> Board:
    """The board for a filter, whatever the levels chosen: two bounded reads. What is of the past comes last and takes
    no place from the rest.
    """
    asked = wanted.filter(any_level=True)
    found = incidents(replace(asked, past=False), sort="level", limit=ON_THE_MAP_MAX)
    past = incidents(replace(asked, past=True), sort="level", limit=ON_THE_MAP_MAX - len(found))
    return arrange(
        [*found, *past],
        levels=wanted.levels,
        page=page,
        selected=selected,
    )


def arrange(found: Iterable[IncidentView], *, levels: frozenset[int], page: int, selected: str) -> Board:
    """Count by level, keep the levels wanted, fall back to the first when nothing is chosen.

    Args:
        found: In the order of the list.
        levels: Empty means all.
    """
    by_level = dict.fromkeys((1, 2, 3, 4), 0)
    kept = []
    for one in found:
        by_level[one.level] += 1
        if not levels or one.level in levels:
            kept.append(one)
    pages = max(1, -(-len(kept) // ON_A_PAGE))
    page = min(page, pages)
    if not selected and kept:
        selected = kept[(page - 1) * ON_A_PAGE].number
    return Board(tuple(kept), by_level, page, selected)
