"""Numbers, times, levels and steps in words, in the reader's language."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import get_language, gettext, gettext_noop, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from cityloop.kernel import clock
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.ui.markup import NUMERALS, number_text
from cityloop.kernel.ui.place import city_time
from cityloop.kernel.ui.scales import day_text
from cityloop.kernel.ui.shapes import checked_level

STEP_NAMES: Final = {
    1: _("Sense"), 2: _("Analyse"), 3: _("Decide"), 4: _("Dispatch"), 5: _("Handle"), 6: _("Verify"), 7: _("Score"),
    8: _("Closed"),
}  # fmt: skip
LEVEL_COLOURS: Final = {1: _("red"), 2: _("orange"), 3: _("yellow"), 4: _("blue")}
LEVEL_MEANINGS: Final = {1: _("extremely severe"), 2: _("severe"), 3: _("fairly severe"), 4: _("ordinary")}
ROLE_NAMES: Final = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.DUTY_OFFICER: _("Duty officer"),
    Role.DEPARTMENT_HEAD: _("Department head"),
    Role.CLERK: _("Dispatcher"),
    Role.WORKER: _("Crew member"),
    Role.GRID_WORKER: _("Grid worker"),
    Role.STEWARD: _("Rule steward"),
    Role.VIEWER: _("Viewer"),
}
PROBLEM_TITLES: Final = (
    gettext_noop("Bad request"), gettext_noop("Not signed in"), gettext_noop("Not allowed"), gettext_noop("Not found"),
    gettext_noop("Method not allowed"), gettext_noop("Conflict"), gettext_noop("Too large"), gettext_noop("Invalid"),
    gettext_noop("Not available"), gettext_noop("Internal error"),
)  # fmt: skip
"""Titles of `cityloop.kernel.problems`, for the error page."""
_UNITS: Final = {
    "cm": gettext_noop("cm"), "mm": gettext_noop("mm"), "m": gettext_noop("m"), "km": gettext_noop("km"),
    "mm/h": gettext_noop("mm/h"), "km/h": gettext_noop("km/h"), "ug/m3": gettext_noop("µg/m³"),
    "dB(A)": gettext_noop("dB(A)"), "min": gettext_noop("min"), "h": gettext_noop("h"), "s": gettext_noop("s"),
    "%": gettext_noop("%%"), "celsius": gettext_noop("°C"),
}  # fmt: skip
_ALIASES: Final = {
    "µg/m³": "ug/m3",
    "μg/m³": "ug/m3",
    "ug/m^3": "ug/m3",
    "°C": "celsius",
    "dBA": "dB(A)",
    "percent": "%",
}


def is_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


def step_name(step: int) -> str:
    """A step of the loop, 1 to 8."""
    return str(STEP_NAMES[step])


def level_short(level: int) -> str:
    """`Ⅱ级` or `Level Ⅱ`."""
    return gettext("Level %(numeral)s") % {"numeral": NUMERALS[checked_level(level)]}


def level_words(level: int) -> str:
    """`Ⅱ级 橙色 · 严重` or `Level Ⅱ orange · severe`."""
    return f"{level_short(level)} {LEVEL_COLOURS[level]} · {LEVEL_MEANINGS[level]}"


def level_spoken(level: int) -> str:
    """`Ⅱ级 橙色，` – said before what it grades."""
    return gettext("%(level)s %(colour)s, ") % {"level": level_short(level), "colour": LEVEL_COLOURS[level]}


def role_name(role: Role) -> str:
    """A role for people."""
    return str(ROLE_NAMES[role])


def unit_name(unit: str) -> str:
    """A unit for people; an unknown one as it is."""
    known = _UNITS.get(_ALIASES.get(unit, unit))
    return gettext(known).replace("%%", "%") if known else unit


def duration(span: float | timedelta) -> str:
    """Minutes as `43 分`, `1 时 12 分`, `2 天 3 时`.

    Args:
        span: Minutes, or a time span; its sign is dropped.
    """
    minutes = round(abs(span.total_seconds() / 60 if isinstance(span, timedelta) else span))
    if minutes < 60:
        return gettext("%(minutes)s min") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        form = gettext("%(hours)s h %(minutes)s min") if minutes else gettext("%(hours)s h")
        return form % {"hours": hours, "minutes": f"{minutes:02d}" if is_chinese() else minutes}
    days, hours = divmod(hours, 24)
    return (gettext("%(days)s d %(hours)s h") if hours else gettext("%(days)s d")) % {"days": days, "hours": hours}


AGE_WORDS: Final = {
    "s": gettext_noop("%(number)s s ago"),
    "m": gettext_noop("%(number)s min ago"),
    "h": gettext_noop("%(number)s h ago"),
    "d": gettext_noop("%(number)s d ago"),
}


def age(at: datetime) -> str:
    """How long ago: `4 秒前`, `3 分钟前`."""
    seconds = max(0, int((clock.now() - at).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return gettext(AGE_WORDS[unit]) % {"number": seconds // size}
    return gettext(AGE_WORDS["s"]) % {"number": seconds}


def local_time(at: datetime, form: str = "") -> str:
    """A moment on the city's clock.

    Args:
        at: Aware time.
        form: `` for the time, with the day when it is not today; `time`, `seconds`, `date`, `full`.

    Raises:
        ValueError: Another form.
    """
    local = city_time(at)
    day = day_text(local.date(), "zh" if is_chinese() else "en")
    if form == "time":
        return f"{local:%H:%M}"
    if form == "seconds":
        return f"{day} {local:%H:%M:%S}"
    year = f"{local.year} 年 {day}" if is_chinese() else f"{day} {local.year}"
    if form == "date":
        return year
    if form == "full":
        return f"{year} {local:%H:%M:%S}"
    if form:
        raise ValueError(f"local_time has the form {form!r}; allowed: none, time, seconds, date, full.")
    today = city_time(clock.now()).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{day} {local:%H:%M}" if local.year == today.year else f"{year} {local:%H:%M}"


def clock_words(due: datetime, note: str = "") -> str:
    """What is left of a limit: `剩 54 分`, or by how much it is over: `超 38 分`."""
    left = (due - clock.now()).total_seconds() / 60
    words = (
        pgettext("clock", "%(duration)s left") % {"duration": duration(max(1, left))}
        if left > 0
        else pgettext("clock", "%(duration)s late") % {"duration": duration(max(1, -left))}
    )
    return gettext("%(first)s, %(second)s") % {"first": words, "second": note} if note else words


def taken_words(taken_min: float, limit_min: float | None) -> str:
    """What a finished step took: `4 分`, or `21 分，超 1 分`."""
    words = duration(taken_min)
    if limit_min is None or taken_min <= limit_min:
        return words
    over = pgettext("clock", "%(duration)s late") % {"duration": duration(max(1, taken_min - limit_min))}
    return gettext("%(first)s, %(second)s") % {"first": words, "second": over}


def rows_shown(first: int, last: int, total: int) -> str:
    """`第 1–14 条，共 47 条`."""
    if total == 0:
        return gettext("No rows")
    return ngettext("%(first)s–%(last)s of %(total)s row", "%(first)s–%(last)s of %(total)s rows", total) % {
        "first": number_text(first),
        "last": number_text(last),
        "total": number_text(total),
    }
