"""The place of detection: how far it has read, moved by one worker at a time."""

import uuid
from dataclasses import dataclass

from django.db.models import F

from cityloop.analyse.detection.models import Cursor


class OvertakenError(Exception):
    """Another worker moved the place, or a rule changed, since it was read: what is remembered has to be read again."""


@dataclass(frozen=True)
class Place:
    """Where detection stands; see `models.Cursor`."""

    token: str
    last_id: int
    generation: int


def place() -> Place:
    """The place now."""
    row = Cursor.objects.filter(one=1).values_list("token", "last_id", "generation").first()
    if row is None:
        made, _ = Cursor.objects.get_or_create(one=1, defaults={"token": uuid.uuid4()})
        row = (made.token, made.last_id, made.generation)
    return Place(str(row[0]), row[1], row[2])


def move(seen: Place, *, last_id: int, generation: int) -> Place:
    """Move the place, first thing in the transaction of the work: whoever comes second waits, then finds it moved.

    Raises:
        OvertakenError: It is not where it was seen.
    """
    here = Cursor.objects.filter(one=1, token=seen.token, last_id=seen.last_id, generation=seen.generation)
    if not here.update(last_id=last_id, generation=generation):
        raise OvertakenError
    return Place(seen.token, last_id, generation)


def bump_generation() -> None:
    """Make every detector forget what it remembers, in the transaction of a change of rules or episodes."""
    place()
    Cursor.objects.filter(one=1).update(generation=F("generation") + 1)
