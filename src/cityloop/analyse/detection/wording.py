"""Rules and episodes in words for people."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.analyse.detection.contracts import RuleDefinition
from cityloop.kernel.people.port import staff_numbers
from cityloop.kernel.ui.markup import number_text
from cityloop.kernel.ui.wording import duration, is_chinese, level_short, unit_name
from cityloop.sense.observations.contracts import PropertyView

CLASS_KINDS = {"component": gettext_lazy("component"), "matter": gettext_lazy("urban matter")}


def span(seconds: int) -> str:
    """A duration: `3 时`, `90 秒`."""
    return _("%(seconds)s s") % {"seconds": seconds} if seconds % 60 else duration(seconds / 60)


def amount(value: float, unit: str) -> str:
    """A number with its unit."""
    return f"{number_text(value)} {unit_name(unit)}"


def property_name(measured: PropertyView | None, name: str) -> str:
    """A property's label in the reader's language."""
    if measured is None:
        return name
    return measured.label if is_chinese() or not measured.label_en else measured.label_en


def sentence(definition: RuleDefinition, measured: PropertyView | None) -> str:
    """What a rule does, in one sentence."""
    unit = measured.unit if measured else ""
    title = definition.title if is_chinese() or not definition.title_en else definition.title_en
    words = {
        "property": property_name(measured, definition.property),
        "threshold": amount(definition.at_least, unit),
        "minimum": span(definition.minimum_s),
        "gap": span(definition.gap_s),
        "title": title.replace("{place}", _("(place)")),
    }
    if definition.minimum_s:
        return (
            _(
                "When %(property)s stays at %(threshold)s or more for %(minimum)s or longer, "
                "readings at most %(gap)s apart, an incident “%(title)s” is opened."
            )
            % words
        )
    return _("As soon as %(property)s reaches %(threshold)s, an incident “%(title)s” is opened.") % words


def level_sentences(definition: RuleDefinition, unit: str) -> list[tuple[int, str]]:
    """Level, and from which peak on it applies; mildest first."""
    found = [
        (
            one.level,
            _("%(level)s from a peak of %(value)s on")
            % {"level": level_short(one.level), "value": amount(one.at_least, unit)},
        )
        for one in sorted(definition.levels, key=lambda one: -one.level)
    ]
    return found or [(4, _("always %(level)s") % {"level": level_short(4)})]


def class_words(definition: RuleDefinition) -> str:
    """Incident class: kind and code."""
    return f"{CLASS_KINDS.get(definition.class_kind, definition.class_kind)} {definition.class_code}"


def actors(given: Iterable[str]) -> dict[str, str]:
    """Actors of the audit trail as people read them: staff number, or the system."""
    given = list(given)
    people = {actor: int(actor.removeprefix("person:")) for actor in given if actor.startswith("person:")}
    numbers = staff_numbers(people.values())
    found = {actor: _("No. %(number)s") % {"number": numbers.get(key, "—")} for actor, key in people.items()}
    return found | {actor: _("System") for actor in given if actor not in found}
