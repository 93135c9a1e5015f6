"""Tags and filters of every page: levels, the loop's ring, clocks, times, quantities, addresses, form fields."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cityloop.kernel import clock as city_clock
from cityloop.kernel.ui import wording
from cityloop.kernel.ui.fields import bound_field, errors_of, part
from cityloop.kernel.ui.markup import NUMERALS, number_text
from cityloop.kernel.ui.shapes import checked_level
from cityloop.kernel.ui.table import Column, Page

register = template.Library()

NOTHING = "—"
LEVEL_FORMS = ("", "words", "short", "text", "shape")
SOON = 0.75


# ── Levels, ring, clocks ─────────────────────────────────────────────────────


@register.simple_tag
def level(number: int, form: str = "") -> SafeString:
    """A warning level as shape and words; the forms are in `LEVEL_FORMS`."""
    if form not in LEVEL_FORMS:
        raise template.TemplateSyntaxError(
            f"level has the form {form!r}; allowed: {', '.join(LEVEL_FORMS[1:])} or none."
        )
    number = checked_level(int(number))
    shape = format_html('<span class="lv lv{}" aria-hidden="true">{}</span>', number, NUMERALS[number])
    if form == "shape":
        return shape
    if form in ("words", "text"):
        words = format_html(
            '<span class="lv{}"><span class="lv-text">{}</span></span>', number, wording.level_words(number)
        )
        return words if form == "text" else format_html("{} {}", shape, words)
    if form == "short":
        return format_html('{} <span class="nowrap">{}</span>', shape, wording.level_short(number))
    return format_html('{} <span class="vh">{}</span>', shape, wording.level_spoken(number))


@register.simple_tag
def ring(step: int, words: bool = True) -> SafeString:
    """The ring of seven arcs at a step (8 = closed), with the step's name unless `words=False`."""
    drawn = format_html('<span class="ring" data-at="{}" aria-hidden="true"></span>', int(step))
    return format_html("{} {}", drawn, wording.step_name(int(step))) if words else drawn


@register.filter
def step_name(step: int) -> str:
    """A step's name."""
    return wording.step_name(int(step))


@register.filter
def level_name(number: int) -> str:
    """`Ⅱ级 橙色 · 严重`."""
    return wording.level_words(int(number))


@register.filter
def level_meaning(number: int) -> str:
    """`严重`."""
    return str(wording.LEVEL_MEANINGS[checked_level(int(number))])


@register.filter
def role_name(role: Any) -> str:
    """A role for people."""
    return wording.role_name(role)


@register.inclusion_tag("ui/parts/clock.html")
def clock(due: datetime, used: float, note: str = "") -> dict[str, Any]:
    """A running clock: what is left, and the share of the limit used (0 to 1, more when late)."""
    late = due <= city_clock.now()
    state = "late" if late else "soon" if used >= SOON else ""
    return _clock(wording.clock_words(due, note), state, 1.0 if late else used, due)


@register.inclusion_tag("ui/parts/clock.html")
def clock_done(taken_min: float, limit_min: float | None = None) -> dict[str, Any]:
    """A finished clock: how long it took against its limit, minutes."""
    late = limit_min is not None and taken_min > limit_min
    used = taken_min / limit_min if limit_min else None
    return _clock(wording.taken_words(taken_min, limit_min), "late" if late else "", used, None)


def _clock(words: str, state: str, used: float | None, due: datetime | None) -> dict[str, Any]:
    percent = None if used is None else max(0, min(100, round(used * 100)))
    return {"words": words, "state": state, "percent": percent, "due": due}


# ── Times, numbers, names ────────────────────────────────────────────────────


@register.filter
def local_time(at: datetime | None, form: str = "") -> SafeString | str:
    """A moment on the city's clock; forms: none, time, seconds, date, full."""
    if at is None:
        return NOTHING
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), wording.local_time(at, form))


@register.filter
def city_moment(at: datetime) -> str:
    """Day and time to the second on the city's clock, for the bar."""
    return wording.local_time(at, "seconds")


@register.filter
def age(at: datetime | None) -> SafeString | str:
    """How long ago; counts up by itself."""
    if at is None:
        return NOTHING
    return format_html(
        '<time data-age datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        wording.local_time(at, "full"),
        wording.age(at),
    )


@register.filter
def duration(span: float | timedelta | None) -> str:
    """Minutes or a time span in words."""
    return NOTHING if span is None else wording.duration(span)


@register.simple_tag
def quantity(value: float | None, unit: str, digits: int | None = None, strong: bool = False) -> SafeString | str:
    """A number with its unit, never apart."""
    if value is None:
        return NOTHING
    number = number_text(float(value), digits)
    shown = format_html("<b>{}</b>", number) if strong else number
    name = "" if unit == "count" else wording.unit_name(unit)
    return format_html('<span class="num">{} {}</span>' if name else '<span class="num">{}{}</span>', shown, name)


@register.filter
def unit_name(unit: str) -> str:
    """A unit for people."""
    return wording.unit_name(unit)


@register.filter
def grouped(value: float | None) -> str:
    """A number with thin spaces and a true minus."""
    return NOTHING if value is None else number_text(value, 0 if float(value).is_integer() else None)


@register.filter
def localized(thing: Any, name: str = "name") -> str:
    """`thing.name`, or `thing.name_en` for readers of English, whichever there is."""
    own, english = part(thing, name), part(thing, f"{name}_en")
    return str(own or english or "") if wording.is_chinese() else str(english or own or "")


# ── Addresses, tables ────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def query_replace(context: Context, **changes: Any) -> str:
    """The query string of this page with some parameters set, or removed (None or empty)."""
    query = _query(context)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_inputs(context: Context, *without: str) -> SafeString:
    """Hidden inputs that carry the page's other parameters through a GET form."""
    query = _query(context)
    return mark_safe(  # noqa: S308 - every piece is escaped by format_html
        "".join(
            format_html('<input type="hidden" name="{}" value="{}">', name, value)
            for name, values in query.lists()
            if name not in (*without, "page")
            for value in values
        )
    )


def _query(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


@register.filter
def zipped(first: Iterable[Any], second: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Two rows side by side.

    Raises:
        ValueError: They are not equally long: a row has as many cells as the table has columns.
    """
    return list(zip(first, second, strict=True))


@register.simple_tag
def page_of(page: Page) -> str:
    """`第 1–14 条，共 47 条`."""
    return wording.rows_shown(page.first, page.last, page.total)


@register.inclusion_tag("ui/parts/sort_header.html", takes_context=True)
def sort_header(context: Context, column: Column, page: Page | None = None) -> dict[str, Any]:
    """The head of a column, a link that sorts when the column may be sorted by."""
    chosen = page is not None and page.query.sort == column.key
    descending = bool(chosen and page and page.query.descending)
    wanted = f"-{column.key}" if chosen and not descending else column.key
    return {
        "column": column,
        "chosen": chosen,
        "descending": descending,
        "href": query_replace(context, sort=wanted, page=None) if column.sortable and page is not None else "",
    }


# ── Forms ────────────────────────────────────────────────────────────────────


@register.simple_tag
def error_summary(errors: Any) -> SafeString:
    """Everything wrong with a form, linked to its fields; nothing when all is well.

    Args:
        errors: A Django form; a mapping of field to message; or a list of things with `field` and `message`.
    """
    found = list(errors_of(errors))
    if not found:
        return SafeString("")
    return SafeString(get_template("ui/parts/error_summary.html").render({"errors": found}))


@register.filter
def error_for(errors: Any, name: str) -> str:
    """The message for one field, or nothing; `errors` as for `error_summary`."""
    return next((error.message for error in errors_of(errors) if error.field == name), "")


@register.inclusion_tag("ui/parts/bound_field.html")
def field(bound: BoundField, hint: str = "", label: str = "") -> dict[str, Any]:
    """A field of a Django form: label, hint, error, control."""
    return bound_field(bound, hint=str(hint or bound.help_text), label=str(label or bound.label))
