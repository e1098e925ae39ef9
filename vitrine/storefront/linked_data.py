"""What a product's page says to search engines: schema.org's Product and its 3DModel, as JSON-LD."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString

from vitrine.catalog.files import url_to_read
from vitrine.pipeline.work import Format, Kind
from vitrine.storefront.exhibit import Exhibit
from vitrine.storefront.words import text_of

_SCRIPT_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}


def linked_data(exhibit: Exhibit) -> Mapping[str, Any]:
    """Empty properties are left out: a search engine takes an empty one for a fault."""
    metadata = exhibit.product.metadata
    image = exhibit.poster.link if exhibit.poster else ""
    brand = text_of(metadata, "brand")
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "Product",
            "@id": exhibit.address,
            "name": exhibit.product.name,
            "url": exhibit.address,
            "description": exhibit.description,
            "sku": text_of(metadata, "sku"),
            "brand": {"@type": "Brand", "name": brand} if brand else "",
            "material": text_of(metadata, "material"),
            "color": text_of(metadata, "color"),
            "image": image,
            "offers": _offer(exhibit),
            **_measures(exhibit.version.dimensions_m),
            "subjectOf": _model(exhibit, image),
        }
    )


def _offer(exhibit: Exhibit) -> Any:
    if not (exhibit.amount and exhibit.currency):
        return ""
    return {
        "@type": "Offer",
        "price": exhibit.amount,
        "priceCurrency": exhibit.currency,
        "url": exhibit.address,
    }


def _measures(dimensions_m: Any) -> Mapping[str, Any]:
    """MTR is the metre's common code (UN/CEFACT 20)."""
    if not dimensions_m:
        return {}
    named = zip(("width", "height", "depth"), dimensions_m, strict=True)
    return {
        name: {"@type": "QuantitativeValue", "value": round(metres, 4), "unitCode": "MTR"}
        for name, metres in named
    }


def _model(exhibit: Exhibit, image: str) -> Mapping[str, Any]:
    """The files that everybody reads: core glTF, and USDZ for Apple's."""
    version = exhibit.version
    usdz = [variant for variant in version.variants.all() if variant.kind == Kind.IOS]
    files = [(version.key, Format(version.format)), *((one.key, Format(one.format)) for one in usdz)]
    encoding = [
        {
            "@type": "MediaObject",
            "contentUrl": url_to_read(key, exhibit.base, public=exhibit.product.published),
            "encodingFormat": file_format.media_type,
        }
        for key, file_format in files
    ]
    named = {"@type": "3DModel", "name": exhibit.product.name, "image": image, "creditText": exhibit.credit}
    return _filled({**named, "encoding": encoding})


def _filled(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in said.items() if value}


def json_for_script(value: Mapping[str, Any]) -> SafeString:
    """JSON that can stand inside a <script> of data: nothing in it can end that element."""
    return SafeString(json.dumps(value).translate(_SCRIPT_ESCAPES))
