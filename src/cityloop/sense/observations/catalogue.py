"""Which Datastreams there are, what their values are judged by and what they are about: kept in memory for a writer."""

import threading
import time
from collections.abc import Iterable

from django.db import close_old_connections
from django.db.models import Count, Max

from cityloop.sense.observations.features import features_of
from cityloop.sense.observations.models import Datastream, HistoricalLocation, ObservedProperty
from cityloop.sense.screening.port import NO_LIMITS, Limits

REFRESH_S = 5.0
IDS_A_QUERY = 500

PROPERTY_FIELDS = ("id", "valid_least", "valid_most", "rate_max", "stuck_after_s", "stuck_above")
STREAM_FIELDS = (
    "id",
    "observed_property_id",
    "stuck_after_s",
    "unit",
    "observed_property__unit",
    "observation_type",
)
# Results of these types are numbers; of any other, whatever JSON can say (OGC 18-088, table 12).
NUMBER_TYPES = ("OM_Measurement", "OM_CountObservation")


class Catalogue:
    """Facts by Datastream. Reading the dictionaries needs no lock; `learn` and `refresh` ask the database.

    A new Datastream is found the first time it is asked for; a changed property, a Thing that was moved and a
    Datastream that was removed are noticed within 5 seconds, or at once after `forget` in the same process.

    Attributes:
        limits: What each Datastream's values are judged by.
        features: The FeatureOfInterest of its observations.
        free: Those whose results may be no numbers.
    """

    def __init__(self) -> None:
        self.limits: dict[int, Limits] = {}
        self.features: dict[int, int] = {}
        self.free: set[int] = set()
        self.version = 0
        self._property_of: dict[int, tuple[int, int | None, str]] = {}
        self._properties: dict[int, Limits] = {}
        self._registers: tuple[int | None, ...] = ()
        self._lock = threading.Lock()
        self._refreshed = -REFRESH_S

    def learn(self, ids: Iterable[int]) -> None:
        """Look up the Datastreams not known yet; those that don't exist stay unknown."""
        wanted = sorted({number for number in ids if number not in self.limits and 0 < number < 2**63})
        if not wanted:
            return
        with self._lock:
            self._read_streams(wanted)
            self._read_properties()

    def stale(self) -> bool:
        """Whether it is time to call `refresh`."""
        return time.monotonic() - self._refreshed >= REFRESH_S

    def refresh(self) -> None:
        """Notice what was changed by another process."""
        with self._lock:
            registers = _registers()
            if registers != self._registers:
                if self._registers:
                    self._read_again()
                self._registers = registers
            self._read_properties()

    def forget(self) -> None:
        """Read everything again at the next opportunity: a register was changed."""
        self._refreshed = -REFRESH_S
        self._registers = (None,)

    def in_thread(self, ids: Iterable[int] = ()) -> None:
        """`learn` and `refresh` on a thread that serves no request: gives its database connection back."""
        try:
            self.learn(ids)
            if self.stale():
                self.refresh()
        finally:
            close_old_connections()

    def _read_again(self) -> None:
        known = sorted(self._property_of)
        there: set[int] = set()
        for start in range(0, len(known), IDS_A_QUERY):
            there |= set(
                Datastream.objects.filter(id__in=known[start : start + IDS_A_QUERY]).values_list("id", flat=True)
            )
        for number in set(known) - there:
            del self._property_of[number]
            self.limits.pop(number, None)
            self.features.pop(number, None)
            self.free.discard(number)
        self._read_streams(sorted(there))
        for number in there:
            self.limits[number] = self._limits_of(number)
        self.version += 1

    def _read_streams(self, wanted: list[int]) -> None:
        for start in range(0, len(wanted), IDS_A_QUERY):
            part = wanted[start : start + IDS_A_QUERY]
            for number, kind, stuck, unit, usual, observed in Datastream.objects.filter(id__in=part).values_list(
                *STREAM_FIELDS
            ):
                self._property_of[number] = kind, stuck, unit if usual else ""
                if observed.rpartition("/")[2] in NUMBER_TYPES:
                    self.free.discard(number)
                else:
                    self.free.add(number)
        self.features |= features_of(number for number in wanted if number in self._property_of)

    def _read_properties(self) -> None:
        found = {row[0]: Limits(*row[1:]) for row in ObservedProperty.objects.values_list(*PROPERTY_FIELDS)[:10_000]}
        changed = found != self._properties
        self._properties = found
        self._refreshed = time.monotonic()
        for number in self._property_of:
            if changed or number not in self.limits:
                self.limits[number] = self._limits_of(number)
        if changed:
            self.version += 1

    def _limits_of(self, number: int) -> Limits:
        kind, stuck, unit = self._property_of[number]
        # Limits are in the property's unit; a Datastream with a unit of its own is not judged by them.
        limits = NO_LIMITS if unit else self._properties.get(kind, NO_LIMITS)
        if stuck is not None:
            return Limits(limits.valid_least, limits.valid_most, limits.rate_max, stuck, limits.stuck_above)
        return limits


def _registers() -> tuple[int | None, ...]:
    """Something that changes when Datastreams are removed or Things are moved, and not when some are added."""
    streams = Datastream.objects.aggregate(count=Count("id"), newest=Max("id"))
    moves = HistoricalLocation.objects.aggregate(newest=Max("id"))
    return (streams["newest"] or 0) - streams["count"], moves["newest"]
