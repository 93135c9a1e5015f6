"""What every page knows: language, theme, city, tabs, city time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from cityloop.kernel import clock
from cityloop.kernel.access import person_of
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.ui import nav
from cityloop.kernel.ui.place import city_zone, current_city
from cityloop.kernel.ui.wording import AGE_WORDS, is_chinese, role_name

THEME_COOKIE: Final = "cityloop_theme"
THEMES: Final = ("light", "dark")
LANGUAGES: Final = (("zh-hans", "zh-Hans", "简体中文", "中"), ("en", "en", "English", "En"))


@dataclass(frozen=True)
class Language:
    """A language the pages speak."""

    code: str
    lang: str
    label: str
    short: str
    current: bool


@dataclass(frozen=True)
class UiContext:
    """The one name, `ui`, that every template finds."""

    language: str
    lang: str
    languages: list[Language]
    theme: str
    city: str
    city_code: str
    zone: ZoneInfo
    demo: bool
    now: datetime
    speed: float
    nav: list[nav.Tab]
    staff: str
    signed_in: bool
    alarms: int | None
    alarms_href: str
    age_words: dict[str, str]
    path: str

    @property
    def now_iso(self) -> str:
        """City time for the page's own clock."""
        return self.now.isoformat()


def kernel_ui(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `ui`, made when a template first asks for it."""
    return {"ui": SimpleLazyObject(lambda: _context(request))}


def _context(request: HttpRequest) -> UiContext:
    language = "zh-hans" if is_chinese() else "en"
    found = current_city()
    theme = request.COOKIES.get(THEME_COOKIE, "")
    alarms = nav.alarms_of(request)
    return UiContext(
        language=language,
        lang="zh-Hans" if is_chinese() else "en",
        languages=[Language(code, lang, label, short, code == language) for code, lang, label, short in LANGUAGES],
        theme=theme if theme in THEMES else "",
        city=((not is_chinese() and found.name_en) or found.name) if found else "",
        city_code=str(found.organization_id) if found else "",
        zone=city_zone(),
        demo=bool(found and found.demo),
        now=clock.now(),
        speed=clock.speed(),
        nav=nav.tabs_of(request),
        staff=_staff(request),
        signed_in=person_of(request) is not None,
        alarms=alarms[0] if alarms else None,
        alarms_href=alarms[1] if alarms else "",
        age_words={unit: gettext(words) % {"number": "#"} for unit, words in AGE_WORDS.items()},
        path=request.get_full_path(),
    )


def _staff(request: HttpRequest) -> str:
    """The person's first role and staff number, as pages show staff."""
    person = person_of(request)
    if person is None:
        return ""
    role = next((role for role in Role if role in person.roles), None)
    words = gettext("No. %(number)s") % {"number": person.staff_number}
    return f"{role_name(role)} · {words}" if role else words
