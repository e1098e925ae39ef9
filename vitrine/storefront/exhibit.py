"""What a product's page says about it, in words for shoppers."""

from dataclasses import dataclass
from typing import Self

from vitrine.catalog.files import url_to_read
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.catalog.reports import Credits
from vitrine.pipeline.work import Format, Kind
from vitrine.storefront.words import credit_words, dimensions_words, price_of, price_words, text_of

_DETAILS = {"brand": "Brand", "material": "Material", "color": "Colour", "sku": "Article number"}


@dataclass(frozen=True, slots=True)
class Picture:
    """`url` for our own page, `link` for others' (absolute)."""

    url: str
    link: str
    width_px: int
    height_px: int

    @classmethod
    def of(cls, variant: Variant, base: str, *, public: bool) -> Self:
        return cls(
            url=url_to_read(variant.key, "", public=public),
            link=url_to_read(variant.key, base, public=public),
            width_px=variant.width_px or 1024,
            height_px=variant.height_px or 1024,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A product as its page shows it. Empty texts are left out."""

    product: Product
    version: AssetVersion
    base: str
    address: str
    poster: Picture | None
    alt: str
    description: str
    price: str
    amount: str
    currency: str
    dimensions: str
    details: tuple[tuple[str, str], ...]
    credit: str
    only_usdz: bool
    offers_ar: bool
    proven: bool

    @classmethod
    def of(cls, product: Product, base: str) -> Self:
        version = product.shown_version
        variants = {variant.kind: variant for variant in version.variants.all()}
        poster = variants.get(Kind.POSTER)
        web = variants.get(Kind.WEB)
        amount, currency = price_of(product.metadata)
        return cls(
            product=product,
            version=version,
            base=base,
            address=f"{base}/p/{product.pk}",
            poster=Picture.of(poster, base, public=product.published) if poster else None,
            alt=product.alt or product.name,
            description=text_of(product.metadata, "description"),
            price=price_words(product.metadata),
            amount=amount,
            currency=currency,
            dimensions=dimensions_words(version.dimensions_m),
            details=tuple((word, text_of(product.metadata, key)) for key, word in _DETAILS.items()),
            credit=credit_words(Credits.of(version)),
            only_usdz=version.format == Format.USDZ,
            offers_ar=product.ar_enabled and bool({Kind.IOS, Kind.ANDROID} & variants.keys()),
            proven=web is not None and web.proof is not None,
        )
