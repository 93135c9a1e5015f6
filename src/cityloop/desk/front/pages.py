"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cityloop.desk.city_map.port import Spot, base_map, middle_of_cell, picture
from cityloop.desk.front.day import CityDay
from cityloop.desk.front.selectors import city_day
from cityloop.desk.front.steps import step_figures
from cityloop.kernel.access import public
from cityloop.kernel.ui.markup import Markup, number_text
from cityloop.kernel.ui.place import current_city
from cityloop.kernel.ui.wording import is_chinese

MATTERS_SHOWN = 8


@require_safe
@public
def front(request: HttpRequest) -> HttpResponse:
    """What this city shows to anybody."""
    city = current_city()
    day = city_day() if city else None
    context = {
        "founded": city is not None,
        "day": day,
        "sentence": day_sentence(day) if day else "",
        "past": past_sentence(day) if day else "",
        "picture": _picture(day) if day else None,
        "steps": step_figures(day) if day else (),
        "matters": day.matters[:MATTERS_SHOWN] if day else (),
        "more": max(0, len(day.matters) - MATTERS_SHOWN) if day else 0,
    }
    return render(request, "desk_front/front.html", context)


def day_sentence(day: CityDay) -> str:
    """The state of the day in a sentence."""
    if not day.begun:
        return _("This city has just begun: no device has sent anything yet.")
    if not day.in_hand:
        return _("Nothing is in hand just now.")
    count = {"count": number_text(day.in_hand)}
    if day.gravest is not None and day.gravest <= 2:
        return (
            ngettext(
                "%(count)s incident is in hand, and it is grave: please mind the places below.",
                "%(count)s incidents are in hand, some of them grave: please mind the places below.",
                day.in_hand,
            )
            % count
        )
    return ngettext("%(count)s incident is in hand.", "%(count)s incidents are in hand.", day.in_hand) % count


def past_sentence(day: CityDay) -> str:
    """What is still to be closed of the past; nothing when there is nothing."""
    if not day.past:
        return ""
    return ngettext(
        "Besides, %(count)s incident of the past waits to be closed: what it tells of was over more than a day ago.",
        "Besides, %(count)s incidents of the past wait to be closed: what they tell of was over more than a day ago.",
        day.past,
    ) % {"count": number_text(day.past)}


def _picture(day: CityDay) -> Markup | None:
    base = base_map()
    if base is None:
        return None
    spots = [Spot(*middle, level) for code, level in day.cells if (middle := middle_of_cell(base, code)) is not None]
    label = ngettext(
        "Map of the city with %(count)s place where something is in hand; the list below names the districts",
        "Map of the city with %(count)s places where something is in hand; the list below names the districts",
        len(spots),
    ) % {"count": len(spots)}
    return picture(base, spots, label=label, language="zh-hans" if is_chinese() else "en")
