"""What shops ask of us: for each view of a product page what comes through caches, and what the people behind it do.

The shares are assumptions, said here and nowhere else; docs/scale.md shows them.
"""

import json
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

READ_KEPT = 0.4
"""Of the reads of a product, those that a browser or the CDN answers by itself: an answer may be kept for 30 s."""
READ_KNOWN = 0.2
"""Those that ask with the ETag of an answer they have, and are told 304."""
FILE_MISSED = 0.05
"""Of a view's three files, those that the CDN does not hold; deploy/aws counts the same share."""
API_READS, CONSOLE_PAGES, UPLOADS = 20, 2, 1
"""For a thousand views: a shop's own servers by token, merchandisers in the console, new models."""
FILES = ("poster", "preview", "web")
EVENTS_A_VIEW = 5
SHOWN_FIRST = 0.3
"""The power by which some products are seen more: of a thousand, the first hundred get half of the views."""


class Kind(StrEnum):
    READ = "read"
    KNOWN = "304"
    FILE = "file"
    EVENTS = "events"
    API = "API"
    CONSOLE = "console"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Request:
    kind: Kind
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    good: int = 200
    """The status that is no error."""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"


@dataclass(frozen=True, slots=True)
class Shown:
    """A product as a shopper's browser knows it. `files`: paths by FILES."""

    id: str
    etag: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shops:
    """`token` is an admin's for the API, `session` a cookie for the console, `model` what is uploaded."""

    products: Sequence[Shown]
    token: str
    session: str
    model: bytes
    chance: random.Random

    def view(self) -> Iterator[Request]:
        """Of one page view, in the order in which a page asks; and now and then what others do meanwhile."""
        product = self.products[int(len(self.products) * self.chance.random() ** (1 / SHOWN_FIRST))]
        yield from self._read(product)
        for file in FILES:
            if file in product.files and self.chance.random() < FILE_MISSED:
                yield Request(Kind.FILE, product.files[file], {"Accept-Encoding": "br"})
        sent = json.dumps(a_view_of(product.id, self.chance)).encode()
        yield Request(Kind.EVENTS, "/api/events/", {"Content-Type": "text/plain"}, sent, good=202)
        yield from self._others(product)

    def _read(self, product: Shown) -> Iterator[Request]:
        path, luck = f"/api/assets/3d/{product.id}/", self.chance.random()
        if luck < READ_KEPT:
            return
        if luck < READ_KEPT + READ_KNOWN:
            yield Request(Kind.KNOWN, path, {"If-None-Match": product.etag}, good=304)
        else:
            yield Request(Kind.READ, path)

    def _others(self, product: Shown) -> Iterator[Request]:
        """Each by its own dice, so that a thousand views have so many of them in the mean."""
        login = {"Authorization": f"Bearer {self.token}"}
        if self.chance.random() < API_READS / 1000:
            path = self.chance.choice([f"/api/assets/3d/{product.id}/", "/api/assets/3d/?q=chair"])
            yield Request(Kind.API, path, login)
        if self.chance.random() < CONSOLE_PAGES / 1000:
            path = self.chance.choice(["/", f"/products/{product.id}"])
            yield Request(Kind.CONSOLE, path, {"Cookie": self.session})
        if self.chance.random() < UPLOADS / 1000:
            kind, body = a_form(self.model)
            yield Request(Kind.UPLOAD, "/api/assets/3d/", login | {"Content-Type": kind}, body, good=201)


def a_view_of(product: str, chance: random.Random) -> dict[str, object]:
    """What the element tells of one page view, in one batch: EVENTS_A_VIEW events."""
    file = {"cache": "miss", "file_ms": 300, "wire_bytes": 90_000, "bytes": 120_000}
    told: list[dict[str, object]] = [
        {"kind": "poster", "ms": chance.randint(50, 900)},
        {"kind": "preview", "ms": chance.randint(300, 3_000), "variant": "preview", **file},
        {"kind": "full", "ms": chance.randint(500, 9_000), "variant": "web", **file},
        {"kind": "interaction", "action": "rotate", "count": 3},
        {"kind": "interaction", "action": "zoom", "count": 2},
    ]
    return {
        "view": uuid.UUID(int=chance.getrandbits(128), version=4).hex,
        "batch": uuid.UUID(int=chance.getrandbits(128), version=4).hex,
        "device": chance.choice(["phone", "phone", "desktop"]),
        "network": "4g",
        "events": [{"product": product, "version": 2, "age_ms": 4_000} | one for one in told],
    }


def a_form(model: bytes) -> tuple[str, bytes]:
    """The media type and the body of an upload."""
    edge = uuid.uuid4().hex
    part = f'--{edge}\r\nContent-Disposition: form-data; name="name"\r\n\r\nOf the bench\r\n'
    head = f'--{edge}\r\nContent-Disposition: form-data; name="model_file"; filename="ball.glb"\r\n\r\n'
    body = part.encode() + head.encode() + model + f"\r\n--{edge}--\r\n".encode()
    return f"multipart/form-data; boundary={edge}", body
