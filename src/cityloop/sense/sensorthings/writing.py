"""Entities made, changed and removed as the standard has it, inline ones with them.

An entity and all that stands inside it are made or nothing is. Registers and observations may lie in two files, so the
registers are committed first; when their observations then can't be written, what was made is taken back.
Source: OGC 18-088, clause 10.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from cityloop.kernel import clock
from cityloop.kernel.problems import BadRequest, Invalid, Problem
from cityloop.kernel.times import DAY_US, to_us
from cityloop.sense.observations import port as observations
from cityloop.sense.observations.contracts import Detail, Row
from cityloop.sense.sensorthings.entities import ENTITIES, Entity, Relation
from cityloop.sense.sensorthings.payloads import Payload, PayloadError, read_payload
from cityloop.sense.sensorthings.reading import Within

# Ids of observations that a group of requests has written: they are erased when the group fails.
group_wrote: ContextVar[list[int] | None] = ContextVar("group_wrote", default=None)


@dataclass
class _Made:
    """What one request has made so far: entities in their order, observations still to be written."""

    entities: list[tuple[str, int]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def create(entity: Entity, document: object, within: Within | None, *, by: str) -> int:
    """Make an entity with all that stands inside it; gives its id.

    Args:
        within: The entity it is sent to: the new one belongs to it.
        by: Actor for the audit trail.

    Raises:
        BadRequest, Invalid, Conflict, Unavailable: Nothing was made.
    """
    given = frozenset() if within is None else frozenset(_backwards(within, entity))
    payload = _read(entity, document, given=given)
    made = _Made()
    columns: dict[str, Any] = {}
    links: dict[str, list[int]] = {}
    if within is not None:
        _belong(within, columns, links)
    with transaction.atomic():
        number = _make(payload, columns, links, made, by)
        if within is not None:
            _link_back(within, number, by)
    if made.rows:
        number = _write(made, number, by)
    return number


def update(entity: Entity, number: int, document: object, *, whole: bool, by: str) -> None:
    """Change an entity.

    Args:
        whole: PUT: what is not named goes back to nothing. Else PATCH: it stays.

    Raises:
        BadRequest, Invalid, NotFound, Conflict, Unavailable: Nothing was changed.
    """
    owners = frozenset(entity.relations)
    payload = _read(entity, document, given=owners, partial=not whole)
    if any(isinstance(one, Payload) for one in payload.one.values()) or any(
        isinstance(one, Payload) for many in payload.many.values() for one in many
    ):
        raise BadRequest("Entities inside an update; allowed: links to entities that are there, {'@iot.id': number}.")
    if entity.name == "Observation":
        _update_observation(number, payload, whole=whole)
        return
    values = _columns(entity, payload.values)
    if whole:
        for name, found in entity.properties.items():
            if not found.needed and not found.computed and name not in payload.values:
                values[_column(found.columns[0])] = {} if name == "properties" else None
    links: dict[str, list[int]] = {}
    with transaction.atomic():
        for name, one in payload.one.items():
            assert isinstance(one, int)
            _check_exists(entity.relations[name].target, one)
            values[entity.relations[name].own] = one
        for name, many in payload.many.items():
            ids = [one for one in many if isinstance(one, int)]
            _link_many(entity, number, name, ids, links, by)
        observations.change_entity(entity.name, number, values, links, by=by)


def remove(entity: Entity, number: int, *, by: str) -> None:
    """Remove an entity and what can't be without it.

    Raises:
        NotFound: There is none.
    """
    if entity.name == "Observation":
        observations.erase_observation(number)
    else:
        observations.remove_entity(entity.name, number, by=by)


def _read(entity: Entity, document: object, *, given: frozenset[str], partial: bool = False) -> Payload:
    try:
        return read_payload(entity, document, ENTITIES, given=given, partial=partial)
    except PayloadError as error:
        raise BadRequest(f"{error}. Nothing was stored.") from None


def _make(payload: Payload, columns: dict[str, Any], links: dict[str, list[int]], made: _Made, by: str) -> int:
    """Make an entity and what stands inside it; of an observation, only note it. Gives the id, 0 for an observation."""
    entity = payload.entity
    for name, one in payload.one.items():
        relation = entity.relations[name]
        if isinstance(one, int):
            _check_exists(relation.target, one)
            columns[relation.own] = one
        else:
            columns[relation.own] = _make(one, {}, {}, made, by)
    if entity.name == "Observation":
        made.rows.append(_row(payload.values, columns))
        return 0
    places = payload.many.get("Locations")
    if places is not None and entity.name in ("Thing", "HistoricalLocation"):
        links["locations"] = [_found_or_made(one, "Location", made, by) for one in places]
    number = observations.make_entity(entity.name, {**_columns(entity, payload.values), **columns}, links, by=by)
    made.entities.append((entity.name, number))
    for name, many in payload.many.items():
        if name == "Locations" and "locations" in links:
            continue
        relation = entity.relations[name]
        for one in many:
            _attach(entity, number, name, relation, one, made, by)
    return number


def _attach(
    entity: Entity, number: int, name: str, relation: Relation, one: "int | Payload", made: _Made, by: str
) -> None:
    """Make, or take, an entity that stands inside another one, and tie it to that."""
    if isinstance(one, Payload):
        if relation.through is not None:
            _make(one, {}, {"locations": [number]}, made, by)
        else:
            _make(one, {relation.theirs: number}, {}, made, by)
        return
    _check_exists(relation.target, one)
    if relation.through is not None:
        observations.change_entity(relation.target, one, {}, {"locations": [number]}, by=by)
    elif relation.target == "Observation":
        raise BadRequest(f"{name} of a {entity.name} as links; allowed: new observations.")
    else:
        observations.change_entity(relation.target, one, {relation.theirs: number}, {}, by=by)


def _found_or_made(one: "int | Payload", kind: str, made: _Made, by: str) -> int:
    if isinstance(one, int):
        _check_exists(kind, one)
        return one
    return _make(one, {}, {}, made, by)


def _link_many(entity: Entity, number: int, name: str, ids: list[int], links: dict[str, list[int]], by: str) -> None:
    """Links to several entities in an update: they replace a Thing's Locations, and otherwise come to it."""
    relation = entity.relations[name]
    for one in ids:
        _check_exists(relation.target, one)
    if name == "Locations":
        links["locations"] = ids
        return
    for one in ids:
        if relation.through is not None:
            observations.change_entity(relation.target, one, {}, {"locations": [number]}, by=by)
        elif relation.target == "Observation":
            observations.change_observation(one, **{relation.theirs: number})
        else:
            observations.change_entity(relation.target, one, {relation.theirs: number}, {}, by=by)


def _write(made: _Made, number: int, by: str) -> int:
    """Write the observations of a request; gives the id of the request's own entity."""
    try:
        written = observations.write(made.rows)
    except Problem:
        for kind, one in reversed(made.entities):
            _take_back(kind, one, by)
        raise
    group = group_wrote.get()
    if group is not None:
        group += [one.id for one in written if one.new]
    # The request's own observation was noted last.
    return number or written[-1].id


def _take_back(kind: str, number: int, by: str) -> None:
    if observations.entity_exists(kind, number):
        observations.remove_entity(kind, number, by=by)


def _belong(within: Within, columns: dict[str, Any], links: dict[str, list[int]]) -> None:
    relation = within.entity.relations[within.relation]
    if relation.theirs:
        columns[relation.theirs] = within.id
    elif relation.through is not None and within.entity.name == "Location":
        links["locations"] = [within.id]


def _link_back(within: Within, number: int, by: str) -> None:
    """A Location sent to a Thing is where it stands from now on; one sent to its history is added there."""
    if within.entity.name == "Thing" and within.relation == "Locations":
        observations.change_entity("Thing", within.id, {}, {"locations": [number]}, by=by)
    elif within.entity.name == "HistoricalLocation" and within.relation == "Locations":
        places = [*observations.links_of("HistoricalLocation", within.id), number]
        observations.change_entity("HistoricalLocation", within.id, {}, {"locations": places}, by=by)


def _backwards(within: Within, entity: Entity) -> list[str]:
    """Relations of a new entity that follow from where it was sent to."""
    relation = within.entity.relations[within.relation]
    return [
        name
        for name, back in entity.relations.items()
        if back.target == within.entity.name
        and ((back.own and back.own == relation.theirs) or (back.through and relation.through))
    ]


def _columns(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    return {_column(entity.properties[name].columns[0]): value for name, value in values.items()}


def _column(sql: str) -> str:
    return sql.partition(".")[2]


def _check_exists(kind: str, number: int) -> None:
    if kind == "Observation":
        there = observations.store().observation(number) is not None
    else:
        there = observations.entity_exists(kind, number)
    if not there:
        raise BadRequest(
            f"{kind} {number} does not exist; link to one that does, or send a new one. Nothing was stored."
        )


def _row(values: Mapping[str, Any], columns: Mapping[str, Any]) -> Row:
    start, end = values.get("phenomenonTime") or (to_us(clock.now()), None)
    _check_time(start)
    result = values["result"]
    number = observations.number_of(result)
    return Row(
        datastream_id=columns["datastream_id"],
        time_us=start,
        result=number,
        result_time_us=values.get("resultTime"),
        feature_id=columns.get("feature_id"),
        detail=_detail(values, end, None if number is not None else observations.json_text(result)),
    )


def _detail(values: Mapping[str, Any], end: int | None, result: str | None) -> Detail | None:
    since, until = values.get("validTime") or (None, None)
    quality, parameters = values.get("resultQuality"), values.get("parameters")
    made = Detail(
        end_us=end,
        result=result,
        valid_us=None if since is None else (since, since if until is None else until),
        result_quality=None if quality is None else observations.json_text(quality),
        parameters=None if not parameters else observations.json_text(parameters),
    )
    return None if made == Detail() else made


def _check_time(time_us: int) -> None:
    if not 0 <= time_us <= to_us(clock.now()) + DAY_US:
        raise Invalid("phenomenonTime; allowed: 1970-01-01 to one day from now. Check the device's clock.")


def _update_observation(number: int, payload: Payload, *, whole: bool) -> None:
    values = payload.values
    before = observations.store().observation(number)
    detail = (before.detail if before else None) or Detail()
    if whole:
        detail = Detail(end_us=detail.end_us, result=detail.result)
    changes: dict[str, Any] = {"result_time_us": None} if whole else {}
    if values.get("phenomenonTime") is not None:
        changes["time_us"], end = values["phenomenonTime"]
        _check_time(changes["time_us"])
        detail = Detail(end, detail.result, detail.valid_us, detail.result_quality, detail.parameters)
    if "result" in values:
        found = observations.number_of(values["result"])
        changes["result"] = found
        text = None if found is not None else observations.json_text(values["result"])
        detail = Detail(detail.end_us, text, detail.valid_us, detail.result_quality, detail.parameters)
    if "resultTime" in values:
        changes["result_time_us"] = values["resultTime"]
    said = _detail(values, None, None) or Detail()
    detail = Detail(
        detail.end_us,
        detail.result,
        said.valid_us if "validTime" in values else detail.valid_us,
        said.result_quality if "resultQuality" in values else detail.result_quality,
        said.parameters if "parameters" in values else detail.parameters,
    )
    for name, one in payload.one.items():
        relation = payload.entity.relations[name]
        assert isinstance(one, int)
        _check_exists(relation.target, one)
        changes[relation.own] = one
    observations.change_observation(number, detail=detail, **changes)
