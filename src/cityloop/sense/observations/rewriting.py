"""Single observations changed and erased, as clients of the standard do it."""

from dataclasses import replace
from typing import Any

from cityloop.kernel.problems import Conflict, NotFound, Unavailable
from cityloop.sense.observations.commit import QUALITY, detail_row
from cityloop.sense.observations.contracts import Detail, ObservationView, Quality, Reason
from cityloop.sense.observations.store import StoreError, store
from cityloop.sense.observations.writer import writer
from cityloop.sense.screening.port import NO_LIMITS


def change_observation(number: int, **values: Any) -> ObservationView:
    """Change an observation; what is not named stays. Its value is judged anew by the property's range.

    Args:
        values: Fields of `ObservationView`, and `detail`.

    Raises:
        NotFound: There is none. Conflict: Somebody else changed it meanwhile. Unavailable: The store can't be written.
    """
    target = store()
    before = target.observation(number)
    if before is None:
        raise NotFound(f"There is no Observation {number}.")
    after = replace(before, **values)
    if after.detail == Detail():
        after = replace(after, detail=None)
    after = replace(after, **_judged(before, after))
    try:
        with target.transaction() as open_:
            open_.rewrite(before, after, None if after.detail is None else detail_row(number, after.detail))
            pair = after.feature_id, after.datastream_id
            if pair[0] is not None:
                open_.note_features([(pair[0], pair[1])])
    except StoreError as error:
        if "meanwhile" in str(error):
            raise Conflict(f"Observation {number} was changed by somebody else meanwhile. Read it again.") from None
        raise Unavailable(f"Observations can't be written just now ({error}). Try again in a few seconds.") from error
    return after


def erase_observation(number: int) -> None:
    """Erase an observation.

    Raises:
        NotFound: There is none. Unavailable: The store can't be written.
    """
    found = store().observation(number)
    if found is None:
        raise NotFound(f"There is no Observation {number}.")
    try:
        with store().transaction() as open_:
            open_.erase(found)
    except StoreError as error:
        raise Unavailable(f"Observations can't be written just now ({error}). Try again in a few seconds.") from error


def _judged(before: ObservationView, after: ObservationView) -> dict[str, Any]:
    """The flags of a changed value: what its range says, and what was said of its time."""
    if (before.result, before.datastream_id) == (after.result, after.datastream_id):
        return {}
    catalogue = writer().catalogue
    catalogue.learn({after.datastream_id})
    limits = catalogue.limits.get(after.datastream_id, NO_LIMITS)
    reasons = int(before.reasons & (Reason.LATE | Reason.DOUBLED))
    low = limits.valid_least is not None and after.result is not None and after.result < limits.valid_least
    high = limits.valid_most is not None and after.result is not None and after.result > limits.valid_most
    if low or high:
        reasons |= Reason.RANGE
    return {"reasons": Reason(reasons), "quality": Quality(QUALITY[reasons])}
