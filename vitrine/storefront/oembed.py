"""/oembed: a product's address in, what to show there out (https://oembed.com, type rich)."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from vitrine.catalog import queries
from vitrine.catalog.models import Product
from vitrine.pipeline.work import Kind
from vitrine.storefront.exhibit import Picture
from vitrine.storefront.pages import PUBLIC, base_url
from vitrine.storefront.readers import reads_unpublished
from vitrine.storefront.snippets import frame_of

WIDTH_PX, HEIGHT_PX = 800, 600
_CACHED_S = 3600
_PATH = re.compile(r"/(?:p|embed)/(?P<id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/?")
_PIXELS = re.compile(r"[1-9][0-9]{0,4}")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TO_ANY_PAGE = {"Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True, slots=True)
class Room:
    """The most that the asking page has for it, in pixels."""

    width_px: int
    height_px: int

    def fits(self, picture: Picture) -> bool:
        return picture.width_px <= self.width_px and picture.height_px <= self.height_px


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be answered, if there is such a product."""

    product_id: UUID
    room: Room
    xml: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer without a product, as RFC 9457 would have it; the statuses are oEmbed's."""

    status: int
    code: str
    title: str
    detail: str


_UNKNOWN = Refusal(404, "not-found", "Nothing here", "There is no published product of ours at this url.")
_PRIVATE = Refusal(
    401, "not-published", "Not published", "This product is not published, so other pages cannot show it."
)


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """401 only to staff: strangers must not learn that what is not published is there."""
    base = base_url(request)
    asked = read(request.GET, base)
    if isinstance(asked, Refusal):
        return _refused(asked)
    product = queries.products(include_unpublished=True).filter(pk=asked.product_id).first()
    if product is None or not product.published:
        return _refused(_PRIVATE if product and reads_unpublished(request) else _UNKNOWN)
    return _sent(answer_of(product, base, asked.room), xml=asked.xml)


def read(query: Mapping[str, str], base: str) -> Asked | Refusal:
    """What a query asks for. `base` is our own address: nobody else's pages are ours to show."""
    asked_format = query.get("format", "json")
    if asked_format not in {"json", "xml"}:
        return Refusal(
            501,
            "not-in-this-format",
            "Not in this format",
            f"We answer in json and xml, not in {asked_format[:40]}.",
        )
    room: dict[str, int] = {}
    for name, most in (("maxwidth", 99_999), ("maxheight", 99_999)):
        value = query.get(name) or str(most)
        if not _PIXELS.fullmatch(value):
            detail = f"{name} is {value[:40]}; it can be a whole number of pixels from 1 to {most}."
            return Refusal(400, "invalid", "Some fields are not right", detail)
        room[name] = int(value)
    product_id = product_at(query.get("url", ""), base)
    if product_id is None:
        return _UNKNOWN
    return Asked(product_id, Room(room["maxwidth"], room["maxheight"]), asked_format == "xml")


def product_at(url: str, base: str) -> UUID | None:
    """The id in an address of ours, by http or https."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    ours = parts.scheme in {"http", "https"} and parts.netloc == urlsplit(base).netloc
    found = _PATH.fullmatch(parts.path) if ours else None
    return UUID(found["id"]) if found else None


def answer_of(product: Product, base: str, room: Room) -> dict[str, Any]:
    """Never larger than the room, nor is its picture; without one where none fits."""
    width, height = min(WIDTH_PX, room.width_px), min(HEIGHT_PX, room.height_px)
    size = f'width="{width}" height="{height}" style="border: 0; max-width: 100%"'
    said: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": product.name,
        "provider_name": "Vitrine",
        "provider_url": base,
        "cache_age": _CACHED_S,
        "html": frame_of(product, base, size=size),
        "width": width,
        "height": height,
    }
    pictures = {
        one.kind: Picture.of(one, base, public=product.published)
        for one in product.shown_version.variants.all()
    }
    for kind in (Kind.POSTER, Kind.THUMBNAIL):
        if kind in pictures and room.fits(pictures[kind]):
            shown = pictures[kind]
            sized = {"thumbnail_width": shown.width_px, "thumbnail_height": shown.height_px}
            return {**said, "thumbnail_url": shown.link, **sized}
    return said


def as_xml(said: Mapping[str, Any]) -> bytes:
    """Characters that XML cannot hold at all, such as U+0001 in a name, are left out."""
    root = Element("oembed")
    for name, value in said.items():
        SubElement(root, name).text = _NOT_IN_XML.sub("", str(value))
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode()


def _sent(said: dict[str, Any], *, xml: bool) -> HttpResponse:
    headers = {**_TO_ANY_PAGE, "Cache-Control": PUBLIC}
    if xml:
        return HttpResponse(as_xml(said), content_type="text/xml; charset=utf-8", headers=headers)
    return JsonResponse(said, headers=headers)


def _refused(refusal: Refusal) -> HttpResponse:
    headers = {**_TO_ANY_PAGE, "Cache-Control": "no-store"}
    said = {"type": f"/docs/problems/{refusal.code}", **asdict(refusal)}
    return JsonResponse(said, status=refusal.status, headers=headers, content_type="application/problem+json")
