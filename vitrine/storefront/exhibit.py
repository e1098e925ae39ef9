"""What a product's page says about it, in words for shoppers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.utils.safestring import SafeString

from vitrine.catalog.files import url_to_read
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.catalog.reports import Credits
from vitrine.pipeline.work import Format, Kind

_SCRIPT_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
_PLAIN_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
_DETAILS = {"brand": "Brand", "material": "Material", "color": "Colour", "sku": "Article number"}


@dataclass(frozen=True, slots=True)
class Picture:
    """`url` for our own page, `link` for others' (absolute)."""

    url: str
    link: str
    width_px: int
    height_px: int

    @classmethod
    def of(cls, variant: Variant, base: str) -> Self:
        return cls(
            url=url_to_read(variant.key, ""),
            link=url_to_read(variant.key, base),
            width_px=variant.width_px or 1024,
            height_px=variant.height_px or 1024,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A product as its page shows it. Empty texts are left out."""

    product: Product
    version: AssetVersion
    address: str
    poster: Picture | None
    alt: str
    description: str
    price: str
    dimensions: str
    details: tuple[tuple[str, str], ...]
    credit: str
    only_usdz: bool
    offers_ar: bool
    proven: bool
    linked_data: SafeString

    @classmethod
    def of(cls, product: Product, base: str) -> Self:
        version = product.shown_version
        variants = {variant.kind: variant for variant in version.variants.all()}
        poster = Picture.of(variants[Kind.POSTER], base) if Kind.POSTER in variants else None
        web = variants.get(Kind.WEB)
        address = f"{base}/p/{product.pk}"
        return cls(
            product=product,
            version=version,
            address=address,
            poster=poster,
            alt=product.alt or product.name,
            description=text_of(product.metadata, "description"),
            price=price_words(product.metadata),
            dimensions=dimensions_words(version.dimensions_m),
            details=tuple((word, text_of(product.metadata, key)) for key, word in _DETAILS.items()),
            credit=credit_words(Credits.of(version)),
            only_usdz=version.format == Format.USDZ,
            offers_ar=product.ar_enabled and bool({Kind.IOS, Kind.ANDROID} & variants.keys()),
            proven=web is not None and web.proof is not None,
            linked_data=json_for_script(linked_data(product, address, poster)),
        )


def credit_words(found: Credits) -> str:
    """Who made the 3D model and what may be done with it; what one part says already is not said again."""
    parts: list[str] = []
    for part in (found.copyright, found.author, found.license):
        if part and not any(part in said for said in parts):
            parts.append(part)
    return " · ".join(parts)


def text_of(metadata: Mapping[str, Any], key: str) -> str:
    """Metadata is anybody's JSON: only plain texts and numbers are words for a page."""
    value = metadata.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def price_of(metadata: Mapping[str, Any]) -> tuple[str, str]:
    """Amount and currency, from `price: 249`, `price: "249"` beside `currency`, or `price: {amount, currency}`."""
    price = metadata.get("price")
    if isinstance(price, Mapping):
        return text_of(price, "amount"), text_of(price, "currency")
    return text_of(metadata, "price"), text_of(metadata, "currency")


def price_words(metadata: Mapping[str, Any]) -> str:
    """€1,290.00 where the amount is a plain number and the currency has a sign; else as it was written."""
    amount, currency = price_of(metadata)
    if not amount or not _PLAIN_AMOUNT.fullmatch(amount):
        return f"{amount} {currency}".strip() if amount else ""
    decimals = len(amount.partition(".")[2])
    grouped = f"{Decimal(amount):,.{max(decimals, 2) if decimals else 0}f}"
    sign = _SIGNS.get(currency.upper())
    return f"{sign}{grouped}" if sign else f"{grouped} {currency}".strip()


def dimensions_words(dimensions_m: Any) -> str:
    """Width, height and depth (glTF's x, y and z) in a unit that suits the largest: 42 × 88 × 51 cm."""
    if not dimensions_m or not max(dimensions_m) > 0:
        return ""
    largest = max(dimensions_m)
    unit, in_metre = ("mm", 1000) if largest < 0.1 else ("cm", 100) if largest < 10 else ("m", 1)
    return " × ".join(_rounded(metres * in_metre) for metres in dimensions_m) + f" {unit}"


def _rounded(value: float) -> str:
    """Three digits are enough to know whether it fits."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}".removesuffix(".0")


def linked_data(product: Product, address: str, poster: Picture | None) -> Mapping[str, Any]:
    """schema.org's Product, for search engines."""
    amount, currency = price_of(product.metadata)
    offer = {"@type": "Offer", "price": amount, "priceCurrency": currency, "url": address}
    said = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "url": address,
        "description": text_of(product.metadata, "description"),
        "sku": text_of(product.metadata, "sku"),
        "image": poster.link if poster else "",
        "offers": offer if amount and currency else "",
    }
    return {key: value for key, value in said.items() if value}


def json_for_script(value: Mapping[str, Any]) -> SafeString:
    """JSON that can stand inside a <script> of data: nothing in it can end that element."""
    return SafeString(json.dumps(value).translate(_SCRIPT_ESCAPES))
