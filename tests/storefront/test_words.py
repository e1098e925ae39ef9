"""What a product's metadata and measures say, in words."""

from typing import Any

import pytest

from vitrine.catalog.reports import Credits
from vitrine.storefront.words import credit_words, dimensions_words, price_words, text_of


@pytest.mark.parametrize(
    ("dimensions_m", "words"),
    [
        ([0.42, 0.88, 0.514], "42 × 88 × 51.4 cm"),
        ([0.02, 0.085, 0.0104], "20 × 85 × 10.4 mm"),
        ([12.0, 3.25, 4.0], "12 × 3.2 × 4 m"),
        ([1.5, 0.0, 2.25], "150 × 0 × 225 cm"),
        ([0.0, 0.0, 0.0], ""),
        (None, ""),
    ],
)
def test_dimensions_are_told_in_the_unit_that_suits_them(dimensions_m: Any, words: str) -> None:
    assert dimensions_words(dimensions_m) == words


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"price": "34.00 EUR"}, "34.00 EUR"),
        ({"price": 34, "currency": "EUR"}, "€34"),
        ({"price": 34.5, "currency": "eur"}, "€34.50"),
        ({"price": {"amount": "1290.00", "currency": "EUR"}}, "€1,290.00"),
        ({"price": {"amount": "1290.00", "currency": "CHF"}}, "1,290.00 CHF"),
        ({"price": 1290}, "1,290"),
        ({"price": "from 34", "currency": "EUR"}, "from 34 EUR"),
        ({"price": {"amount": "1e999999", "currency": "EUR"}}, "1e999999 EUR"),
        ({"price": {"amount": ["34"]}}, ""),
        ({"price": None}, ""),
        ({}, ""),
    ],
)
def test_a_price_is_told_however_the_metadata_says_it(metadata: dict[str, Any], words: str) -> None:
    assert price_words(metadata) == words


@pytest.mark.parametrize("value", [None, True, [], {"a": 1}])
def test_metadata_that_is_not_words_is_left_out(value: Any) -> None:
    assert text_of({"description": value}, "description") == ""


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Credits("", "", ""), ""),
        (Credits("Ada", "CC BY 4.0", ""), "Ada · CC BY 4.0"),
        (Credits("Ada", "CC BY 4.0", "© 2026 Ada, CC BY 4.0"), "© 2026 Ada, CC BY 4.0"),
        (Credits("Ada", "", "© Oak & Sons"), "© Oak & Sons · Ada"),
    ],
)
def test_credits_are_said_once(found: Credits, words: str) -> None:
    assert credit_words(found) == words
