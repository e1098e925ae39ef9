"""The products' page at work; in a real browser."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from tests.browsing import Visiting
from tests.builders import PASSWORD, a_product, a_user
from tests.viewer.sight import until
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.pipeline.work import Kind
from vitrine.processing.models import Job, State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def a_job_on(product: Product) -> Job:
    return Job.objects.create(version=product.shown_version, recipe="standard", options_key="k" * 64)


def a_card_at_work(visiting: Visiting) -> tuple[Job, Page, Locator]:
    """A job that waits, the library, and the card in it of the job's product."""
    job = a_job_on(a_product(name="Chair", published=False))
    page = visiting(Role.VIEWER, "/")
    card = page.get_by_role("listitem").filter(has_text="Chair")
    expect(card).to_contain_text("Waiting for its turn")
    return job, page, card


def fail(job: Job) -> None:
    error = {"code": "x", "title": "Too wild", "detail": "Tame it, then upload it again."}
    Job.objects.filter(pk=job.pk).update(state=State.FAILED, error=error, finished_at=timezone.now())


def test_logging_in_and_reaching_the_products_takes_a_keyboard_only(visiting: Visiting) -> None:
    a_user(username="ada", with_password=True)
    a_product(name="Chair")
    page = visiting(None, "/")

    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Products", exact=True)).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name="Select Chair")).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Chair")).to_be_focused()


def test_a_switch_publishes_and_hides_and_keeps_the_focus(visiting: Visiting) -> None:
    product = a_product(name="Chair")
    page = visiting(Role.EDITOR, "/")
    switch = page.get_by_role("switch", name="Published: Chair")
    switch.focus()

    page.keyboard.press("Space")
    expect(switch).not_to_be_checked()
    expect(switch).to_be_focused()
    product.refresh_from_db()
    assert not product.published
    page.keyboard.press("Space")

    expect(switch).to_be_checked()
    product.refresh_from_db()
    assert product.published


def test_deleting_is_done_at_once_and_undone_by_keys(visiting: Visiting) -> None:
    a_product(name="Lamp")
    chair = a_product(name="Chair")
    page = visiting(Role.EDITOR, "/")
    card = page.get_by_role("listitem").filter(has_text="Chair")

    card.locator("summary").click()
    card.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    expect(page.get_by_role("link", name="Lamp")).to_be_focused()
    expect(page.locator("#count")).to_have_text("1 product")
    chair.refresh_from_db()
    assert chair.deleted_at is not None
    page.keyboard.press("Control+z")

    expect(card).to_have_count(1)
    expect(page.locator("#toast")).to_contain_text("“Chair” is back")
    chair.refresh_from_db()
    assert chair.published


def test_optimizing_again_queues_a_job(visiting: Visiting) -> None:
    a_product(name="Chair")
    page = visiting(Role.EDITOR, "/")
    card = page.get_by_role("listitem").filter(has_text="Chair")

    card.locator("summary").click()
    card.get_by_role("button", name="Optimize again").click()
    expect(page.get_by_role("heading", name="Optimize Chair")).to_be_visible()
    page.get_by_role("button", name="Make a preview").click()

    expect(page.get_by_role("dialog").get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("dialog")).to_contain_text("Shoppers see what they saw until you publish it.")
    assert Job.objects.get().state == State.QUEUED


def test_a_refused_change_is_told(visiting: Visiting) -> None:
    product = a_product(name="Chair")
    page = visiting(Role.EDITOR, "/")
    product.remove()

    page.get_by_role("switch").click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing here")


def test_a_job_s_progress_and_its_end_show_by_themselves(visiting: Visiting) -> None:
    job, page, card = a_card_at_work(visiting)

    Job.objects.filter(pk=job.pk).update(state=State.PROCESSING, step="proof", progress=0.6)
    expect(card).to_contain_text("Comparing it with the original")
    expect(card.get_by_role("progressbar")).to_have_attribute("value", re.compile("0.60*"))
    fail(job)

    expect(card).to_contain_text("Too wild")
    expect(card).to_contain_text("Tame it, then upload it again.")
    expect(page.get_by_role("status")).to_have_text("Chair failed. Too wild")


def test_an_end_that_a_fresh_card_shows_before_it_is_told_is_said_all_the_same(visiting: Visiting) -> None:
    job, page, card = a_card_at_work(visiting)
    held: list[Route] = []

    def hold(route: Route) -> None:
        route.continue_() if held else held.append(route)

    page.route("**/products/*/card", hold)
    # Its picture may be there now, so a fresh card is asked for; just before that is made, the job fails.
    Job.objects.filter(pk=job.pk).update(state=State.PROCESSING, step="proof", progress=0.6)
    until(page, lambda: held)
    fail(job)
    held[0].continue_()

    expect(card).to_contain_text("Too wild")
    expect(page.get_by_role("status")).to_have_text("Chair failed. Too wild")


def test_nothing_is_asked_while_nothing_is_at_work(visiting: Visiting) -> None:
    a_product(name="Chair")
    page = visiting(Role.VIEWER, "/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.wait_for_timeout(4_500)

    assert [url for url in asked if "/api/" in url] == []


@pytest.mark.parametrize("path", ["/", "/login", "/nowhere"])
def test_a_narrow_screen_needs_no_sideways_scrolling(visiting: Visiting, path: str) -> None:
    a_product(name="Extraordinarilylongwordwithoutanybreak" * 4, variants=(Kind.WEB,))
    page = visiting(Role.EDITOR if path == "/" else None, path, viewport={"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_without_scripts_the_products_are_there_and_nothing_that_would_not_work(visiting: Visiting) -> None:
    a_product(name="Chair")
    page = visiting(Role.EDITOR, "/", java_script_enabled=False)

    expect(page.get_by_role("link", name="Chair")).to_be_visible()
    expect(page.get_by_role("button", name="Upload models")).to_be_hidden()
