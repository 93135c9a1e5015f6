"""Departments and their crews: clerks send orders back, crews accept, drive, help and report."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cityloop.demo.city.contracts import Device
from cityloop.demo.staff import pace, work
from cityloop.demo.staff.picture import gauge_png
from cityloop.demo.staff.roster import Roster, attempt
from cityloop.demo.staff.work import Job
from cityloop.demo.storm.port import World
from cityloop.serve.orders import port as orders
from cityloop.serve.orders.contracts import OrderView


class Crews:
    """All crews and what they have in hand.

    Args:
        roster: The staff. `world`: what is true on the spot, and what crews change.
        was_real: Whether there was anything at a device not long before a minute.
    """

    def __init__(self, roster: Roster, world: World, was_real: Callable[[str, float], bool]) -> None:
        self._roster, self._world, self._was_real = roster, world, was_real
        self._seed = roster.city.seed
        self._jobs: dict[str, Job] = {}

    def accept(self, waiting: Sequence[OrderView], now: datetime) -> int:
        """Accept what has waited long enough, or send it back."""
        done = 0
        for order in waiting:
            since = order.clock_started_at or order.dispatched_at
            limit = (order.accept_due_at - since).total_seconds() / 60.0
            waited = (now - since).total_seconds() / 60.0
            if waited < pace.acceptance_wait_min(self._seed, order.number, order.round, limit):
                continue
            first = order.round == 1 and order.origin.kind == "decision"
            clerk = self._roster.one_of("clerk", department=order.department_code)
            if first and clerk is not None and pace.sends_back(self._seed, order.number):
                done += attempt(
                    orders.return_order,
                    order.number,
                    reason="经查该处设施权属待确认，请核实后重新派遣。",
                    reason_en="Whose facility this is has to be settled first; please check and dispatch again.",
                    by=self._roster.person(clerk.staff_number),
                )
            else:
                done += self._set_out(order)
        return done

    def handle(self, handling: Sequence[OrderView]) -> int:
        """Go on with what is in hand: arrive, help, report."""
        done = 0
        known = {order.number for order in handling}
        for number in [number for number in self._jobs if number not in known]:
            # Somebody else moved the order on: a visitor in the page.
            self._leave(number)
        for order in handling:
            job = self._jobs.get(order.number)
            if job is not None and order.assignee_number not in ("", job.worker):
                # A visitor at the desk gave it to somebody else: who had it may not report it any more.
                self._leave(order.number)
                job = None
            if job is None:
                self._take_up(order)
            elif self._world.minute >= job.arrives:
                done += self._work_on(job)
        return done

    def _set_out(self, order: OrderView) -> int:
        """The nearest crew that is free accepts and drives off; when all are out, the order waits."""
        device = self._roster.device_of(order.incident_number)
        busy = {job.worker for job in self._jobs.values()}
        free = [one for one in self._roster.workers(order.department_code) if one.staff_number not in busy]
        if device is None or not free:
            return 0
        crew = min(free, key=lambda member: self._roster.distance_m(member.staff_number, device))
        if not attempt(orders.accept, order.number, by=self._roster.person(crew.staff_number)):
            return 0
        self._start(order, crew.staff_number, device)
        return 1

    def _take_up(self, order: OrderView) -> None:
        """An order that a visitor accepted in the page: the crew's vehicle goes all the same."""
        device = self._roster.device_of(order.incident_number)
        member = self._roster.members.get(order.assignee_number)
        if device is not None and member is not None and member.role == "worker":
            self._start(order, member.staff_number, device)

    def _start(self, order: OrderView, worker: str, device: Device) -> None:
        rain = self._world.rain_at(device.longitude, device.latitude)
        arrives = self._world.minute + pace.travel_min(self._roster.distance_m(worker, device), rain)
        self._jobs[order.number] = Job(
            order=order.number,
            worker=worker,
            device_key=device.key,
            department=order.department_code,
            action=order.action,
            arrives=arrives,
        )

    def _work_on(self, job: Job) -> int:
        device, minute = self._roster.devices[job.device_key], float(self._world.minute)
        value = self._world.value(device.key)
        if job.came_upon is None:
            job.came_upon = value
            self._set_relief(device)
        rain = self._world.rain_at(device.longitude, device.latitude)
        if not work.is_done(job, device, value, minute, rain):
            return 0
        throw = pace.dice(self._seed, "report", job.order)
        note, note_en = work.note(job, device, value, minute, real=self._was_real(device.key, job.arrives))
        told = attempt(
            orders.report,
            job.order,
            by=self._roster.person(job.worker),
            note=note,
            note_en=note_en,
            photo=gauge_png(value, work.SCALE[device.site], seed=throw.randrange(1 << 30)),
            longitude=round(device.longitude + throw.uniform(-2e-4, 2e-4), 6),
            latitude=round(device.latitude + throw.uniform(-2e-4, 2e-4), 6),
        )
        if told:
            self._leave(job.order)
        return told

    def _leave(self, order_number: str) -> None:
        job = self._jobs.pop(order_number)
        device = self._roster.devices[job.device_key]
        self._roster.where[job.worker] = (device.longitude, device.latitude)
        self._set_relief(device)

    def _set_relief(self, device: Device) -> None:
        """All crews at a spot together."""
        there = [job for job in self._jobs.values() if job.device_key == device.key and job.came_upon is not None]
        self._world.relieve(device.key, sum(work.strength(device, job.department, job.action) for job in there))

    def state(self) -> list[dict[str, Any]]:
        """The jobs in hand as plain values."""
        return [asdict(job) for job in self._jobs.values()]

    def restore(self, state: Sequence[dict[str, Any]]) -> None:
        """Go on from a state that `state` gave."""
        self._jobs = {row["order"]: Job(**row) for row in state}
