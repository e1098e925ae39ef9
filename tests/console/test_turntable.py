"""A card's picture turns under the pointer and the keyboard, in a real browser."""

import io
from collections.abc import Sequence

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browsing import Visiting
from tests.builders import a_product
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.pipeline.work import Kind
from vitrine.storage.blobs import Key

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIDE_PX = 32
COLOURS = [(255 - 16 * number, 16 * number, 0) for number in range(16)]


def a_turning_product(name: str) -> Product:
    """Its strip's squares have the `COLOURS`; the thumbnail is the first of them."""
    product = a_product(name=name, variants=(Kind.THUMBNAIL, Kind.TURNTABLE))
    for kind, colours in ((Kind.THUMBNAIL, COLOURS[:1]), (Kind.TURNTABLE, COLOURS)):
        variant = product.shown_version.variants.get(kind=kind)
        files.store().put(Key(variant.key), io.BytesIO(_row(colours)), media_type="image/webp")
    return product


def _row(colours: Sequence[tuple[int, int, int]]) -> bytes:
    row = Image.new("RGB", (SIDE_PX * len(colours), SIDE_PX))
    for number, colour in enumerate(colours):
        row.paste(colour, (number * SIDE_PX, 0, (number + 1) * SIDE_PX, SIDE_PX))
    kept = io.BytesIO()
    row.save(kept, "WEBP", lossless=True)
    return kept.getvalue()


def asked_for(page: Page) -> list[str]:
    """The addresses of turntables that this page will have asked for, from now on."""
    addresses: list[str] = []
    page.on(
        "request", lambda request: addresses.append(request.url) if "/turntable-" in request.url else None
    )
    return addresses


def seen(card: Locator, *, moment_ms: float | None = None) -> tuple[int, int, int]:
    """The colour in the middle of the card's picture; of the turn's moment, where one is given."""
    if moment_ms is not None:
        card.locator(".turntable img").evaluate(
            "(strip, at) => { const [turn] = strip.getAnimations(); turn.pause(); turn.currentTime = at; }",
            moment_ms,
        )
    shot = Image.open(io.BytesIO(card.locator(".card-stage").screenshot())).convert("RGB")
    red, green, blue = shot.resize((3, 3), Image.Resampling.BOX).getpixel((1, 1))  # type: ignore[misc]
    return red, green, blue


def near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return all(abs(mine - theirs) <= 12 for mine, theirs in zip(one, other, strict=True))


@pytest.mark.parametrize("layout", ["grid", "list"])
def test_it_turns_under_the_pointer_and_is_fetched_then_only(visiting: Visiting, layout: str) -> None:
    a_turning_product("Chair")
    page = visiting(Role.VIEWER, "/")
    page.emulate_media(reduced_motion="no-preference")
    if layout == "list":
        page.locator("a[data-layout=list]").click()
    addresses = asked_for(page)
    card = page.locator(".card")
    assert near(seen(card), COLOURS[0])
    assert addresses == []

    card.locator(".card-meta").hover()

    expect(card).to_have_class("card turning")
    assert len(addresses) == 1
    assert near(seen(card, moment_ms=0), COLOURS[0])
    assert near(seen(card, moment_ms=1200 + 10), COLOURS[8])
    assert near(seen(card, moment_ms=2400 - 10), COLOURS[15])

    page.mouse.move(1, 1)
    expect(card).to_have_class("card")
    assert near(seen(card), COLOURS[0])
    card.locator(".card-meta").hover()
    expect(card).to_have_class("card turning")
    assert len(addresses) == 1


def test_it_turns_where_the_keyboard_is_and_in_one_card_only(visiting: Visiting) -> None:
    a_turning_product("Chair")
    a_turning_product("Table")
    page = visiting(Role.VIEWER, "/")
    page.emulate_media(reduced_motion="no-preference")
    table, chair = page.locator(".card").all()
    page.locator("#products").focus()

    page.keyboard.press("Tab")
    expect(table).to_have_class("card turning")
    assert near(seen(table, moment_ms=1200 + 10), COLOURS[8])

    while chair.locator(":focus").count() == 0:
        page.keyboard.press("Tab")
    expect(chair).to_have_class("card turning")
    expect(table).to_have_class("card")


def test_it_stands_still_for_who_wants_no_motion(visiting: Visiting) -> None:
    a_turning_product("Chair")
    page = visiting(Role.VIEWER, "/")
    page.clock.install()
    addresses = asked_for(page)
    card = page.locator(".card")

    card.hover()
    page.keyboard.press("Tab")
    page.clock.fast_forward(5_000)

    expect(card).to_have_class("card")
    assert addresses == []


def test_a_product_without_one_keeps_its_picture(visiting: Visiting) -> None:
    a_product(name="Older", variants=(Kind.THUMBNAIL,))
    page = visiting(Role.VIEWER, "/")
    page.emulate_media(reduced_motion="no-preference")
    page.clock.install()
    card = page.locator(".card")

    card.hover()
    page.clock.fast_forward(5_000)

    expect(card).to_have_class("card")
    expect(card.locator(".turntable")).to_have_count(0)


def test_one_that_does_not_come_leaves_the_picture(visiting: Visiting) -> None:
    a_turning_product("Chair")
    page = visiting(Role.VIEWER, "/")
    page.emulate_media(reduced_motion="no-preference")
    page.route("**/turntable-*", lambda route: route.abort())

    with page.expect_event("requestfailed"):
        page.locator(".card").hover()

    page.locator(".card").hover(position={"x": 20, "y": 20})
    expect(page.locator(".card")).to_have_class("card")
    assert near(seen(page.locator(".card")), COLOURS[0])
