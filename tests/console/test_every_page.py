"""axe on every page of the console, light and dark, with each of its dialogs open; none is wider than its window."""

import re
from uuid import UUID

import pytest
from django.urls import URLPattern
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.api.test_versions import next_version
from tests.axe import SCHEMES, Scheme, faults
from tests.browsing import Visiting
from tests.builders import a_key, a_product, a_user
from tests.console.test_numbers import visits
from vitrine.access import moments
from vitrine.access.models import User
from vitrine.access.roles import Role, Scope
from vitrine.catalog.models import Product
from vitrine.console import urls
from vitrine.console.settings.urls import urlpatterns as settings_routes
from vitrine.outreach import endpoints
from vitrine.outreach.models import Delivery
from vitrine.pipeline.work import Kind
from vitrine.processing import campaigns
from vitrine.processing.intake import Wishes
from vitrine.processing.models import Campaign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NO_PAGES = {
    "products-list",
    "products-page",
    "cards",
    "matching",
    "download",
    "tags",
    "deleted-poster",
    "card",
    "product-changes",
    "logout",
    "sso",
    "sso-back",
    "settings",
    "settings-audit-export",
}
"""Parts of pages, files, and what only leads on."""
OUTSIDE = {"login", "login-code", "password-forgotten", "password-new"}
PHONE = {"width": 390, "height": 844}
WIDER = (600, 820, 1440)
LONG = "Sesselkissenbezugsstoffmusterkollektion " * 4
OURS = "{ exclude: ['vitrine-viewer', 'model-viewer'] }"  # they have a sweep of their own


# Where scripts write a dialog's title, something stands for it.
SHOW = """one => {
  for (const title of one.querySelectorAll("h2:empty")) title.textContent = "Title";
  one.showModal();
}"""


def wear(page: Page, scheme: Scheme) -> None:
    """The theme, once it is drawn: colours go over into each other, those of a part after those around it."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("""async () => {
      const changing = () => document.getAnimations().some((one) => one instanceof CSSTransition);
      do await new Promise(requestAnimationFrame); while (changing());
    }""")


def inside() -> list[tuple[str, str]]:
    """Name and route of each page for people who are logged in."""
    routes = [one for one in (*urls.urlpatterns, *settings_routes) if isinstance(one, URLPattern)]
    return [
        (one.name, str(one.pattern))
        for one in routes
        if one.name is not None and one.name not in NO_PAGES | OUTSIDE
    ]


def furnish(admin: User) -> dict[str, UUID]:
    """An installation with something of everything, and what the routes' places stand for."""
    product = a_product(name=LONG, tags=["oak", "كرسي"], variants=(Kind.WEB, Kind.MOBILE, Kind.IOS))
    a_product(name="كرسي خشبي مريح للغاية", published=False)
    gone = a_product(name="Gone")
    gone.remove()
    next_version(product)
    visits(product.pk)
    campaign = Campaign(name=LONG)
    campaigns.begin(campaign, [product.pk], Wishes(publish=False), by=admin)
    a_key(Scope.ASSETS_READ, by=admin, name="Shop")
    endpoint, _ = endpoints.make(by=admin, url="https://8.8.8.8/hook")
    endpoints.test(endpoint)
    # A page with a delivery that still waits renews itself, and may just be doing so when a dialog is opened.
    Delivery.objects.update(
        state="failed", error="It answered with 500.", attempts=1, ended_at=timezone.now()
    )
    person = a_user(username="grace", email="grace@shop.example")
    moments.logged_in(person, "10.1.2.3")
    return {
        "product_id": product.pk,
        "campaign_id": campaign.pk,
        "endpoint_id": endpoint.pk,
        "person_id": person.pk,
    }


@pytest.mark.parametrize("name", [name for name, _ in inside()])
def test_axe_finds_nothing_on_the_page_nor_in_its_dialogs(visiting: Visiting, name: str) -> None:
    admin = a_user(Role.ADMIN, username="ada", email="ada@shop.example", with_password=True)
    places = {key: str(value) for key, value in furnish(admin).items()} | {"number": "2"}
    route = re.sub(r"<\w+:(\w+)>", lambda place: places[place[1]], dict(inside())[name])
    page = visiting(admin, "/" + route, viewport=PHONE)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("document.querySelectorAll('vitrine-viewer').forEach((one) => one.remove())")
    found: dict[str, list[str]] = {}

    for scheme, rules in SCHEMES.items():
        wear(page, scheme)
        found[scheme] = faults(page, OURS + rules)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        for dialog in page.locator("dialog[id]").all():
            own = dialog.get_attribute("id")
            dialog.evaluate(SHOW)
            found[f"{scheme}, {own}"] = faults(page, f"'#{own}'{rules}")
            box = dialog.bounding_box()
            assert box is not None
            assert (box["x"] >= 0, box["x"] + box["width"] <= PHONE["width"]) == (True, True), own
            assert dialog.evaluate("one => one.scrollWidth <= one.clientWidth"), own
            dialog.evaluate("one => one.close()")
    for width in WIDER:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width

    assert {where: wrong for where, wrong in found.items() if wrong} == {}


def test_an_empty_console_has_no_violations(visiting: Visiting) -> None:
    page = visiting(Role.EDITOR, "/", viewport=PHONE)
    found: dict[str, list[str]] = {}

    for path in ("/", "/products/deleted", "/numbers", "/campaigns"):
        page.goto(path)
        for scheme, rules in SCHEMES.items():
            wear(page, scheme)
            found[f"{path} {scheme}"] = faults(page, OURS + rules)

    assert Product.objects.count() == 0
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("width", [1440, 820])
def test_nothing_that_has_the_focus_is_behind_the_bar(visiting: Visiting, width: int) -> None:
    product = a_product(tags=["oak"], variants=(Kind.WEB, Kind.MOBILE, Kind.IOS))
    page = visiting(Role.ADMIN, f"/products/{product.pk}", viewport={"width": width, "height": 600})
    page.evaluate("document.querySelectorAll('vitrine-viewer').forEach((one) => one.remove())")
    page.locator("main :is(a, button, input, select, textarea)").locator("visible=true").last.focus()
    reached = set()

    for _ in range(200):  # upwards, where the bar is in the way
        name, top, bar = page.evaluate("""() => {
          const one = document.activeElement, bar = document.querySelector(".top");
          const box = one.getBoundingClientRect();
          return [bar.contains(one) ? "" : one.outerHTML.slice(0, 80), box.top, bar.getBoundingClientRect().bottom];
        }""")
        if not name:
            break  # up in the bar
        reached.add(name)
        assert top >= bar, name
        page.keyboard.press("Shift+Tab")
    else:
        pytest.fail("the keyboard does not get up to the bar")

    assert len(reached) > 10
