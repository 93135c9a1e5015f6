"""Grid workers: they look at what was reported, read the gauge, and close it or send it back."""

from collections.abc import Callable
from datetime import datetime

from cityloop.demo.city.contracts import Device
from cityloop.demo.staff import pace, work
from cityloop.demo.staff.picture import gauge_png
from cityloop.demo.staff.roster import Roster, attempt
from cityloop.demo.storm.port import World
from cityloop.kernel.people.contracts import PersonView
from cityloop.sense.observations import port as observations
from cityloop.serve.incidents import port as incidents
from cityloop.serve.incidents.contracts import IncidentFilter, IncidentState, IncidentView, Result
from cityloop.serve.orders import port as orders

ROUNDS_MAX = 3
LISTED_MAX = 300


class GridWorkers:
    """The grid workers of all districts.

    Args:
        roster: The staff. `world`: what is true on the spot.
        was_real: Whether there was anything at a device not long before a minute.
    """

    def __init__(self, roster: Roster, world: World, was_real: Callable[[str, float], bool]) -> None:
        self._roster, self._world, self._was_real = roster, world, was_real
        self._seed = roster.city.seed

    def verify(self, now: datetime) -> int:
        """Look at every incident that has waited long enough since its last report."""
        done = 0
        reported = IncidentFilter(states=frozenset({IncidentState.REPORTED}))
        for incident in incidents.incidents(reported, limit=LISTED_MAX):
            round_ = max((order.round for order in orders.orders_of(incident.number)), default=1)
            waited = (now - (incident.reported_at or now)).total_seconds() / 60.0
            device = self._roster.device(incident.datastream_id)
            member = self._roster.one_of("grid_worker", district=incident.district_code, pick=incident.number)
            if device is None or member is None:
                continue
            if waited >= pace.verification_wait_min(self._seed, incident.number, round_):
                done += self._look_at(incident, device, round_, self._roster.person(member.staff_number))
        return done

    def _look_at(self, incident: IncidentView, device: Device, round_: int, by: PersonView) -> int:
        value, at_least = self._world.value(device.key), incident.at_least
        word, unit = work.WORD[device.site], work.UNITS[device.site]
        real = self._was_real(device.key, self._world.minute)
        word_en, unit_en = work.WORD_EN[device.site], work.UNITS_EN[device.site]
        reason = reason_en = ""
        if round_ < ROUNDS_MAX and value >= at_least:
            reason = f"复查时{word}仍为 {value:.0f} {unit}，未降到 {at_least:g} {unit}以下，请继续处置。"
            reason_en = f"On checking, {word_en} is still {value:.0f} {unit_en}, not below {at_least:g}; please go on."
        elif round_ == 1 and real and pace.wants_rework(self._seed, incident.number):
            reason = "现场清理和警示设施未到位，请补做后再报。"
            reason_en = "The spot is not cleaned up and warning signs are missing; please finish it and report again."
        if reason:
            return attempt(orders.rework_incident, incident.number, reason=reason, reason_en=reason_en, by=by)
        latest = observations.store().latest([incident.datastream_id]).get(incident.datastream_id)
        shown = f"，设备读数 {latest.result:g} {unit}" if latest is not None else ""
        shown_en = f", the device reads {latest.result:g} {unit_en}" if latest is not None else ""
        finding = "处置属实" if real else "现场无异常，属设备误报"
        finding_en = "the work is done as reported" if real else "nothing is wrong here, the device gave a false alarm"
        return attempt(
            orders.verify_and_close,
            incident.number,
            result=Result.CONFIRMED if real else Result.FALSE,
            note=f"到场复核，{word} {value:.0f} {unit}{shown}，{finding}。",
            note_en=f"Checked on the spot: {word_en} {value:.0f} {unit_en}{shown_en}; {finding_en}.",
            photo=gauge_png(value, work.SCALE[device.site], seed=int(incident.number[-4:])),
            longitude=device.longitude,
            latitude=device.latitude,
            by=by,
        )
