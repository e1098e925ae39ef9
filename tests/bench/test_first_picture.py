"""The first picture: what is measured of a page, and how it is told."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bench.first_picture import ON_OPTIMIZED, ON_ORIGINAL, OURS, Moments, Shown, moments_of, pages_for
from bench.tables import first_rows_of, first_targets_of
from tests.viewer.conftest import browser, element, launch, playwright, shop
from tests.viewer.models import GREEN, a_slab
from tests.viewer.shop import Shop

__all__ = ["browser", "element", "launch", "playwright", "shop"]


def a_result(size: int = 28_000_000) -> Shown:
    return Shown(
        model="headphones.glb",
        size=size,
        network="slow",
        pages={
            OURS: Moments(poster=600, first=3_000, full=17_000),
            ON_ORIGINAL: Moments(poster=750, first=150_000, full=150_000),
            ON_OPTIMIZED: Moments(poster=800, first=24_000, full=24_000),
        },
    )


def test_each_page_has_a_row_with_how_much_longer_it_takes() -> None:
    rows = first_rows_of(a_result())

    assert rows == [
        "| headphones.glb | slow | ours | 600 | 3,000 | 17,000 | 1.0 | 1.0 |",
        "| headphones.glb | slow | model-viewer, original | 750 | 150,000 | 150,000 | 50.0 | 8.8 |",
        "| headphones.glb | slow | model-viewer, optimized | 800 | 24,000 | 24,000 | 8.0 | 1.4 |",
    ]


@pytest.mark.parametrize(("size", "bounds"), [(28_000_000, ("10", "4")), (4_000_000, ("5", "1.5"))])
def test_a_heavy_model_has_higher_targets(size: int, bounds: tuple[str, str]) -> None:
    poster, first, full, _ = first_targets_of(a_result(size))

    assert poster.endswith("| 0.80 | 0.80 | at most 1.1 |")
    assert first.endswith(f"| 50.00 | 50.00 | at least {bounds[0]} |")
    assert full.endswith(f"| 8.82 | 8.82 | at least {bounds[1]} |")


def test_the_median_of_each_moment_is_taken_by_itself() -> None:
    runs = [Moments(poster=1, first=20, full=300), Moments(poster=2, first=10, full=100)]

    assert Moments.median([*runs, Moments(poster=9, first=30, full=200)]) == Moments(
        poster=2, first=20, full=200
    )


@pytest.mark.browser
def test_every_page_is_seen_to_show_picture_and_model(browser: Browser, shop: Shop, tmp_path: Path) -> None:
    original = tmp_path / "slab.glb"
    original.write_bytes(a_slab(GREEN))

    with pages_for(shop.address, shop.product, original) as pages:
        seen = {name: moments_of(browser, address, None) for name, address in pages.items()}

    assert list(seen) == [OURS, ON_ORIGINAL, ON_OPTIMIZED]
    for moments in seen.values():
        assert 0 < moments.poster <= moments.full
        assert moments.first <= moments.full
    assert seen[OURS].poster < seen[OURS].first < seen[OURS].full


@pytest.mark.browser
def test_a_model_that_stands_before_its_poster_is_the_first_picture(
    browser: Browser, shop: Shop, tmp_path: Path
) -> None:
    original = tmp_path / "slab.glb"
    original.write_bytes(a_slab(GREEN))
    poster = shop.hold("/files/poster.webp")

    with pages_for(shop.address, shop.product, original) as pages:
        moments = moments_of(browser, pages[ON_ORIGINAL], None)
    poster.set()

    assert moments.poster == moments.first == moments.full
