"""The settings' journeys by keyboard alone, and axe on every page; in a real browser."""

import re
import time

import pytest
from django.core import mail
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from tests.axe import SCHEMES, faults
from tests.browsing import Visiting
from tests.builders import PASSWORD, a_product, a_user
from tests.viewer.sight import until
from vitrine.access import one_time
from vitrine.access.models import ApiKey, User
from vitrine.access.roles import Role, Scope
from vitrine.catalog import branding
from vitrine.outreach import endpoints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str) -> None:
    """On to what is called so, as somebody without a mouse gets there; never more than once around the page."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")


def an_admin() -> User:
    return a_user(Role.ADMIN, username="ada", email="ada@shop.example", with_password=True)


def test_axe_finds_nothing_on_the_pages_without_a_login_in_a_loud_brand(visiting: Visiting) -> None:
    branding.change(an_admin(), name="Möbelhaus", accent="#ffd500")
    paths = ["login", "password/forgotten", "password/new", f"p/{a_product().pk}"]

    found: dict[str, list[str]] = {}
    for scheme, rules in SCHEMES.items():
        page = visiting(None, "/login", color_scheme=scheme, viewport={"width": 390, "height": 800})
        for path in paths:
            page.goto(f"/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") == 390, path
            found[f"{path} ({scheme})"] = faults(page, "document" + rules)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_somebody_is_invited_by_keyboard(visiting: Visiting) -> None:
    page = visiting(an_admin(), "/settings/people")

    tab_to(page, "Invite somebody…")
    press(page, "Enter")
    expect(page.get_by_label("Name to log in with")).to_be_focused()
    assert faults(page) == []
    page.keyboard.type("ada")
    press(page, "Tab")
    page.keyboard.type("grace@shop.example")
    press(page, "Enter")
    expect(page.get_by_label("Name to log in with")).to_be_focused()
    expect(page.get_by_role("alert").filter(has_text="somebody called 'ada' already")).to_be_visible()
    press(page, "Control+a")
    page.keyboard.type("grace")
    press(page, "Tab", "Tab", "ArrowUp", "Enter")

    expect(page.locator("#said")).to_have_text("The invitation is on its way.")
    expect(page.get_by_role("link", name="grace")).to_be_visible()
    expect(page.get_by_role("button", name="Invite somebody…")).to_be_focused()
    assert User.objects.get(username="grace").role == Role.VIEWER
    assert [letter.to for letter in mail.outbox] == [["grace@shop.example"]]


def test_a_key_is_made_shown_once_and_revoked_by_keyboard(visiting: Visiting) -> None:
    page = visiting(an_admin(), "/settings/keys")

    tab_to(page, "Make a key…")
    press(page, "Enter")
    page.keyboard.type("Shop sync")
    press(page, "Tab", "Space", "Enter")
    expect(page.get_by_role("alert").filter(has_text="at least")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Read products")).to_be_focused()
    assert ApiKey.objects.count() == 0
    press(page, "Tab", "Space", "Enter")
    secret = page.locator("#secret pre")
    expect(secret).to_have_text(re.compile("^vtr_"))
    expect(page.get_by_role("button", name="Copy")).to_be_focused()
    assert faults(page) == []
    shown = secret.text_content() or ""
    press(page, "Escape")
    expect(secret).to_be_visible()
    press(page, "Tab", "Enter")

    expect(page.get_by_role("button", name="Make a key…")).to_be_focused()
    expect(secret).to_have_text("")
    assert shown[12:] not in page.content()
    assert ApiKey.objects.get().scopes == [Scope.ASSETS_WRITE]
    tab_to(page, "Revoke… Shop sync")
    press(page, "Enter")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    press(page, "Tab", "Enter")
    expect(page.locator("#said")).to_have_text("The key counts no more.")
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    assert ApiKey.objects.get().revoked_at is not None


def test_a_second_factor_is_switched_on_and_off_by_keyboard(visiting: Visiting) -> None:
    person = an_admin()
    page = visiting(person, "/settings/account")

    tab_to(page, "Switch it on…")
    press(page, "Enter")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    assert page.locator("[data-fill=qr_code]").evaluate("image => image.naturalWidth") > 0
    assert faults(page) == []
    key = page.locator("[data-fill=secret]").text_content() or ""
    code = one_time.code_at(key, int(time.time() // one_time.STEP_S))
    page.keyboard.type("123")
    press(page, "Enter")
    expect(page.get_by_role("alert").filter(has_text="This code is not right")).to_be_visible()
    press(page, "Control+a")
    page.keyboard.type(code)
    press(page, "Enter")
    codes = page.locator("#secret pre")
    expect(codes).to_be_visible()
    kept = (codes.text_content() or "").split("\n")
    assert len(kept) == 10
    press(page, "Tab", "Enter")
    expect(page.get_by_role("button", name="New recovery codes…")).to_be_focused()
    assert User.objects.get(pk=person.pk).has_second_factor

    tab_to(page, "Switch it off…")
    press(page, "Enter")
    page.keyboard.type(kept[0])
    press(page, "Enter")

    expect(page.get_by_role("button", name="Switch it on…")).to_be_focused()
    assert not User.objects.get(pk=person.pk).has_second_factor


def test_a_password_is_changed_and_a_wrong_old_one_is_told_at_its_field(visiting: Visiting) -> None:
    page = visiting(an_admin(), "/settings/account")
    old, new = page.get_by_label("Your password now"), page.get_by_label("The new one")

    old.fill("wrong")
    new.fill("a better horse battery")
    press(page, "Enter")
    expect(old).to_be_focused()
    expect(old).to_have_accessible_error_message("This is not your password.")
    old.fill(PASSWORD)
    press(page, "Enter")

    expect(page.locator("#toast")).to_have_text("The password is changed. Every other login has ended.")
    assert User.objects.get(username="ada").check_password("a better horse battery")
    page.reload()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()


def test_a_webhook_is_added_tested_and_deleted(visiting: Visiting, settings: Settings) -> None:
    page = visiting(an_admin(), "/settings/webhooks")

    page.get_by_role("button", name="Add an endpoint…").click()
    page.get_by_label("Address").fill("http://8.8.8.8/hook")
    press(page, "Enter")
    expect(page.get_by_role("alert").filter(has_text="scheme")).to_be_visible()
    page.get_by_label("Address").fill("https://8.8.8.8/hook")
    page.get_by_label("What it is for").fill("Shop")
    press(page, "Enter")
    expect(page.locator("#secret pre")).to_have_text(re.compile("^whsec_"))
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("link", name="Shop").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator(".deliveries")).to_contain_text("ping")
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete", exact=True).click()

    expect(page.get_by_role("heading", name="Nobody is told yet")).to_be_visible()


def test_the_palette_goes_where_a_few_letters_say(visiting: Visiting) -> None:
    product = a_product(name="Café chair")
    a_product(name="Lamp")
    page = visiting(Role.VIEWER, "/")
    page.wait_for_load_state("load")
    before = page.evaluate("document.documentElement.scrollHeight")

    press(page, "Control+k")
    words = page.locator("#palette-words")
    expect(words).to_be_focused()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollHeight") == before
    expect(page.get_by_role("option", name="API keys")).to_have_count(0)
    page.keyboard.type("chair")
    option = page.get_by_role("option", name="Café chair")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(words).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    press(page, "Escape")
    expect(words).to_be_hidden()
    press(page, "?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    assert faults(page) == []
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_hidden()
    press(page, "/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    press(page, "Control+k")
    page.keyboard.type("your acc")
    expect(page.get_by_role("option", name="Your account")).to_have_attribute("aria-selected", "true")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.wait_for_load_state("load")  # its scripts listen from then on
    press(page, "Control+k")
    page.keyboard.type("chair")
    expect(option).to_have_attribute("aria-selected", "true")
    press(page, "Enter")

    page.wait_for_url(f"**/products/{product.pk}")


def test_without_scripts_the_settings_can_be_read(visiting: Visiting) -> None:
    page = visiting(an_admin(), "/settings/people", java_script_enabled=False)

    expect(page.get_by_role("link", name="ada")).to_have_count(2)
    expect(page.get_by_role("button", name="Invite somebody…")).to_be_hidden()
    assert "Changing something needs JavaScript on this page." in page.content()


def test_a_dialog_opened_while_the_page_looks_again_stays_open(visiting: Visiting) -> None:
    admin = an_admin()
    endpoint, _ = endpoints.make(by=admin, url="https://8.8.8.8/hook")
    endpoints.test(endpoint)
    page = visiting(admin, f"/settings/webhooks/{endpoint.pk}")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/settings/webhooks/{endpoint.pk}", hold)

    until(page, lambda: held)
    page.get_by_role("button", name="New secret…").click()
    held[0].continue_()
    page.wait_for_timeout(1_000)

    expect(page.get_by_role("dialog")).to_be_visible()
