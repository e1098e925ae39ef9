"""What axe finds wrong in the element."""

from playwright.sync_api import Page

from tests import axe
from tests.viewer.sight import ELEMENT, drawn


def faults(page: Page) -> list[str]:
    """By rule and markup, dark and light; half-drawn colours are weak ones, so all is drawn first."""
    found = []
    for scheme, rules in axe.SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        drawn(page)
        found += [f"{scheme}: {each}" for each in axe.faults(page, f"'{ELEMENT}'{rules}")]
    return found
