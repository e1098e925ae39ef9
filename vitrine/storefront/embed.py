"""/embed/{id}: one product filling a frame on somebody else's page. The only address of ours that may be framed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from vitrine.catalog import queries
from vitrine.catalog.branding import Branding
from vitrine.storefront.exhibit import Exhibit
from vitrine.storefront.pages import PUBLIC, base_url

_SWITCH = re.compile(r"on|off|1|0")
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "controls": (_SWITCH, "on or off"),
    "ar": (_SWITCH, "on or off"),
    "poster": (_SWITCH, "on or off"),
    "telemetry": (_SWITCH, "on or off"),
    "autoplay": (_SWITCH, "on or off"),
    "loading": (re.compile(r"visible|interaction|eager"), "visible, interaction or eager"),
    "theme": (re.compile(r"auto|light|dark"), "auto, light or dark"),
    "background": (
        re.compile(r"transparent|#?[0-9A-Fa-f]{3}|#?[0-9A-Fa-f]{6}"),
        "transparent, or a colour in 3 or 6 hexadecimal digits such as f4f1ec",
    ),
    "lang": (
        re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"),
        "a language tag such as de or pt-BR",
    ),
}
"""What each option may be, and the same in words. Options that are not ours are left alone: links grow them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the product is shown. `background` is a colour with its #, `transparent`, or empty for our own wall."""

    controls: bool
    ar: bool
    poster: bool
    telemetry: bool
    loading: str
    theme: str
    background: str
    lang: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """What was asked for, checked by `fault_of` before."""
        started = {"on": "eager", "1": "eager", "off": "interaction", "0": "interaction"}
        background = query.get("background", "")
        return cls(
            controls=query.get("controls", "on") in {"on", "1"},
            ar=query.get("ar", "on") in {"on", "1"},
            poster=query.get("poster", "on") in {"on", "1"},
            telemetry=query.get("telemetry", "on") in {"on", "1"},
            loading=query.get("loading") or started.get(query.get("autoplay", ""), "visible"),
            theme=query.get("theme", "auto"),
            background=background if background in {"", "transparent"} else f"#{background.lstrip('#')}",
            lang=query.get("lang", "en"),
        )


def fault_of(query: Mapping[str, str]) -> str:
    """What is wrong with the options, in words; empty when nothing is."""
    faults = (
        f"{name} is “{query[name][:40]}”; it can be {words}."
        for name, (form, words) in _FORMS.items()
        if name in query and not form.fullmatch(query[name])
    )
    return " ".join(faults)


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # its types know no address with parts
@require_safe
def embed(request: HttpRequest, product_id: UUID) -> HttpResponse:
    product = queries.products(include_unpublished=False).filter(pk=product_id).first()
    if product is None:
        return _notice(request, 404, "Nothing here", "This product is not shown any more, or not yet.")
    if fault := fault_of(request.GET):
        return _notice(request, 400, "Some options are not right", fault)
    shown = {"exhibit": Exhibit.of(product, base_url(request)), "options": Options.of(request.GET)}
    response = render(request, "storefront/embed.html", {**shown, "branding": Branding.current()})
    response.headers["Cache-Control"] = PUBLIC
    return response


def _notice(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    """In the frame too: a browser's own word for a page that refuses frames would help nobody."""
    said = {"title": title, "detail": detail, "branding": Branding.current()}
    return render(request, "storefront/embed_notice.html", said, status=status)
