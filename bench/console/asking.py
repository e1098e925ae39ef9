"""What the library and a product's page ask of the server at 50,000 products: one request at a time, beside a page with
nothing on it.
"""

import http.client
import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from bench.doors.serving import Held, Server

PRODUCTS = 50_000
EMPTY = "an empty page"
LONGEST_MS = 100
_ROUNDS, _IN_A_ROUND = 5, 10
_SORTS = ("created_at", "-updated_at", "name", "-name", "-size", "size")
_FILTERS = {
    "shown to shoppers": "published=true",
    "not shown": "published=false",
    "ready": "status=ready",
    "failed": "status=failed",
    "format": "format=glb",
    "at least 1 MB": "size_min=1000000",
    "at most 500 kB": "size_max=500000",
    "tag": "tags=antique",
    "metadata": "metadata.sku=S-777",
    "three at once": "published=true&size_max=10000000&tags=office",
}
_VIEW = "published=true&tags=garden&ordering=name"


@dataclass(slots=True)
class Asked:
    """`ms` of each request; CPU seconds of all of them, of the web server and of PostgreSQL and Valkey together."""

    what: str
    ms: list[float] = field(default_factory=list)
    web_cpu_s: float = 0.0
    data_cpu_s: float = 0.0

    @property
    def median_ms(self) -> float:
        return statistics.median(self.ms)

    @property
    def p95_ms(self) -> float:
        return sorted(self.ms)[int(0.95 * len(self.ms))]

    @property
    def web_cpu_ms(self) -> float:
        return 1000 * self.web_cpu_s / len(self.ms)

    @property
    def data_cpu_ms(self) -> float:
        return 1000 * self.data_cpu_s / len(self.ms)

    @property
    def cpu_ms(self) -> float:
        return self.web_cpu_ms + self.data_cpu_ms


def ask(base: Held, server: Server, *, rounds: int = _ROUNDS) -> list[Asked]:
    """The kinds take turns, so that a busy minute is nobody's alone; the empty page comes first."""
    questions = _questions(base, server)
    found = {what: Asked(what) for what in questions}
    for round_ in range(rounds + 1):  # the first one warms
        for what, path in questions.items():
            asked = found[what] if round_ else Asked(what)
            web, data = server.cpu_s, base.cpu_s
            for _ in range(_IN_A_ROUND):
                began = time.perf_counter()
                get(server, base.session, path)
                asked.ms.append(1000 * (time.perf_counter() - began))
            asked.web_cpu_s += server.cpu_s - web
            asked.data_cpu_s += base.cpu_s - data
    return list(found.values())


def _questions(base: Held, server: Server) -> Mapping[str, str]:
    first = get(server, base.session, "/")
    cursor = _in_page(first, r'data-next="([^"]+)"')
    cards = re.findall(r'data-product="([^"]+)"', first)
    product = base.ids[0]
    return {
        EMPTY: "/campaigns",
        "the library, first page": "/",
        "next page": f"/products/page?cursor={quote(cursor)}",
        "search, common word": "/products/list?q=chair",
        "search, two words": "/products/list?q=oak+chair",
        "search, rare word": "/products/list?q=Griba",
        "search, a word that nobody has": "/products/list?q=zzyzx",
        **{f"filter: {what}": f"/products/list?{query}" for what, query in _FILTERS.items()},
        **{f"order: {order}": f"/products/list?ordering={order}" for order in _SORTS},
        "common word by name": "/products/list?q=chair&ordering=name",
        "tags offered": "/products/tags",
        "select all that were found": "/products/matching",
        "select all with a common word": "/products/matching?q=chair",
        "cards anew, 30": f"/products/cards?ids={','.join(cards)}",
        "a saved view": f"/products/list?{_VIEW}",
        "a product's page": f"/products/{product}",
        "a product's activity": f"/products/{product}/changes",
    }


def get(server: Server, session: str, path: str) -> str:
    """A page. AssertionError for anything but a 200."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    try:
        connection.request("GET", path, headers={"Cookie": session, "Accept-Language": "en"})
        response = connection.getresponse()
        text = response.read().decode()
        assert response.status == 200, f"{path} answered {response.status}"
        return text
    finally:
        connection.close()


def _in_page(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    assert found is not None, f"the library has no {pattern}"
    return found[1]
