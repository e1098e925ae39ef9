"""/branding/…: the logo of whoever shows the products, and their accent colour as a stylesheet.

Both are named by what they say, so caches may keep them for ever, and a page kept from before still finds its colour.
"""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vitrine.catalog.branding import logo_named
from vitrine.catalog.colours import Accent, Tone

_FOREVER = "public, max-age=31536000, immutable"
_NAME = re.compile(r"accent-(?P<accent>[0-9a-f]{6})\.css|logo-(?P<logo>[0-9a-f]{32})\.webp")


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponse:
    match = _NAME.fullmatch(name)
    if match is None:
        raise Http404
    if match["accent"]:
        return _kept(stylesheet(Accent.of(f"#{match['accent']}")).encode(), "text/css; charset=utf-8")
    logo = logo_named(match["logo"])
    if logo is None:
        raise Http404
    return _kept(logo, "image/webp")


def stylesheet(accent: Accent) -> str:
    """What base.css and embed.css say of the accent, in this colour. The embed's theme is the frame's to choose."""
    light, dark = _declared(accent.light), _declared(accent.dark)
    return (
        f":root{{{light}}}\n"
        f'@media (prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{dark}}}}}\n'
        f':root[data-theme="dark"]{{{dark}}}\n'
        "vitrine-viewer{--vitrine-accent:var(--accent);--vitrine-on-accent:var(--on-accent)}\n"
    )


def _declared(tone: Tone) -> str:
    strong = "color-mix(in srgb,var(--accent) 85%,var(--ink))"
    return f"--accent:{tone.colour};--on-accent:{tone.words};--accent-strong:{strong}"


def _kept(content: bytes, media_type: str) -> HttpResponse:
    return HttpResponse(content, content_type=media_type, headers={"Cache-Control": _FOREVER})
