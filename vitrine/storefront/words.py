"""What a product's metadata and measures say, in words for shoppers. Metadata is anybody's JSON."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vitrine.catalog.reports import Credits

_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
_PLAIN_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")


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
