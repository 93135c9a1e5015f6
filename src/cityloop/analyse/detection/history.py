"""What rules give, or would give, over history: read from the store, written nowhere."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from cityloop.analyse.detection.contracts import Preview, RuleDefinition
from cityloop.analyse.detection.episodes import Run
from cityloop.analyse.detection.stored import history
from cityloop.analyse.detection.window import Condition
from cityloop.kernel.problems import Invalid, NotFound
from cityloop.sense.observations import port as observations
from cityloop.sense.observations.contracts import DatastreamView, to_datetime

PREVIEW_DAYS_MAX: Final = 1500
# Observations a preview reads at most: about two seconds of work.
PREVIEW_ROWS_MAX: Final = 2_000_000
STREAMS_MAX: Final = 20_000


def episodes_over_history(
    *,
    property: str,
    at_least: float,
    minimum_us: int,
    gap_us: int,
    since_us: int | None = None,
    until_us: int | None = None,
    datastream_ids: Sequence[int] = (),
) -> Iterator[tuple[DatastreamView, Run]]:
    """The episodes in the stored observations of a property, by Datastream and time.

    Args:
        since_us: Inclusive. until_us: Exclusive. Observations outside do not count at all.
        datastream_ids: Only these; empty: all of the property.

    Raises:
        Invalid: The property is not known, or has no Datastream.
        NotFound: One of the Datastreams does not exist or measures something else.
    """
    condition = Condition(at_least, minimum_us, gap_us)
    # Checked before the first episode is asked for: a caller that has begun to print can't take it back.
    streams = streams_of(property, datastream_ids)
    return (
        (stream, run)
        for stream in streams
        for run in history(stream.id, condition, since_us=since_us, until_us=until_us)
    )


def streams_of(property: str, datastream_ids: Sequence[int] = ()) -> list[DatastreamView]:
    """The Datastreams of a property, checked; see `episodes_over_history`."""
    if observations.observed_property(property) is None:
        known = ", ".join(one.name for one in observations.observed_properties()[:20]) or "none yet"
        raise Invalid(f"property {property!r} is not known; known: {known}. Import observations of it first.")
    found = observations.datastreams(property=property)[:STREAMS_MAX]
    if not datastream_ids:
        return found
    by_id = {one.id: one for one in found}
    missing = [number for number in datastream_ids if number not in by_id]
    if missing:
        raise NotFound(
            f"Datastream {missing[0]} does not exist or does not measure {property}; "
            f"{len(found)} Datastreams do. `GET /v1.1/Datastreams` lists them."
        )
    return [by_id[number] for number in datastream_ids]


def preview(definition: RuleDefinition, *, days: int) -> Preview:
    """How many episodes a definition gives over the last days before the newest observation of its property.

    Args:
        days: 1 to 1500.
    """
    if not 1 <= days <= PREVIEW_DAYS_MAX:
        message = f"{days} days; allowed: 1 to {PREVIEW_DAYS_MAX}."
        raise Invalid(message, errors={"days": message})
    streams = streams_of(definition.property, definition.datastream_ids)
    newest = [view.time_us for view in observations.store().latest([one.id for one in streams]).values()]
    if not newest:
        return Preview(0, 0, len(streams))
    until_us = max(newest) + 1
    since_us = until_us - days * 86_400_000_000
    condition = Condition(definition.at_least, definition.minimum_us, definition.gap_us)
    levels: Counter[int] = Counter()
    found, with_some, looked_at, longest_us, rows_left = 0, 0, 0, 0, PREVIEW_ROWS_MAX
    for stream in streams:
        rows_left -= sum(observations.store().quality_counts(stream.id, since_us).values())
        if rows_left < 0 and looked_at:
            break
        looked_at += 1
        runs = list(history(stream.id, condition, since_us=since_us, until_us=until_us))
        found += len(runs)
        with_some += bool(runs)
        levels.update(definition.level_of(run.peak) for run in runs)
        longest_us = max([longest_us, *(run.lasting_us for run in runs)])
    return Preview(
        episodes=found,
        streams=with_some,
        of_streams=looked_at,
        levels=dict(sorted(levels.items())),
        longest_s=longest_us // 1_000_000,
        since_at=to_datetime(until_us) - timedelta(days=days),
        until_at=to_datetime(until_us - 1),
        complete=looked_at == len(streams),
    )
