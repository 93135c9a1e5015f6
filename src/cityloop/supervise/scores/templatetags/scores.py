"""Shares on the pages of scores."""

from django import template

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """A share of 0 to 1 as whole percent, or a dash."""
    return "—" if share is None else f"{100 * share:.0f} %"
