"""The library at work: found, gone through, selected, changed and brought back; in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.axe import faults
from tests.browsing import Visiting
from tests.builders import a_product
from tests.viewer.sight import until
from vitrine.access.roles import Role
from vitrine.catalog.models import AssetVersion, Product
from vitrine.catalog.saved import SavedView
from vitrine.console import paging
from vitrine.pipeline.work import Format, Kind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ODD = ('<img src=x onerror="window.broken=1">', "كرسي خشبي مريح للغاية", "Long" * 50)


def names(page: Page) -> list[str]:
    return page.locator(".card .name").all_text_contents()


def test_finding_as_one_types_and_back_again(visiting: Visiting) -> None:
    for name in ("Oak chair", "Oak table", "Lamp"):
        a_product(name=name, tags=["oak"] if "Oak" in name else [])
    page = visiting(Role.VIEWER, "/")
    search = page.get_by_role("searchbox", name="Search products")

    def late(route: Route) -> None:
        page.wait_for_timeout(600)
        route.continue_()

    page.route("**/products/list?q=lam", late)
    search.fill("lam")
    page.wait_for_timeout(250)
    search.fill("oak")
    page.wait_for_url("**/?q=oak")
    expect(page.locator(".card .name")).to_have_text(["Oak table", "Oak chair"])
    page.wait_for_timeout(700)
    assert names(page) == ["Oak table", "Oak chair"]
    expect(search).to_be_focused()

    page.get_by_label("Order").select_option("name")
    page.wait_for_url("**/?q=oak&ordering=name")
    expect(page.locator(".card .name")).to_have_text(["Oak chair", "Oak table"])
    page.locator(".filters summary").click()
    page.get_by_label("Tag", exact=True).fill("oak")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Without Tag: oak")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Without Tag: oak")).to_have_count(0)
    page.get_by_role("link", name="Show all products").click()

    expect(page.locator(".card .name")).to_have_text(["Lamp", "Oak table", "Oak chair"])
    expect(search).to_have_value("")
    search.fill("nothing like it")
    expect(page.get_by_role("heading", name="Nothing has these words")).to_be_visible()


def test_a_list_that_cannot_be_had_says_so_and_comes_when_asked_again(visiting: Visiting) -> None:
    a_product(name="Chair")
    page = visiting(Role.VIEWER, "/")
    page.route("**/products/list?**", lambda route: route.abort())
    page.get_by_role("searchbox").fill("chair")
    expect(page.get_by_role("alert")).to_contain_text("The service cannot be reached")
    assert names(page) == ["Chair"]

    page.unroute("**/products/list?**")
    page.get_by_role("button", name="Try again").click()

    page.wait_for_url("**/?q=chair")
    expect(page.get_by_role("alert")).to_be_empty()


def rolled_to(page: Page, goal: Locator, step: int) -> None:
    """Turns the wheel, at the pace at which cards come, until that one is there and no more comes."""
    at_end = (
        "scrollY === 0" if step < 0 else "scrollY + innerHeight >= document.documentElement.scrollHeight - 1"
    )

    def there() -> bool:
        page.mouse.wheel(0, step)
        return goal.count() > 0 and bool(page.evaluate(at_end))

    until(page, there)


def test_many_scroll_by_in_a_page_that_stays_small_and_back_is_where_one_was(
    visiting: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE_SIZE", 12)
    monkeypatch.setattr(paging, "FIRST_SIZE", 12)
    for number in range(60):
        a_product(name=f"Chair {number:02}")
    page = visiting(Role.VIEWER, "/?layout=list")
    page.route(
        "**/scrolling.js",
        lambda route: route.fulfill(
            response=(got := route.fetch()),
            body=got.text()
            .replace("AHEAD_PX = 3_000", "AHEAD_PX = 200")
            .replace("MOST_CARDS = 420", "MOST_CARDS = 36"),
        ),
    )
    page.reload()
    first = "Chair 59"

    rolled_to(page, page.locator(".card .name", has_text="Chair 00"), 300)
    expect(page.locator(".card .name").last).to_have_text("Chair 00")
    expect(page.locator(".card .name", has_text=first)).to_have_count(0)
    assert len(names(page)) <= 36
    seen = page.locator(".card", has_text="Chair 05")
    seen.scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    before = page.evaluate("scrollY")
    place = seen.bounding_box()
    page.goto("/health/live")
    page.go_back()

    expect(seen).to_be_in_viewport()
    assert place is not None
    assert abs(seen.evaluate("card => card.getBoundingClientRect().top") - place["y"]) < 4
    assert before > 0
    rolled_to(page, page.locator(".card .name", has_text=first), -300)
    expect(page.locator(".card .name").first).to_have_text(first)
    assert names(page) == sorted(names(page), reverse=True)
    assert page.evaluate("scrollY") == 0


def test_many_are_selected_by_keys_and_changed_and_who_is_refused_is_told(visiting: Visiting) -> None:
    for name in ("One", "Two", "Three", "Four"):
        a_product(name=name, published=False, tags=["old"])
    usdz = a_product(name="Five", published=False)
    AssetVersion.objects.filter(product=usdz).update(format=Format.USDZ)
    page = visiting(Role.EDITOR, "/")
    bar = page.get_by_role("region", name="Selected products")

    page.get_by_role("checkbox", name="Select Five").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(bar).to_contain_text("3 selected")
    bar.get_by_role("button", name="Select all 5 that match").click()
    expect(bar).to_contain_text("5 selected")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    page.get_by_role("checkbox", name="Select Five").click()
    page.get_by_role("checkbox", name="Select One").click(modifiers=["Shift"])
    expect(bar).to_contain_text("5 selected")
    assert faults(page) == []

    bar.get_by_role("button", name="Publish").click()
    expect(page.locator("#toast")).to_contain_text("5 products published")
    assert Product.objects.exclude(published_version=None).count() == 5
    bar.get_by_role("button", name="Tags…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Add tags").fill("new, <b>bold</b>")
    dialog.get_by_role("checkbox", name="old").check()
    dialog.get_by_role("button", name="Change tags").click()
    expect(page.locator(".card", has_text="One").locator(".card-tags li")).to_have_text(
        ["new", "<b>bold</b>"]
    )
    assert {tuple(one.tags) for one in Product.objects.all()} == {("new", "<b>bold</b>")}

    bar.get_by_role("button", name="Optimize again").click()
    expect(page.get_by_role("heading", name="Optimize 5 products")).to_be_visible()
    page.keyboard.press("Escape")
    Product.objects.filter(name="Five").update(tags=[f"tag {number}" for number in range(50)])
    bar.get_by_role("button", name="Tags…").click()
    dialog.get_by_label("Add tags").fill("one more")
    dialog.get_by_role("button", name="Change tags").click()
    expect(page.get_by_role("alert")).to_contain_text("1 was refused")
    expect(page.get_by_role("alert")).to_contain_text("“Five”: It would have 51 tags")
    bar.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Nothing on show yet")).to_be_visible()
    assert Product.objects.filter(deleted_at=None).count() == 0
    page.get_by_role("button", name="Undo").click()

    expect(page.locator(".card")).to_have_count(5)
    assert Product.objects.filter(deleted_at=None).exclude(published_version=None).count() == 5


def test_originals_and_views_and_layouts(visiting: Visiting, tmp_path: Path) -> None:
    a_product(name="Chair", tags=["oak"], variants=(Kind.WEB,))
    page = visiting(Role.EDITOR, "/?tags=oak")
    page.get_by_role("checkbox", name="Select Chair").check()
    page.get_by_role("button", name="Download…").click()
    with page.expect_download() as loading:
        page.get_by_role("dialog").get_by_role("button", name="Download").click()
    loading.value.save_as(tmp_path / "originals.zip")
    assert (tmp_path / "originals.zip").read_bytes()[:2] == b"PK"
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Save as a view…").click()
    page.keyboard.type("All of oak")
    page.get_by_role("dialog").get_by_label("Share it with the team").check()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="All of oak")).to_have_attribute("aria-current", "page")
    view = SavedView.objects.get()
    assert (view.name, view.query, view.shared) == ("All of oak", "tags=oak", True)
    page.get_by_role("link", name="As a list").click()
    expect(page.locator("#products")).to_have_class("rows")
    page.reload()
    expect(page.locator("#products")).to_have_class("rows")
    page.get_by_role("button", name="Change this view…").click()
    page.get_by_role("button", name="Delete the view").click()

    expect(page.get_by_role("link", name="All of oak")).to_have_count(0)
    assert (SavedView.objects.count(), Product.objects.filter(deleted_at=None).count()) == (0, 1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("layout", ["grid", "list"])
def test_odd_names_are_text_and_fit_and_axe_finds_nothing(
    visiting: Visiting, scheme: str, layout: str
) -> None:
    for name in ODD:
        a_product(name=name, tags=[name[:60]])
    size = {"width": 360, "height": 740}
    page = visiting(Role.EDITOR, f"/?layout={layout}&q=&tags=", viewport=size, color_scheme=scheme)
    page.locator(".filters summary").click()

    assert names(page) == list(reversed(ODD))
    assert page.evaluate("[document.documentElement.scrollWidth, window.broken ?? 0]") == [360, 0]
    assert faults(page) == []
