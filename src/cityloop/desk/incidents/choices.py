"""What the selects of a filter offer, and a bad filter as a problem people can mend."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict

from cityloop.analyse.detection.port import rules
from cityloop.desk.incidents.filters import LIVE, BadFilterError, Wanted, parse
from cityloop.kernel.geography.contracts import DistrictView
from cityloop.kernel.geography.port import districts
from cityloop.kernel.organisations.contracts import OrganizationView
from cityloop.kernel.organisations.port import departments
from cityloop.kernel.problems import BadRequest
from cityloop.kernel.saying import listed
from cityloop.kernel.saying import said as _
from cityloop.serve.incidents.contracts import IncidentState
from cityloop.serve.incidents.port import incident_class, state_words


@dataclass(frozen=True)
class ClassChoice:
    """A class of incident to choose; `key` is KIND-CODE."""

    key: str
    name: str
    name_en: str


@dataclass(frozen=True)
class StateChoice:
    """A state to choose."""

    key: str
    words: str


@dataclass(frozen=True)
class Choices:
    """All that the selects offer."""

    districts: tuple[DistrictView, ...]
    departments: tuple[OrganizationView, ...]
    classes: tuple[ClassChoice, ...]
    states: tuple[StateChoice, ...]


def read_filter(parameters: QueryDict, *, default_state: str = LIVE) -> Wanted:
    """The filter of an address.

    Raises:
        BadRequest: One that is not allowed; the message names it and what is allowed.
    """
    try:
        return parse(parameters, default_state=default_state)
    except BadFilterError as error:
        message = _("The filter “%(name)s” is “%(received)s”; allowed: %(allowed)s. Choose from the lists of the page.")
        raise BadRequest(
            message % {"name": error.name, "received": error.received, "allowed": listed(error.allowed)}
        ) from None


def filter_choices(
    wanted: Wanted, seen: Iterable[tuple[str, str, str, str]], states: Iterable[IncidentState]
) -> Choices:
    """Districts, departments, classes and states to choose from.

    Args:
        seen: Classes of the incidents at hand: (kind, code, name, name_en). Those of the rules are added.
        states: That the page may show.
    """
    classes = {(kind, code): ClassChoice(f"{kind}-{code}", name, name_en) for kind, code, name, name_en in seen}
    missing = {(rule.definition.class_kind, rule.definition.class_code) for rule in rules()}
    if wanted.class_code:
        missing.add((wanted.class_kind, wanted.class_code))
    for kind, code in missing - classes.keys():
        found = incident_class(kind, code)
        if found is not None:
            classes[kind, code] = ClassChoice(f"{kind}-{code}", found.name, found.name_en)
    return Choices(
        districts=tuple(districts()),
        departments=tuple(departments()),
        classes=tuple(classes[key] for key in sorted(classes)),
        states=tuple(StateChoice(state.value, state_words(state.value)) for state in states),
    )
