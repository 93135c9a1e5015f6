"""What other features may call."""

from cityloop.sense.observations.checks import check_store, migrate_store
from cityloop.sense.observations.decode import json_text, number_of
from cityloop.sense.observations.joining import detach_observations, joint, joint_in_transaction
from cityloop.sense.observations.registers import change_entity, entity_exists, links_of, make_entity, remove_entity
from cityloop.sense.observations.rewriting import change_observation, erase_observation
from cityloop.sense.observations.selectors import datastream, datastreams, observed_properties, observed_property
from cityloop.sense.observations.services import ensure_datastream, ensure_property, ensure_thing
from cityloop.sense.observations.store import Joint, ObservationStore, StoreError, store
from cityloop.sense.observations.writer import close_writer, write

__all__ = [
    "Joint",
    "ObservationStore",
    "StoreError",
    "change_entity",
    "change_observation",
    "check_store",
    "close_writer",
    "datastream",
    "datastreams",
    "detach_observations",
    "ensure_datastream",
    "ensure_property",
    "ensure_thing",
    "entity_exists",
    "erase_observation",
    "joint",
    "joint_in_transaction",
    "json_text",
    "links_of",
    "make_entity",
    "migrate_store",
    "number_of",
    "observed_properties",
    "observed_property",
    "remove_entity",
    "store",
    "write",
]
