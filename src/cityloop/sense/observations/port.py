"""What other features may call."""

from cityloop.sense.observations.checks import check_store, migrate_store
from cityloop.sense.observations.selectors import datastream, datastreams, observed_properties, observed_property
from cityloop.sense.observations.services import ensure_datastream, ensure_property, ensure_thing
from cityloop.sense.observations.store import ObservationStore, StoreError, store
from cityloop.sense.observations.writer import close_writer, write

__all__ = [
    "ObservationStore",
    "StoreError",
    "check_store",
    "close_writer",
    "datastream",
    "datastreams",
    "ensure_datastream",
    "ensure_property",
    "ensure_thing",
    "migrate_store",
    "observed_properties",
    "observed_property",
    "store",
    "write",
]
