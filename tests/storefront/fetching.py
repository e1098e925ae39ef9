"""Files, fetched as a browser does."""

import re
from collections.abc import Iterable
from typing import cast

from django.http import HttpResponse
from django.test import Client

from vitrine.catalog import files
from vitrine.catalog.models import Product

DAY_S = 86_400


def fetched(client: Client, address: str, *, method: str = "GET", **headers: str) -> HttpResponse:
    """The whole answer, as a server would send it."""
    response = client.generic(
        method, address, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    content = b"".join(cast(Iterable[bytes], response))
    return HttpResponse(content, status=response.status_code, headers=response.headers)


def address_of(product: Product) -> str:
    return files.url_to_read(product.shown_version.key, "", public=True)


def kept_s(response: HttpResponse) -> int:
    """How long anybody may keep it."""
    found = re.fullmatch(r"public, max-age=([0-9]+), immutable", response.headers["Cache-Control"])
    assert found is not None
    return int(found[1])
