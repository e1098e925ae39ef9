"""`{% preload_modules %}`: what scripts import, asked for at once; else a browser learns of each only from the one
before it, and waits once more for every step.
"""

import posixpath
import re
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_IMPORT = re.compile(r"""^(?:import|export)\b[^;"'(]*["'](\.[^"']+)["'];""", re.MULTILINE)
"""Of those that come with the script, by their relative address; not those that it may ask for later."""


@register.simple_tag
def preload_modules(*scripts: str) -> SafeString:
    """Links to all that `scripts` import. Imports name files plainly, without what `static` adds to a name."""
    names = dict.fromkeys(name for script in scripts for name in imported_by(script))
    links = ((f"{settings.STATIC_URL}{name}",) for name in names if name not in scripts)
    return format_html_join("\n  ", '<link rel="modulepreload" href="{}">', links)


@cache
def imported_by(script: str) -> tuple[str, ...]:
    """Every static file that comes with `script`, the nearest first."""
    found = [script]
    for name in found:  # grows while it is walked
        path = finders.find(name)
        text = Path(path).read_text() if isinstance(path, str) else ""
        nexts = [posixpath.normpath(f"{posixpath.dirname(name)}/{one}") for one in _IMPORT.findall(text)]
        found += [one for one in dict.fromkeys(nexts) if one not in found]
    return tuple(found[1:])
