"""The console by keys alone, against a whole service whose own worker cooks: upload, campaign, publish, roll back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.gltf_builders import a_plain_ball
from tests.journey.service import PASSWORD, Service
from tests.viewer.sight import PATIENCE_MS

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(900)]  # four models are cooked

COOKED_MS = 400_000
MOST_TABS = 150
BALLS = ("Red ball", "Round ball")


@pytest.fixture(scope="module")
def service(open_folder: Path) -> Iterator[Service]:
    with Service(open_folder) as running:
        yield running


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """The pointer is taken away: only what keys reach counts."""
    context = browser.new_context(base_url=service.url, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    # From the start: what is asked for later may be too late for a key.
    page.on("filechooser", lambda _: None)
    yield page
    context.close()


def go_to(page: Page, there: Locator) -> None:
    """By Tab, as often as it takes; what has the focus can be seen."""
    expect(there).to_be_visible()
    for _ in range(MOST_TABS):
        if there.evaluate("one => one === document.activeElement"):
            expect(there).to_be_in_viewport()
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {there}")


def press(page: Page, there: Locator, key: str = "Enter") -> None:
    go_to(page, there)
    page.keyboard.press(key)


def shown(service: Service, name: str) -> int:
    """The number of the version that shoppers get."""
    products = service.call("GET", "/api/assets/3d/").json()["results"]
    return next(int(product["version"]) for product in products if product["name"] == name)


def test_from_the_login_to_a_campaign_and_back_by_keys_alone(
    page: Page, service: Service, tmp_path: Path
) -> None:
    models = {"red-ball.glb": a_plain_ball().bytes(), "round-ball.glb": a_plain_ball(rings=6).bytes()}
    for name, content in models.items():
        (tmp_path / name).write_bytes(content)
    page.goto("/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{service.url}/")

    _upload(page, [tmp_path / name for name in models])
    _make_a_campaign(page)
    _decide(page, service)
    _publish_and_roll_back(page, service)


def _upload(page: Page, models: list[Path]) -> None:
    go_to(page, page.get_by_role("button", name="Upload models"))
    with page.expect_file_chooser() as asked:  # the window that follows is the system's own
        page.keyboard.press("Enter")
    asked.value.set_files(models)
    sheet = page.get_by_role("dialog", name="Upload 2 models")
    expect(sheet.get_by_label("Name", exact=True).first).to_be_focused()
    page.keyboard.press("Enter")
    tray = page.get_by_role("region", name="Uploads")
    for name in BALLS:
        line = tray.get_by_role("listitem").filter(has_text=name)
        expect(line).to_contain_text("Ready", timeout=COOKED_MS)
        expect(page.get_by_role("switch", name=f"Published: {name}")).to_be_checked()


def _make_a_campaign(page: Page) -> None:
    press(page, page.get_by_role("checkbox", name="Select Red ball"), "Space")
    press(page, page.get_by_role("checkbox", name="Select Round ball"), "Space")
    selected = page.get_by_role("region", name="Selected products")
    press(page, selected.get_by_role("button", name="Optimize again"))
    sheet = page.get_by_role("dialog", name="Optimize 2 products")
    go_to(page, sheet.get_by_label("Balanced"))
    page.keyboard.press("ArrowDown")
    expect(sheet.get_by_label("Smallest")).to_be_checked()
    go_to(page, sheet.get_by_label("Name of the campaign"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Slow phones")
    press(page, sheet.get_by_role("button", name="Begin the campaign"))
    expect(page.get_by_role("heading", name="Slow phones")).to_be_visible()


def _decide(page: Page, service: Service) -> None:
    for name in BALLS:
        expect(page.get_by_role("button", name=f"Promote {name}")).to_be_visible(timeout=COOKED_MS)
    expect(page.locator(".sums")).to_contain_text(re.compile(r"Lowest likeness \(SSIM\)\s*(0\.9\d\d|1\.000)"))
    assert [shown(service, name) for name in BALLS] == [2, 2]

    press(page, page.get_by_role("button", name="Promote Red ball"))
    expect(page.get_by_role("button", name="Roll Red ball back")).to_be_focused()
    press(page, page.get_by_role("button", name="Drop Round ball"))
    expect(page.get_by_role("button", name="Roll Round ball back")).to_be_focused()
    assert [shown(service, name) for name in BALLS] == [3, 2]

    press(page, page.get_by_role("button", name="Roll Red ball back"))
    expect(page.get_by_role("button", name="Promote Red ball")).to_be_focused()
    assert shown(service, "Red ball") == 2


def _publish_and_roll_back(page: Page, service: Service) -> None:
    page.keyboard.press("Control+K")
    page.keyboard.type("Products")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name="Red ball", exact=True))
    page.wait_for_url("**/products/*-*")

    press(page, page.get_by_role("button", name="Publish version 3"))
    expect(page.get_by_role("button", name="Write a note on version 3")).to_be_focused()
    assert shown(service, "Red ball") == 3
    press(page, page.get_by_role("button", name="Roll back to this version 2"))
    expect(page.get_by_role("button", name="Write a note on version 2")).to_be_focused()
    assert shown(service, "Red ball") == 2

    published = page.get_by_role("switch", name="Published")
    press(page, published)
    expect(published).not_to_be_checked()
    expect(published).to_be_focused()
    page.keyboard.press("Enter")
    expect(published).to_be_checked()
