"""The list beside the map: each incident with the value it has now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cityloop.desk.operations.board import Board
from cityloop.desk.readings.port import Reading
from cityloop.kernel.ui.markup import number_text
from cityloop.kernel.ui.wording import unit_name
from cityloop.serve.incidents.contracts import IncidentView


@dataclass(frozen=True)
class Item:
    """An incident in the list; `value` is the newest one with its unit, or the peak when nothing is heard any more;
    `minutes` since it was opened; `past`: when its fact ended, if that was long ago: then the value is the peak."""

    incident: IncidentView
    value: str
    minutes: float
    selected: bool
    past: datetime | None


def items(board: Board, readings: Sequence[Reading], now: datetime) -> tuple[Item, ...]:
    """The page of the list."""
    newest = {one.datastream_id: one.value for one in readings if one.value is not None}
    return tuple(
        Item(
            incident=one,
            value=f"{number_text(_value(one, newest, now))} {unit_name(one.unit)}",
            minutes=max(0.0, (now - one.opened_at).total_seconds() / 60),
            selected=one.number == board.selected,
            past=one.fact_ended_at if one.past(now) else None,
        )
        for one in board.shown
    )


def _value(one: IncidentView, newest: Mapping[int, float], now: datetime) -> float:
    return one.peak if one.past(now) else newest.get(one.datastream_id, one.peak)
