"""A real Chromium before the real pages; a conftest.py takes `browser` and `visiting` from here."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.builders import a_user
from tests.viewer.sight import PATIENCE_MS
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.pipeline.studio import find_chromium
from vitrine.processing.live import STATION

Visiting = Callable[..., Page]

expect.set_options(timeout=PATIENCE_MS)

_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    named = django_settings.PIPELINE.chromium
    chromium = find_chromium(str(named) if named else None)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop of its own in this thread; Django must not take its tests for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        started = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        yield started
        started.close()


@pytest.fixture
def visiting(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Visiting]:
    """`visiting(Role.EDITOR, "/")`: the page as somebody with that role sees it; None is a stranger.

    At the end, nothing on it may have broken the Content Security Policy or thrown an error.
    """
    # The live server finds static files by their plain names only.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    pages: list[Page] = []
    faults: list[str] = []

    def visit(who: Role | User | None, path: str, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        if who is not None:
            context.add_cookies([a_session_of(who, live_server.url)])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(_WATCH)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path)
        pages.append(page)
        return page

    yield visit
    for page in pages:
        faults += page.evaluate("window.violations ?? []") if page.url.startswith("http") else []
        page.context.close()
    STATION.end()  # the server notices only later that nobody listens any more
    assert faults == []


def a_session_of(who: Role | User, url: str) -> Any:
    """The cookie of somebody who has logged in."""
    client = Client()
    client.force_login(who if isinstance(who, User) else a_user(who))
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
