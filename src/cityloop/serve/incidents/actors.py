"""Actors of the audit trail as people read them: a post and a staff number 工号, or the system; never a name."""

from collections.abc import Iterable

from cityloop.kernel.people.port import staff_numbers
from cityloop.kernel.saying import said as _


def actor_words(actors: Iterable[str]) -> dict[str, str]:
    """Words for each actor (`person:<id>`, `machine:<part>`, `key:<id>`)."""
    wanted = set(actors)
    ids = {actor: int(actor.removeprefix("person:")) for actor in wanted if actor.startswith("person:")}
    numbers = staff_numbers(ids.values())
    return {
        actor: _("staff number %(staff)s") % {"staff": numbers.get(ids[actor], "?")}
        if actor in ids
        else _("the system")
        for actor in wanted
    }
