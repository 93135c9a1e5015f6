"""The operations page: whole, or only the parts a live page asks for (header `X-Fragment: list,map-marks`)."""

from functools import cached_property
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cityloop.desk.incidents.port import Choices, Wanted, filter_choices, read_filter
from cityloop.desk.operations.board import Board, read_board
from cityloop.desk.operations.drawings import draw_hours, draw_map
from cityloop.desk.operations.items import Item, items
from cityloop.desk.operations.key_figures import key_figures
from cityloop.desk.operations.panel import Panel, read_panel
from cityloop.desk.readings.port import Reading, readings
from cityloop.kernel import clock
from cityloop.kernel.access import person_of, requires
from cityloop.kernel.people.contracts import Permission
from cityloop.kernel.problems import BadRequest
from cityloop.kernel.saying import said as _
from cityloop.kernel.ui.contracts import Figure
from cityloop.kernel.ui.markup import Markup
from cityloop.kernel.ui.parameters import whole_number
from cityloop.serve.incidents.contracts import LIVE_STATES, IncidentState

PAGES_MAX: Final = 1000
FRAGMENTS: Final = ("figures", "map-marks", "list", "panel", "hours", "filters")


@require_safe
@requires(Permission.VIEW_OPERATIONS)
def operations(request: HttpRequest) -> HttpResponse:
    """Map, list, numbers, one incident, six hours; `?wall=1` the same enlarged and read-only."""
    view = _View(request)
    asked = [name for name in request.headers.get("X-Fragment", "").split(",") if name in FRAGMENTS]
    context = {"view": view, "fragments": asked}
    name = "fragments" if asked else "operations"
    response = render(request, f"desk_operations/{name}.html", context)
    response["Vary"] = "X-Fragment, Cookie"
    response["Cache-Control"] = "no-store"
    return response


class _View:
    """What the templates ask for; each part is read when asked for, so that a fragment costs its own part only."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.wanted: Wanted = read_filter(request.GET)
        self.page = _page_number(request.GET.get("page", ""))
        self.wall = request.GET.get("wall") == "1"
        self.now = clock.now()

    @cached_property
    def board(self) -> Board:
        """The incidents."""
        return read_board(self.wanted, page=self.page, selected=self.request.GET.get("selected", "")[:40])

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The newest value of every stream."""
        return readings()

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The six numbers."""
        return key_figures(self.readings, self.board.incidents, self.now)

    @cached_property
    def map(self) -> tuple[Markup, Markup] | None:
        """Ground and marks."""
        return draw_map(self.board, self.readings, self.now)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The list."""
        return items(self.board, self.readings, self.now)

    @cached_property
    def hours(self) -> Markup:
        """The last six hours."""
        return draw_hours(self.now)

    @cached_property
    def panel(self) -> Panel | None:
        """The chosen incident."""
        selected = self.request.GET.get("selected", "")[:40] or self.board.selected
        person = person_of(self.request)
        return read_panel(selected, person, wall=self.wall) if selected and person else None

    @cached_property
    def choices(self) -> Choices:
        """What the filter offers."""
        seen = {(one.class_kind, one.class_code, one.class_name, one.class_name_en) for one in self.board.incidents}
        live = [state for state in IncidentState if state in LIVE_STATES]
        return filter_choices(self.wanted, seen, live)

    @property
    def levels(self) -> list[tuple[int, int]]:
        """Each level with the number of its incidents."""
        return list(self.board.by_level.items())

    @property
    def some_past(self) -> bool:
        """Whether the list has incidents of the past, which the map leaves out."""
        return any(one.past(self.now) for one in self.board.incidents)

    @property
    def previous_page(self) -> int:
        """The page of the list before."""
        return self.board.page - 1

    @property
    def next_page(self) -> int:
        """The page after."""
        return self.board.page + 1

    @property
    def narrowed(self) -> bool:
        """Whether the filter leaves something out."""
        return self.wanted.narrows("live")


def _page_number(given: str) -> int:
    if not given:
        return 1
    number = whole_number(given) or 0
    if not 1 <= number <= PAGES_MAX:
        raise BadRequest(
            _("page is “%(received)s”; allowed: a whole number from 1 to %(most)s.")
            % {"received": given[:40], "most": PAGES_MAX}
        )
    return number
