"""A product's page at work: two people at one product, versions, and the tools on the model; in a real browser."""

import io
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import axe
from tests.api.test_versions import next_version
from tests.browsing import Visiting
from tests.builders import a_product, a_user
from tests.console.test_product_sheet import a_made_product
from tests.gltf_builders import a_ball_in_two_colours
from tests.viewer.sight import slow_card, until
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.processing.models import Job
from vitrine.storage.blobs import Key

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def faults(page: Page) -> list[str]:
    """But for the viewers', which have tests of their own."""
    return axe.faults(page, "{ exclude: ['vitrine-viewer', 'model-viewer'] }")


def saved(page: Page, words: str = "Saved") -> None:
    expect(page.locator("#said")).to_have_text(words)


def test_two_people_edit_one_product_and_nothing_is_lost(visiting: Visiting) -> None:
    product = a_product(name="Chair", metadata={"sku": "A-1", "material": "Oak"}, tags=["old"])
    path = f"/products/{product.pk}"
    ada = visiting(a_user(Role.EDITOR, username="ada"), path)
    ben = visiting(a_user(Role.EDITOR, username="ben"), path)

    ben.get_by_label("Name", exact=True).fill("Oak chair")
    ben.get_by_label("Tags, by commas").fill("new, oak")
    ben.locator("#details").get_by_role("button", name="Save").click()
    saved(ben)
    ada.get_by_label("Name", exact=True).fill("Elm chair")
    ada.get_by_role("textbox", name="sku").fill("A-2")
    ada.get_by_label("Name", exact=True).press("Enter")

    dialog = ada.get_by_role("dialog", name="Somebody changed this meanwhile")
    clash = dialog.get_by_role("group", name="Name ben")
    expect(clash).to_contain_text("Oak chair")
    expect(clash).to_contain_text("Elm chair")
    expect(dialog.get_by_role("listitem").filter(has_text="Tags")).to_contain_text("old → new, oak")
    assert faults(ada) == []
    ada.keyboard.press("Escape")
    product.refresh_from_db()
    assert (product.name, product.metadata["sku"]) == ("Oak chair", "A-1")
    expect(ada.get_by_label("Name", exact=True)).to_have_value("Elm chair")

    ada.get_by_label("Name", exact=True).press("Enter")
    expect(dialog.get_by_role("radio", name="Keep theirs")).to_be_focused()
    ada.keyboard.press("ArrowDown")
    ada.keyboard.press("Tab")
    ada.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Save my choice")).to_be_focused()
    ada.keyboard.press("Enter")

    saved(ada)
    product.refresh_from_db()
    assert (product.name, product.tags) == ("Elm chair", ["new", "oak"])
    assert product.metadata == {"sku": "A-2", "material": "Oak"}
    expect(ada.get_by_label("Tags, by commas")).to_have_value("new, oak")

    ben.get_by_role("textbox", name="material").fill("Elm")
    ben.get_by_role("textbox", name="material").press("Tab")
    ben.locator("#details").get_by_role("button", name="Save").click()
    theirs = ben.get_by_role("dialog")
    expect(theirs).to_contain_text("Their change and yours do not touch")
    expect(theirs.get_by_role("listitem").filter(has_text="sku ada")).to_contain_text("A-1 → A-2")
    ben.get_by_role("button", name="Save my choice").click()
    expect(theirs).to_have_count(0)
    expect(ben.get_by_label("Name", exact=True)).to_have_value("Elm chair")
    product.refresh_from_db()
    assert product.metadata == {"sku": "A-2", "material": "Elm"}


def test_what_somebody_types_stays_while_a_job_makes_a_version(visiting: Visiting) -> None:
    product = a_product(name="Chair")
    page = visiting(Role.EDITOR, f"/products/{product.pk}")
    page.get_by_label("Alt text").fill("A chair")
    second = next_version(product)

    page.get_by_role("switch", name="Published").click()
    expect(page.get_by_role("switch", name="Published")).not_to_be_checked()
    expect(page.get_by_role("button", name="Publish version 2")).to_be_visible()
    expect(page.get_by_label("Alt text")).to_have_value("A chair")
    page.locator("#details").get_by_role("button", name="Save").click()

    saved(page)
    product.refresh_from_db()
    assert (product.alt, product.published, second.number) == ("A chair", False, 2)


def test_versions_are_rolled_back_and_noted_by_keys_alone(visiting: Visiting) -> None:
    product = a_product(name="Chair")
    first = product.shown_version
    product.publish(next_version(product))
    page = visiting(Role.EDITOR, f"/products/{product.pk}")

    page.get_by_role("button", name="Roll back to this version 1").focus()
    page.keyboard.press("Enter")
    saved(page, "Version 1 is published")
    product.refresh_from_db()
    assert product.published_version == first
    expect(page.get_by_role("button", name="Write a note on version 1")).to_be_focused()
    shown = page.get_by_role("switch", name="Published")
    shown.press("Enter")
    expect(shown).not_to_be_checked()
    expect(shown).to_be_focused()
    page.get_by_role("button", name="Write a note on version 1").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("The legs are better")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    saved(page, "The note is saved")
    expect(page.locator("[data-version='1']")).to_contain_text("The legs are better")
    first.refresh_from_db()
    assert first.note == "The legs are better"
    assert faults(page) == []


@pytest.mark.parametrize("options", [{"width": 360}, {"width": 2000}], ids=str)
def test_no_width_needs_sideways_scrolling(visiting: Visiting, options: dict[str, int]) -> None:
    product = a_product(name="Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 3, tags=["x" * 60])
    page = visiting(Role.EDITOR, f"/products/{product.pk}", viewport={**options, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_report_in_long_words_needs_no_sideways_scrolling_on_a_phone(visiting: Visiting) -> None:
    product = a_made_product()
    page = visiting(a_user(language="de"), f"/products/{product.pk}", viewport={"width": 360, "height": 800})

    expect(page.get_by_text("Angenommen, weil wir es passend gemacht haben")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == 360


def opened(page: Page, name: str) -> None:
    """By keys: from tab to tab until that one is open."""
    page.locator("[data-tools] [aria-selected=true]").focus()
    while page.locator("[data-tools] [aria-selected=true]").text_content() != name:
        page.keyboard.press("ArrowRight")


def a_product_in_3d() -> Product:
    """One whose file a browser shows: a ball with two colourways."""
    product = a_product(name="Ball", published=False)
    version = product.shown_version
    content = a_ball_in_two_colours().bytes()
    files.store().put(Key(version.key), io.BytesIO(content), media_type="model/gltf-binary")
    source: dict[str, Any] = {"triangles": 1152, "extensions": ["KHR_materials_variants"]}
    product.versions.update(size=len(content), report={"source": source})
    return product


def test_the_tools_work_on_the_model_itself(visiting: Visiting) -> None:
    product = a_product_in_3d()
    page = visiting(Role.EDITOR, f"/products/{product.pk}", viewport={"width": 480, "height": 600})

    opened(page, "Points")
    stage = page.locator(".bench-stage")
    expect(stage.locator(".bench-middle")).to_be_visible()
    stage.click()
    page.keyboard.type("Glazed by hand")
    page.get_by_role("button", name="Save the points").click()
    expect(page.get_by_role("button", name="Save the points")).to_be_disabled()
    product.refresh_from_db()
    (spot,) = product.metadata["hotspots"]
    assert spot["text"] == "Glazed by hand"
    assert sum(each**2 for each in spot["position"]) ** 0.5 == pytest.approx(0.1, abs=0.02)
    assert sum(each**2 for each in spot["normal"]) == pytest.approx(1, abs=0.01)

    opened(page, "Colours")
    page.get_by_role("textbox", name="Name for shoppers").first.fill("Moss")
    page.get_by_role("button", name="Save the names").click()
    expect(page.get_by_role("button", name="Save the names")).to_be_disabled()
    product.refresh_from_db()
    assert list(product.metadata["colourways"].values()) == ["Moss"]

    opened(page, "Compare")
    left, right = (
        page.locator("[data-view=left] model-viewer"),
        page.locator("[data-view=right] model-viewer"),
    )
    expect(page.locator("[data-wait]")).to_be_hidden()
    page.locator("[data-view=left]").dispatch_event("pointerdown")
    left.evaluate("view => { view.cameraOrbit = '80deg 60deg 0.4m'; view.jumpCameraToGoal(); }")
    expect(right).to_have_count(1)
    until(
        page, lambda: right.evaluate("view => Math.round(view.getCameraOrbit().theta * 180 / Math.PI)") == 80
    )
    page.get_by_role("radio", name="Side by side").check()
    # Each opens its camera for the narrower frame, in its own time; neither is to spoil the other's.
    opened_to = (
        "[...document.querySelectorAll('.compare-view model-viewer')].map(one => one.getFieldOfView())"
    )
    until(page, lambda: page.evaluate(opened_to)[0] > 35)
    page.wait_for_timeout(1_000)
    one, other = page.evaluate(opened_to)
    assert one == pytest.approx(other, abs=0.01)
    page.get_by_role("radio", name="Difference").check()
    expect(page.locator("[data-said]")).to_have_text("0.0 % of the product visibly differs here")

    # What is told is of the pictures that stand there, whichever side was drawn last, however slowly.
    slow_card(left)
    turn = "(view, angle) => { view.cameraOrbit = `${angle}deg 60deg 0.4m`; view.jumpCameraToGoal(); }"
    right.evaluate(turn, 20)
    expect(page.locator("[data-said]")).not_to_have_text("0.0 % of the product visibly differs here")
    left.evaluate(turn, 60)
    expect(page.locator("[data-said]")).to_have_text("0.0 % of the product visibly differs here")
    assert faults(page) == []


def test_turning_and_the_first_picture_make_versions(visiting: Visiting) -> None:
    product = a_product_in_3d()
    page = visiting(Role.EDITOR, f"/products/{product.pk}", viewport={"width": 480, "height": 600})

    opened(page, "Turn and scale")
    expect(page.locator(".placed")).to_contain_text("high")
    page.get_by_role("button", name="Stand it up").click()
    page.get_by_label("Or its height in cm").fill("40")
    page.get_by_role("button", name="Make a version so").click()
    saved(page, "A new version is being made")
    placement = Job.objects.get().options["placement"]
    assert (placement["turn_x"], placement["ground"]) == (-90, True)
    assert placement["scale"] == pytest.approx(2, rel=0.05)

    opened(page, "First picture")
    view = page.locator(".bench-stage model-viewer")
    expect(page.get_by_role("radio", name="Even")).to_be_checked()
    view.evaluate("view => { view.cameraOrbit = '80deg 60deg auto'; view.jumpCameraToGoal(); }")
    page.get_by_role("radio", name="Soft, with contrast").check()
    page.get_by_role("button", name="Begin here").click()
    expect(page.locator("[data-part=activity]").get_by_text("Waiting for its turn")).to_have_count(2)

    product.refresh_from_db()
    kept = product.metadata["view"]
    assert kept["orbit"].startswith("80deg 60deg ")
    assert kept["room"] == "neutral"
    assert Job.objects.order_by("-created_at")[0].options["view"] == kept


def test_a_part_of_the_page_that_does_not_come_is_told_in_words(visiting: Visiting) -> None:
    page = visiting(Role.VIEWER, f"/products/{a_product().pk}")
    page.route("**/viewer/workbench*", lambda route: route.abort())

    page.reload()

    fault = page.locator("#faults p")
    expect(fault).to_contain_text("Failed to fetch")
    expect(fault).not_to_contain_text("undefined")
