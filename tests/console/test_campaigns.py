"""Optimizing from the console: one product with a preview, many as a campaign; in a real browser."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Route, expect

from tests.api.test_campaigns import cooked, shown
from tests.axe import faults
from tests.browsing import Visiting
from tests.builders import a_product, a_user
from vitrine.access.roles import Role
from vitrine.pipeline.work import Kind
from vitrine.processing import campaigns, live
from vitrine.processing.intake import Wishes
from vitrine.processing.models import Campaign, Job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPEN = """(ids) => {
  const button = document.createElement("button");
  Object.assign(button.dataset, { optimize: ids, name: "Chair" });
  document.querySelector("main").append(button);
  button.click();
}"""


@pytest.fixture(autouse=True)
def _swift(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TICK_S", 0.1)


def test_one_product_is_previewed_before_shoppers_see_it(visiting: Visiting) -> None:
    chair = a_product(name="Chair", variants=(Kind.WEB,))
    page = visiting(Role.EDITOR, "/campaigns")
    page.evaluate(OPEN, str(chair.pk))
    sheet = page.get_by_role("dialog", name="Optimize Chair")
    sheet.get_by_label("Smallest").check()
    sheet.get_by_text("Options", exact=True).click()
    sheet.get_by_label("At most so many kB").fill("500")

    sheet.get_by_role("button", name="Make a preview").click()

    expect(sheet).to_contain_text("Shoppers see what they saw until you publish it")
    job = Job.objects.get()
    assert (job.options, job.publish) == ({"quality": 0.95, "max_bytes": 500_000}, False)
    cooked(chair, size=4_000, ssim=0.973)
    expect(sheet).to_contain_text("They would load")
    expect(sheet).to_contain_text("4 kB")
    expect(sheet).to_contain_text("0.973")
    assert shown(chair) == 1
    sheet.get_by_role("button", name="Publish the new version").click()
    expect(sheet).to_be_hidden()
    assert shown(chair) == 2


def test_many_become_a_campaign_that_is_promoted_and_rolled_back(visiting: Visiting) -> None:
    chairs = [a_product(name=f"Chair {number}", variants=(Kind.WEB,)) for number in (1, 2)]
    page = visiting(Role.EDITOR, "/campaigns")
    expect(page.get_by_role("heading", name="No campaign yet")).to_be_visible()
    page.evaluate(OPEN, ",".join(str(one.pk) for one in chairs))
    page.get_by_role("dialog").get_by_label("Name of the campaign").fill("Spring")
    page.get_by_role("button", name="Begin the campaign").click()
    expect(page.get_by_role("heading", name="Spring")).to_be_visible()
    campaigns.feed()
    for chair in chairs:
        cooked(chair, size=8, ssim=0.985)

    expect(page.get_by_role("button", name="Promote Chair 1")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Promote Chair 1").click()
    expect(page.get_by_role("button", name="Roll Chair 1 back")).to_be_focused()
    assert [shown(chair) for chair in chairs] == [2, 1]
    page.get_by_role("button", name="Promote all that are ready").click()
    expect(page.get_by_role("button", name="Roll Chair 2 back")).to_be_visible()
    assert [shown(chair) for chair in chairs] == [2, 2]
    page.get_by_role("button", name="Roll all back").click()
    expect(page.get_by_role("button", name="Promote Chair 2")).to_be_visible()
    assert [shown(chair) for chair in chairs] == [1, 1]
    page.get_by_role("button", name="Drop the rest").click()
    expect(page.get_by_role("cell", name="Dropped")).to_have_count(2)
    page.get_by_role("link", name="Campaigns").first.click()
    expect(page.get_by_role("link", name="Spring")).to_be_visible()


def test_the_focus_stays_while_the_page_renews_itself(visiting: Visiting) -> None:
    chairs = [a_product(name=f"Chair {number}", variants=(Kind.WEB,)) for number in (1, 2, 3)]
    campaign = Campaign(name="Spring")
    campaigns.begin(campaign, [one.pk for one in chairs], Wishes(publish=False), by=a_user())
    campaigns.feed()
    cooked(chairs[0], size=8)
    page = visiting(Role.EDITOR, f"/campaigns/{campaign.pk}")
    page.get_by_role("button", name="Drop Chair 1").focus()

    cooked(chairs[1], size=8)

    expect(page.get_by_role("button", name="Promote Chair 2")).to_be_visible()
    expect(page.get_by_role("button", name="Drop Chair 1")).to_be_focused()
    held: list[Route] = []
    page.route("**/promote", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright wants a function of Python's
    page.get_by_role("button", name="Promote Chair 1").press("Enter")
    cooked(chairs[2], size=8)
    expect(page.get_by_role("button", name="Promote Chair 3")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("button", name="Roll Chair 1 back")).to_be_focused()


def test_a_viewer_reads_a_campaign_and_decides_nothing() -> None:
    nasty, client = a_product(name="<img src=x>"), Client()
    campaign = Campaign(name="<b>Bold</b>")
    campaigns.begin(campaign, [nasty.pk], Wishes(publish=False), by=a_user())
    client.force_login(a_user(Role.VIEWER))

    html = client.get(f"/campaigns/{campaign.pk}").content.decode()

    assert "&lt;img src=x&gt;" in html
    assert "<b>Bold" not in html
    assert not re.search("data-decide", html)
