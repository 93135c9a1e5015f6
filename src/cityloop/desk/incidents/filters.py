"""The filter of incidents as it stands in an address. No Django.

`q` words · `district` · `department` · `level` (several) · `class` as KIND-CODE · `state`: a state, `live` or `all`
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from cityloop.serve.incidents.contracts import LIVE_STATES, IncidentFilter, IncidentState

LIVE: Final = "live"
ALL: Final = "all"
STATES: Final = (LIVE, *(state.value for state in IncidentState), ALL)
KINDS: Final = ("component", "matter")
TEXT_LENGTH_MAX: Final = 100
_LEVELS: Final = {"1": 1, "2": 2, "3": 3, "4": 4}


class BadFilterError(ValueError):
    """A filter in an address that is not allowed.

    Args:
        name: The parameter. `received`: its value. `allowed`: what it may be.
    """

    def __init__(self, name: str, received: str, allowed: Iterable[str]) -> None:
        self.name, self.received, self.allowed = name, received[:40], tuple(allowed)
        super().__init__(f"{name} is {self.received!r}; allowed: {', '.join(self.allowed)}.")


class Parameters(Protocol):
    """The query string of an address, as Django's QueryDict is one."""

    def get(self, name: str, default: str, /) -> str:
        """The last value of a parameter."""

    def getlist(self, name: str, /) -> list[str]:
        """All its values."""


@dataclass(frozen=True)
class Wanted:
    """Which incidents the reader asks for.

    Args:
        levels: 1 to 4; empty means all.
        class_kind, class_code: Of GB/T 47678.5, or both empty.
        state: `live`, `all` or one state.
    """

    text: str
    district: str
    department: str
    levels: frozenset[int]
    class_kind: str
    class_code: str
    state: str

    @property
    def class_key(self) -> str:
        """The class as the address writes it; empty for all."""
        return f"{self.class_kind}-{self.class_code}" if self.class_code else ""

    @property
    def states(self) -> frozenset[IncidentState] | None:
        """The states; None for all."""
        if self.state == ALL:
            return None
        return LIVE_STATES if self.state == LIVE else frozenset({IncidentState(self.state)})

    def narrows(self, default_state: str) -> bool:
        """Whether anything is left out that the page shows by itself."""
        return bool(
            self.text
            or self.district
            or self.department
            or self.levels
            or self.class_code
            or self.state != default_state
        )

    def filter(self, *, any_level: bool = False) -> IncidentFilter:
        """As `serve.incidents` takes it; `any_level` leaves the levels out, for counting them."""
        return IncidentFilter(
            states=self.states,
            levels=self.levels if self.levels and not any_level else None,
            class_codes=frozenset({(self.class_kind, self.class_code)}) if self.class_code else None,
            district_code=self.district,
            department_code=self.department,
            text=self.text,
        )


def parse(parameters: Parameters, *, default_state: str = LIVE) -> Wanted:
    """Read the filter of an address.

    Raises:
        BadFilterError: A level, class or state that does not exist, or words that are too long.
    """
    text = " ".join(parameters.get("q", "").replace("\x00", "").split())
    if len(text) > TEXT_LENGTH_MAX:
        raise BadFilterError("q", text, (f"0–{TEXT_LENGTH_MAX}",))
    levels = set()
    for given in parameters.getlist("level"):
        if given not in _LEVELS:
            raise BadFilterError("level", given, _LEVELS)
        levels.add(_LEVELS[given])
    state = parameters.get("state", "") or default_state
    if state not in STATES:
        raise BadFilterError("state", state, STATES)
    kind, code = _class_key(parameters.get("class", ""))
    return Wanted(
        text=text,
        district=parameters.get("district", "").replace("\x00", "")[:40],
        department=parameters.get("department", "").replace("\x00", "")[:40],
        levels=frozenset(levels) if len(levels) < len(_LEVELS) else frozenset(),
        class_kind=kind,
        class_code=code,
        state=state,
    )


def _class_key(given: str) -> tuple[str, str]:
    if not given:
        return "", ""
    kind, _, code = given.partition("-")
    if kind not in KINDS or not (code.isascii() and code.isdigit() and len(code) == 5):
        raise BadFilterError("class", given, (f"{KINDS[1]}-06028", f"{KINDS[0]}-01001"))
    return kind, code
