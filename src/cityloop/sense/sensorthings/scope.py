"""The FROM of a question: which entity is asked about, and what has to be joined to reach a path. Pure."""

from dataclasses import dataclass, field

from cityloop.sense.sensorthings.entities import ENTITIES, Entity, Relation
from cityloop.sense.sensorthings.expressions import QueryError, shown

ID_NAMES = ("id", "@iot.id")
JOINS_MAX = 24


@dataclass
class Names:
    """Aliases given out in one statement, so that no two are alike."""

    count: int = 0

    def next(self) -> str:
        """A fresh alias."""
        self.count += 1
        return f"t{self.count}"


@dataclass
class Scope:
    """An entity under an alias, with the joins that paths from it have needed so far.

    Args:
        variables: Variables of `any` and `all` in force, each with the scope it ranges over.
    """

    entity: Entity
    alias: str
    names: Names
    variables: dict[str, "Scope"] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)
    _reached: dict[tuple[str, ...], tuple[Entity, str]] = field(default_factory=dict)
    _detailed: set[str] = field(default_factory=set)

    def reach(self, steps: tuple[str, ...]) -> tuple[Entity, str]:
        """The entity that relations lead to and its alias, joined when it was not yet."""
        entity, alias = self.entity, self.alias
        for end in range(1, len(steps) + 1):
            known = self._reached.get(steps[:end])
            if known is None:
                known = self._join(entity, alias, steps[end - 1])
                self._reached[steps[:end]] = known
            entity, alias = known
        return entity, alias

    def detail(self, alias: str) -> None:
        """Join what few observations have to the observations under an alias."""
        if alias not in self._detailed:
            self._detailed.add(alias)
            self.joins.append(f"LEFT JOIN observation_detail {alias}_d ON {alias}_d.id = {alias}.id")

    def _join(self, entity: Entity, alias: str, step: str) -> tuple[Entity, str]:
        relation = relation_of(entity, step)
        target = ENTITIES[relation.target]
        other = self.names.next()
        if len(self.joins) >= JOINS_MAX:
            raise QueryError(f"the question leads over more than {JOINS_MAX} relations; ask for less at a time")
        if relation.through is not None:
            table, mine, theirs = relation.through
            self.joins.append(f"LEFT JOIN {table} {other}_p ON {other}_p.{mine} = {alias}.id")
            self.joins.append(f"LEFT JOIN {target.table} {other} ON {other}.id = {other}_p.{theirs}")
        elif relation.many:
            self.joins.append(f"LEFT JOIN {target.table} {other} ON {other}.{relation.theirs} = {alias}.id")
        else:
            self.joins.append(f"LEFT JOIN {target.table} {other} ON {other}.id = {alias}.{relation.own}")
        return target, other


def relation_of(entity: Entity, step: str) -> Relation:
    """The relation of this name.

    Raises:
        QueryError: The entity has none.
    """
    found = entity.relations.get(step)
    if found is None:
        raise QueryError(f"{entity.name} has no {shown(step)}; allowed: {allowed_names(entity)}")
    return found


def allowed_names(entity: Entity) -> str:
    """What a path from an entity may begin with, for messages."""
    return ", ".join(["id", *entity.properties, *entity.relations])


def steps_of(entity: Entity, parts: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A path taken apart: the relations it goes over, and what is named at their end."""
    steps = 0
    while steps < len(parts) and parts[steps] in entity.relations:
        entity = ENTITIES[entity.relations[parts[steps]].target]
        steps += 1
    return parts[:steps], parts[steps:]


def goes_to_many(entity: Entity, parts: tuple[str, ...]) -> bool:
    """Whether a path leads over a relation to any number of entities."""
    for step in steps_of(entity, parts)[0]:
        relation = entity.relations[step]
        if relation.many:
            return True
        entity = ENTITIES[relation.target]
    return False
