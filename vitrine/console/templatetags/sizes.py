"""`{{ count|in_bytes }}`: bytes for people, in the page's language."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import ngettext

register = template.Library()

_UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@register.filter
def in_bytes(count: int) -> str:
    """In powers of ten, as shops and phones count them."""
    for size, unit in _UNITS:
        if count >= size:
            return f"{number_format(count / size, decimal_pos=0 if unit == 'kB' else 1)} {unit}"
    return ngettext("%(count)d byte", "%(count)d bytes", count) % {"count": count}
