"""Bytes for people, in the page's language."""

from django.utils.formats import number_format
from django.utils.translation import ngettext

_UNITS = ((1e12, 1e12, "TB"), (1e9, 1e9, "GB"), (1e5, 1e6, "MB"))
"""From so many on, as parts of so many."""


def size_words(count: float) -> str:
    """In powers of ten, as shops and phones count them. `sizeWords` of the console's scripts says the same up to GB."""
    count = round(count)
    for least, size, unit in _UNITS:
        if count >= least:
            return f"{number_format(round(count / size, 1), decimal_pos=1)} {unit}"
    if count >= 1000:
        return f"{number_format(round(count / 1e3))} kB"
    return ngettext("%(count)d byte", "%(count)d bytes", count) % {"count": count}
