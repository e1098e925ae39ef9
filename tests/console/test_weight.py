"""What a browser fetches before the library and a product's page can be used, as it travels."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.builders import a_product, a_user
from vitrine.access.roles import Role
from vitrine.console.paging import FIRST_SIZE
from vitrine.console.templatetags.modules import imported_by
from vitrine.pipeline.engine import Engine
from vitrine.pipeline.packing import pack

pytestmark = pytest.mark.django_db

BUDGET_BYTES = 150_000
_NAMED = re.compile(
    r'<(?:link|script)[^>]* (?:href|src)="/static/([^"]+?)(?:\.[0-9a-f]{12})?(\.(?:js|css|svg))"'
)


def weight_of(page: bytes, packed_page: bytes, folder: Path) -> int:
    """The page, and all that it names and that this imports; neither pictures nor the viewer."""
    names = {name + ending for name, ending in _NAMED.findall(page.decode())}
    names |= {one for name in names for one in imported_by(name)}
    files = [Path(str(finders.find(name))) for name in names]
    packed = pack(Engine(), files, folder=folder)
    return len(packed_page) + sum(packed.get(file, file).stat().st_size for file in files)


def test_the_library_and_a_products_page_stay_within_their_budget(client: Client, tmp_path: Path) -> None:
    client.force_login(a_user(Role.ADMIN))
    products = [
        a_product(name=f"A chair with a name of usual length {number}") for number in range(FIRST_SIZE)
    ]

    for number, path in enumerate(("/", f"/products/{products[0].pk}")):
        page, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
        folder = tmp_path / str(number)
        folder.mkdir()

        assert packed.headers["Content-Encoding"] == "gzip"
        assert len(packed.content) < len(page.content) / 3
        assert page.content.count(b"modulepreload") > 10
        weight = weight_of(page.content, packed.content, folder)
        assert 30_000 < weight < BUDGET_BYTES, f"{path} weighs {weight:,} bytes"


def test_what_a_script_imports_is_found_at_any_depth_but_not_what_it_may_ask_for_later() -> None:
    imported = imported_by("console/product/product.js")

    assert "console/page.js" in imported
    assert "console/product/conflict.js" in imported
    assert "console/product/compare.js" not in imported
    assert all(finders.find(name) for name in imported)
