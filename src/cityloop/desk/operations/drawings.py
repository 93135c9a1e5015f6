"""The map with its marks, and the last six hours."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cityloop.decide.ledger.port import key_words, recent_decisions
from cityloop.desk.city_map.port import base_map
from cityloop.desk.operations.board import Board
from cityloop.desk.readings.port import Reading, rain
from cityloop.kernel.ui import chart
from cityloop.kernel.ui import map as city_map
from cityloop.kernel.ui.markup import Markup, number_text
from cityloop.kernel.ui.place import city_zone
from cityloop.kernel.ui.wording import age, is_chinese, level_spoken, unit_name
from cityloop.kernel.ui.words import chart_words, map_words
from cityloop.serve.incidents.contracts import IncidentFilter, IncidentView
from cityloop.serve.incidents.port import incidents

HOURS: Final = 6
IN_HOURS_MAX: Final = 1000
_KINDS: Final[Mapping[str, Literal["sensor", "gauge", "rain"]]] = {"gauge": "gauge", "rain": "rain"}
_RANGE_SHOWN: Final = 0.2
_WET: Final = 0.05


def title_of(one: IncidentView) -> str:
    """An incident's title in the reader's language."""
    return (one.title if is_chinese() else one.title_en) or one.title or one.title_en


def draw_map(board: Board, readings: Sequence[Reading], now: datetime) -> tuple[Markup, Markup] | None:
    """The ground, and the marks on it: the ground stays in the page while the marks are fetched anew. An incident of
    the past has no mark unless it is chosen: a mark says that something is there now.

    Returns:
        Opening of the drawing with its ground, and the marks; None without a base map.
    """
    base = base_map()
    if base is None:
        return None
    language = "zh-hans" if is_chinese() else "en"
    on_map = [
        one
        for one in board.incidents
        if one.longitude is not None
        and one.latitude is not None
        and (one.number == board.selected or not one.past(now))
    ]
    chosen = next((one for one in on_map if one.number == board.selected), None)
    label = ngettext(
        "City map: %(count)s incident, which is in the list beside it, too",
        "City map: %(count)s incidents, which are in the list beside it, too",
        len(on_map),
    ) % {"count": number_text(len(on_map))}
    drawn = city_map.render(
        base,
        label=label,
        language=language,
        markers=[
            city_map.Marker(
                id=one.number,
                longitude=one.longitude or 0.0,
                latitude=one.latitude or 0.0,
                level=one.level,
                title=level_spoken(one.level) + title_of(one),
                href=f"/incidents/{one.number}",
            )
            for one in on_map
        ],
        things=_things(readings),
        selected=board.selected or None,
        callout=_callout(chosen, readings, now) if chosen else None,
        cell=chosen.cell_code if chosen else None,
        words=map_words(),
    )
    ground = base.layer(language)
    opening, _ground, marks = str(drawn).partition(ground)
    return Markup(opening + ground), Markup(marks.removesuffix("</svg>"))


def draw_hours(now: datetime) -> Markup:
    """Rain, incidents and decisions of the last six hours."""
    since = now - timedelta(hours=HOURS)
    found = incidents(IncidentFilter(since=since, past=False), sort="-opened_at", limit=IN_HOURS_MAX)
    decisions = recent_decisions(since)
    timeline = chart.Timeline(
        now=now,
        zone=city_zone(),
        rain=rain(since, now),
        incidents=tuple((one.opened_at, one.level, title_of(one)) for one in found),
        decisions=tuple(
            (one.decided_at, _("option %(key)s") % {"key": key_words(one.chosen_key)})
            for one in decisions
            if one.decided_at
        ),
        hours=HOURS,
        words=chart_words(),
    )
    return chart.responsive_timeline(timeline)


def _things(readings: Sequence[Reading]) -> list[city_map.Thing]:
    """Each device once.

    A gauge with water in it shows how much, as a share of a fifth of its range: floods are shallow. A dry one is a dot
    like the others, so that the wet ones stand out.
    """
    found: dict[tuple[float, float], city_map.Thing] = {}
    for one in readings:
        if one.longitude is None or one.latitude is None:
            continue
        kind, fill = _KINDS.get(one.thing_kind, "sensor"), 0.0
        if kind == "gauge":
            fill = min(1.0, max(0.0, (one.value or 0.0) / ((one.valid_most or 1.0) * _RANGE_SHOWN)))
            kind = "gauge" if fill >= _WET else "sensor"
        spot = (one.longitude, one.latitude)
        known = found.get(spot)
        if known is None or fill > known.fill:
            found[spot] = city_map.Thing(*spot, kind=kind, fill=fill)
    return list(found.values())


def _callout(chosen: IncidentView, readings: Sequence[Reading], at: datetime) -> tuple[str, str]:
    now = next((one for one in readings if one.datastream_id == chosen.datastream_id), None)
    if now is None or now.value is None or now.at is None or chosen.past(at):
        return title_of(chosen), f"{number_text(chosen.peak)} {unit_name(chosen.unit)}"
    return title_of(chosen), f"{number_text(now.value)} {unit_name(now.unit)} · {age(now.at)}"
