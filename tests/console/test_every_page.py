"""axe on every page of the console, light and dark, with each of its dialogs open; none is wider than its window."""

import re
from pathlib import Path
from typing import Literal
from uuid import UUID

import pytest
from django.urls import URLPattern
from playwright.sync_api import Page, expect

from tests.api.test_versions import next_version
from tests.browsing import Visiting
from tests.builders import a_key, a_product, a_user
from tests.console.test_numbers import visits
from vitrine.access.models import User
from vitrine.access.roles import Role, Scope
from vitrine.catalog.models import Product
from vitrine.console import urls
from vitrine.console.settings.urls import urlpatterns as settings_routes
from vitrine.outreach import endpoints
from vitrine.pipeline.work import Kind
from vitrine.processing import campaigns
from vitrine.processing.intake import Wishes
from vitrine.processing.models import Campaign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
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
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE = {"width": 390, "height": 844}
WIDER = (600, 820, 1440)
LONG = "Sesselkissenbezugsstoffmusterkollektion " * 4
RULES = "{ exclude: ['vitrine-viewer', 'model-viewer'] }"  # they have a sweep of their own


# Where scripts write a dialog's title, something stands for it.
SHOW = """one => {
  for (const title of one.querySelectorAll("h2:empty")) title.textContent = "Title";
  one.showModal();
}"""


def wear(page: Page, scheme: Literal["light", "dark"]) -> None:
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


def violations(page: Page, of: str = RULES) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(f"axe.run({of})")
    return [f"{each['id']}: {[node['html'][:200] for node in each['nodes']]}" for each in found["violations"]]


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
    person = a_user(username="grace", email="grace@shop.example")
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

    for scheme in SCHEMES:
        wear(page, scheme)
        found[scheme] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        for dialog in page.locator("dialog[id]").all():
            own = dialog.get_attribute("id")
            dialog.evaluate(SHOW)
            found[f"{scheme}, {own}"] = violations(page, f"'#{own}'")
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
        for scheme in SCHEMES:
            wear(page, scheme)
            found[f"{path} {scheme}"] = violations(page)

    assert Product.objects.count() == 0
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
