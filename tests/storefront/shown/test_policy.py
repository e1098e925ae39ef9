"""The Content Security Policy: our own pages keep to it, a shop may be as strict as the guide, nobody else is asked."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browsing import Visiting
from tests.viewer.shop import serving
from tests.viewer.sight import until, wait_for
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.insight.models import Event

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GUIDE = Path(__file__).parents[3] / "docs" / "frontend.md"
_WATCH = """window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));"""


def strangers_asked(page: Page, *ours: str) -> list[str]:
    """Fills up with every address of another host that the page asks for."""
    asked: list[str] = []
    hosts = {urlsplit(url).netloc for url in ours}

    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc not in hosts:
            asked.append(url)

    page.on("request", lambda request: note(request.url))
    return asked


@pytest.mark.parametrize("path", ["/p/{id}", "/embed/{id}", "/", "/p/{id}/snippets", "/api/docs/"])
def test_our_own_pages_keep_to_their_policy_and_ask_nobody_else(
    visiting: Visiting, live_server: LiveServer, slab: Product, path: str
) -> None:
    page = visiting(Role.EDITOR, "/nothing")
    asked = strangers_asked(page, live_server.url)

    page.goto(path.replace("{id}", str(slab.pk)))
    if "{id}" in path and "snippets" not in path:
        wait_for(page, "full")
    page.wait_for_load_state("networkidle")

    assert page.evaluate("violations") == []
    assert asked == []


def documented(server: str) -> str:
    """The guide's policy for shops, for a Vitrine at `server`; the page's own style is the shop's own business."""
    section = GUIDE.read_text().split("## Content Security Policy")[1]
    policy = str(re.findall(r"```\n(.*?)```", section, re.DOTALL)[0]).replace("\n", " ")
    policy = policy.replace("https://assets.example.com", server)
    return "default-src 'none'; " + policy.replace("style-src", "style-src 'self'")


def test_a_shop_as_strict_as_the_guide_says_shows_it_and_is_counted(
    browser: Browser, live_server: LiveServer, slab: Product
) -> None:
    with serving() as shop:
        shop.element = f'<vitrine-viewer product="{slab.pk}"></vitrine-viewer>'
        shop.script_origin = live_server.url
        shop.csp = documented(live_server.url)
        page = browser.new_page()
        page.add_init_script(_WATCH)
        asked = strangers_asked(page, live_server.url, shop.address)
        page.goto(f"{shop.address}/")
        wait_for(page, "full")
        violations = page.evaluate("violations")
        page.goto("about:blank")
        until(page, lambda: Event.objects.count() >= 3)
        page.close()

    assert violations == []
    assert asked == []
    assert set(Event.objects.values_list("kind", flat=True)) == {"poster", "preview", "full"}
