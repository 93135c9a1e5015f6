"""Look-ups on the pages of the response table."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def named(names: Mapping[str, str], key: str) -> str:
    """The name of a key, or the key itself."""
    return names.get(key) or key
