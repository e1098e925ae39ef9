"""/files/…: files packed with brotli, for who takes them."""

import io
import time

import pytest
from django.test import Client

from tests.builders import a_product
from tests.storefront.fetching import address_of, fetched
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.catalog.signatures import Audience
from vitrine.storefront.encodings import takes_brotli

pytestmark = pytest.mark.django_db


PACKED = b"as if by brotli"
TAKES = {"Accept_Encoding": "gzip, deflate, br, zstd"}


def a_packed_product() -> Product:
    product = a_product()
    key = files.packed_key(product.shown_version.key)
    files.store().put(key, io.BytesIO(PACKED), media_type="model/gltf-binary")
    return product


def test_who_takes_brotli_gets_the_packed_file_under_an_etag_of_its_own(client: Client) -> None:
    product = a_packed_product()

    plain_one = fetched(client, address_of(product))
    packed_one = fetched(client, address_of(product), **TAKES)

    assert (plain_one.content, packed_one.content) == (f"model of {product.pk}".encode(), PACKED)
    assert plain_one.headers["ETag"] != packed_one.headers["ETag"]
    assert "Content-Encoding" not in plain_one.headers
    assert (packed_one.headers["Content-Encoding"], packed_one.headers["Content-Length"]) == ("br", "15")
    assert [one.headers["Vary"] for one in (plain_one, packed_one)] == ["Accept-Encoding"] * 2
    assert packed_one.headers["Content-Type"] == "model/gltf-binary"
    assert packed_one.headers["Cache-Control"] == plain_one.headers["Cache-Control"]


def test_who_has_the_packed_file_gets_nothing_new(client: Client) -> None:
    address = address_of(a_packed_product())
    etag = fetched(client, address, **TAKES).headers["ETag"]

    answers = [fetched(client, address, If_None_Match=etag, **takes) for takes in (TAKES, {})]

    assert [answer.status_code for answer in answers] == [304, 200]


def test_a_part_is_one_of_the_plain_file_whatever_is_taken(client: Client) -> None:
    product = a_packed_product()
    etag = fetched(client, address_of(product), **TAKES).headers["ETag"]

    part = fetched(client, address_of(product), Range="bytes=6-7", **TAKES)
    resumed = fetched(client, address_of(product), Range="bytes=6-", If_Range=etag, **TAKES)

    assert (part.status_code, part.content) == (206, b"of")
    assert "Content-Encoding" not in part.headers
    assert (resumed.status_code, resumed.content) == (200, f"model of {product.pk}".encode())


def test_the_packed_file_says_that_it_gives_no_parts(client: Client) -> None:
    address = address_of(a_packed_product())

    assert fetched(client, address, **TAKES).headers["Accept-Ranges"] == "none"
    assert fetched(client, address).headers["Accept-Ranges"] == "bytes"


def test_head_tells_of_the_packed_file_what_get_would_send(client: Client) -> None:
    response = fetched(client, address_of(a_packed_product()), method="HEAD", **TAKES)

    assert (response.content, response.headers["Content-Length"]) == (b"", "15")
    assert response.headers["Content-Encoding"] == "br"


def test_a_file_that_does_not_shrink_comes_as_it_is(client: Client) -> None:
    product = a_product()

    response = fetched(client, address_of(product), **TAKES)

    assert response.content == f"model of {product.pk}".encode()
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("audience", Audience)
def test_a_packed_file_has_no_address_of_its_own(client: Client, audience: Audience) -> None:
    key = files.packed_key(a_packed_product().shown_version.key)
    path = files.key_ring().signed(key, audience=audience, expires=int(time.time()) + 60)

    assert fetched(client, f"/files/{path}").status_code == 404


@pytest.mark.parametrize(
    ("accept_encoding", "takes"),
    [("br", True), ("gzip, br;q=0.5", True), ("BR", True), ("*", True), ("gzip, deflate", False), ("", False),
     ("br;q=0", False), ("br;q=0.000, *", False), ("*;q=0", False), ("brotli", False), ("br;x", False),
     ("br ; q=1", True), ("identity;q=1, *;q=0", False)],
)  # fmt: skip
def test_only_who_says_so_takes_brotli(accept_encoding: str, takes: bool) -> None:
    assert takes_brotli(accept_encoding) is takes
