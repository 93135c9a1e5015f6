"""The six numbers at the top, in words."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import inf

from django.utils.translation import gettext as _

from cityloop.decide.ledger.port import waiting
from cityloop.desk.readings.port import Highest, Reading, highest, online
from cityloop.kernel.ui.contracts import Figure
from cityloop.kernel.ui.markup import number_text
from cityloop.kernel.ui.wording import is_chinese, local_time, unit_name
from cityloop.serve.incidents.contracts import IncidentView
from cityloop.serve.incidents.port import tally
from cityloop.serve.orders.contracts import OrderState
from cityloop.serve.orders.port import live_orders

FIGURES = 6
ORDERS_MAX = 5000
_HOUR = timedelta(hours=1)


def key_figures(readings: Sequence[Reading], incidents: Iterable[IncidentView], now: datetime) -> tuple[Figure, ...]:
    """Incidents in hand, orders due, the highest values of what is measured, streams online.

    Args:
        incidents: The live ones: a value over a threshold takes the level of its incident.
    """
    levels: dict[int, tuple[float, int]] = {}
    for one in incidents:
        if one.live and not one.past(now) and one.level <= levels.get(one.datastream_id, (0.0, 4))[1]:
            levels[one.datastream_id] = (one.at_least, one.level)
    measured = [_highest(found, levels) for found in highest(readings, now)]
    found = [_in_hand(now), _orders_due(now), *measured]
    if len(found) < FIGURES - 1:
        found.append(_waiting(now))
    return (*found, _online(readings, now))


def _in_hand(now: datetime) -> Figure:
    counts = tally()
    note = _("today %(opened)s opened, %(closed)s closed") % {
        "opened": number_text(counts.opened_today),
        "closed": number_text(counts.closed_today),
    }
    if counts.past:
        note = _("%(note)s; %(past)s of the past to be closed") % {"note": note, "past": number_text(counts.past)}
    return Figure(
        _("Incidents in hand"),
        number_text(counts.of_the_day),
        _("incidents"),
        note=note,
        at=now,
        href="/incidents?state=live",
    )


def _orders_due(now: datetime) -> Figure:
    running = [
        order.due_at
        for order in live_orders((OrderState.DISPATCHED, OrderState.HANDLING), limit=ORDERS_MAX)
        if order.due_at is not None
    ]
    late = sum(1 for due in running if due <= now)
    soon = sum(1 for due in running if now < due <= now + _HOUR)
    note = _("%(late)s overdue") % {"late": number_text(late)} if late else _("none overdue")
    return Figure(_("Orders due within an hour"), number_text(soon), _("orders"), note=note, at=now, href="/orders")


def _highest(found: Highest, levels: dict[int, tuple[float, int]]) -> Figure:
    one = found.reading
    at_least, level = levels.get(one.datastream_id, (inf, 4))
    over = one.value is not None and one.value >= at_least
    label = one.label if is_chinese() else _inside_a_sentence(one.label_en or one.label)
    thing = one.thing if is_chinese() else one.thing_en or one.thing
    stopped = "" if found.fresh or one.at is None else _("silent since %(at)s") % {"at": local_time(one.at)}
    return Figure(
        label=_("Highest %(quantity)s") % {"quantity": label},
        value=number_text(one.value or 0.0),
        unit=unit_name(one.unit),
        note=stopped or thing,
        at=one.at,
        level=3 if not found.fresh else level if over else None,
        href=f"/data/{one.datastream_id}",
        stale=not found.fresh,
    )


def _inside_a_sentence(label: str) -> str:
    """`Water depth` → `water depth`, but `PM2.5` stays."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _waiting(now: datetime) -> Figure:
    found = waiting()
    oldest = found[0].proposed_at if found else None
    note = _("oldest since %(at)s") % {"at": local_time(oldest)} if oldest else _("none is late")
    return Figure(_("Decisions waiting"), number_text(len(found)), _("decisions"), note=note, at=now)


def _online(readings: Sequence[Reading], now: datetime) -> Figure:
    counts = online(readings, now)
    if not counts.streams:
        return Figure(_("Data streams online"), "0", "", note=_("no device is connected yet"), at=now, href="/data")
    share = 100 * counts.online / counts.streams
    silent = counts.streams - counts.online
    note = _("%(streams)s streams, %(silent)s silent") % {
        "streams": number_text(counts.streams),
        "silent": number_text(silent),
    }
    # 99.96 of a hundred must not read as all of them.
    text = number_text(share, 0) if silent == 0 else number_text(min(share, 99.9), 1)
    return Figure(_("Data streams online"), text, "%", note=note, at=counts.newest_at, href="/data")
