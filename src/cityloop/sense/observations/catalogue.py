"""Which Datastreams there are and what their values are judged by, kept in memory for the writer of a process."""

import threading
import time
from collections.abc import Iterable

from django.db import close_old_connections

from cityloop.sense.observations.models import Datastream, ObservedProperty
from cityloop.sense.screening.port import Limits

REFRESH_S = 5.0
IDS_A_QUERY = 500

PROPERTY_FIELDS = ("id", "valid_least", "valid_most", "rate_max", "stuck_after_s", "stuck_above")


class Catalogue:
    """Limits by Datastream. Reading `limits` needs no lock; `learn` and `refresh` ask the database.

    A new Datastream is found the first time it is asked for; a changed property is noticed within 5 seconds; a
    Datastream's own `stuck_after_s` is read when it is first asked for.
    """

    def __init__(self) -> None:
        self.limits: dict[int, Limits] = {}
        self.version = 0
        self._property_of: dict[int, tuple[int, int | None]] = {}
        self._properties: dict[int, Limits] = {}
        self._lock = threading.Lock()
        self._refreshed = -REFRESH_S

    def learn(self, ids: Iterable[int]) -> None:
        """Look up the Datastreams not known yet; those that don't exist stay unknown."""
        wanted = sorted({number for number in ids if number not in self.limits and 0 < number < 2**63})
        if not wanted:
            return
        with self._lock:
            for start in range(0, len(wanted), IDS_A_QUERY):
                part = wanted[start : start + IDS_A_QUERY]
                rows = Datastream.objects.filter(id__in=part).values_list("id", "observed_property_id", "stuck_after_s")
                self._property_of.update({number: (kind, stuck) for number, kind, stuck in rows})
            self._read_properties()

    def stale(self) -> bool:
        """Whether it is time to call `refresh`."""
        return time.monotonic() - self._refreshed >= REFRESH_S

    def refresh(self) -> None:
        """Notice properties that were changed by another process."""
        with self._lock:
            self._read_properties()

    def in_thread(self, ids: Iterable[int] = ()) -> None:
        """`learn` and `refresh` on a thread that serves no request: gives its database connection back."""
        try:
            self.learn(ids)
            if self.stale():
                self.refresh()
        finally:
            close_old_connections()

    def _read_properties(self) -> None:
        found = {row[0]: Limits(*row[1:]) for row in ObservedProperty.objects.values_list(*PROPERTY_FIELDS)[:10_000]}
        changed = found != self._properties
        self._properties = found
        self._refreshed = time.monotonic()
        for number, (kind, stuck) in self._property_of.items():
            if changed or number not in self.limits:
                limits = found[kind]
                if stuck is not None:
                    limits = Limits(limits.valid_least, limits.valid_most, limits.rate_max, stuck, limits.stuck_above)
                self.limits[number] = limits
        if changed:
            self.version += 1
