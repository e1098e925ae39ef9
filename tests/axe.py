"""What axe-core finds wrong in a page, its shadow roots too."""

from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

_AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"

Scheme = Literal["light", "dark"]
SCHEMES: dict[Scheme, str] = {
    "dark": ", { runOnly: ['color-contrast', 'link-in-text-block'] }",
    "light": "",
}
"""What follows the place in `asked`: in the dark only the rules that depend on colours. Dark comes first since it takes
less long: what is seen for some seconds only is still there when all rules look at it."""


def faults(page: Page, asked: str = "") -> list[str]:
    """By rule and markup. `asked` is what axe.run() gets, in JavaScript: where to look, and how; all of it without."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text())
    found = page.evaluate(f"axe.run({asked})")
    return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found["violations"]]
