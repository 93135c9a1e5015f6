"""From an address to what is meant: which set, which entity, inside which other one."""

from dataclasses import dataclass

from cityloop.kernel.problems import NotFound
from cityloop.sense.sensorthings.entities import ENTITIES, ENTITY_OF_SET, Entity
from cityloop.sense.sensorthings.reading import Reader, Within
from cityloop.sense.sensorthings.resource_path import ResourcePath


@dataclass(frozen=True)
class Resource:
    """What an address means.

    Args:
        number: Id of the one entity it means; None for a set.
        within: The entity it is reached from, if it is reached from one.
    """

    entity: Entity
    number: int | None
    within: Within | None


def find(path: ResourcePath, reader: Reader) -> Resource:
    """Follow an address step by step.

    Raises:
        NotFound: A step leads nowhere.
    """
    first = path.segments[0]
    here = Resource(ENTITY_OF_SET[first.name], first.id, None)
    for segment in path.segments[1:]:
        assert here.number is not None, "the path was checked"
        relation = here.entity.relations[segment.name]
        target = ENTITIES[relation.target]
        if not reader.exists(here.entity, here.number):
            raise missing(here.entity, here.number)
        within = Within(here.entity, here.number, segment.name)
        number = segment.id
        if not relation.many:
            number = reader.step(here.entity, here.number, segment.name)
            if number is None:
                raise NotFound(f"{here.entity.set}({here.number}) has no {segment.name}.")
        elif number is not None and not reader.leads_to(here.entity, here.number, segment.name, number):
            raise NotFound(f"{here.entity.set}({here.number}) does not lead to {segment.name}({number}).")
        here = Resource(target, number, within)
    return here


def missing(entity: Entity, number: int) -> NotFound:
    """There is no such entity."""
    return NotFound(f"There is no {entity.set}({number}). `GET /v1.1/{entity.set}` lists those there are.")
