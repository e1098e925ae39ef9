"""/files/…: who gets a file, and how."""

import io
import re

import pytest
from django.test import Client

from tests.builders import a_product, a_user
from tests.storefront.fetching import DAY_S, address_of, fetched, kept_s
from vitrine.access import tokens
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Variant
from vitrine.pipeline.work import Format, Kind
from vitrine.storage.blobs import Key

pytestmark = pytest.mark.django_db


def test_a_published_file_is_anybody_s_and_kept_as_long_as_its_address_holds(client: Client) -> None:
    product = a_product()

    response = fetched(client, address_of(product))

    assert (response.status_code, response.content) == (200, f"model of {product.pk}".encode())
    sent = {name: response.headers[name] for name in ("Content-Type", "Content-Length")}
    assert sent == {
        "Content-Type": "model/gltf-binary",
        "Content-Length": str(product.shown_version.size),
    }
    assert DAY_S - 60 <= kept_s(response) < 2 * DAY_S


def test_pages_elsewhere_may_read_and_measure_it(client: Client) -> None:
    response = fetched(client, address_of(a_product()), Origin="https://shop.example")

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Timing-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == "inline"
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("logged_in", [False, True])
def test_a_public_answer_is_the_same_for_everybody(client: Client, logged_in: bool) -> None:
    if logged_in:
        client.force_login(a_user())

    response = fetched(client, address_of(a_product()))

    assert response.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in response.headers


def test_a_browser_may_ask_first_whether_it_may_ask_for_a_part(client: Client) -> None:
    response = fetched(client, address_of(a_product()), method="OPTIONS", Origin="https://shop.example")

    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response.headers["Access-Control-Allow-Headers"] == "If-None-Match, If-Range, Range"


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [(Kind.IOS, "model/vnd.usdz+zip"), (Kind.POSTER, "image/webp"), (Kind.WEB, "model/gltf-binary")],
)
def test_variants_have_their_exact_types(client: Client, kind: Kind, media_type: str) -> None:
    a_product(variants=(kind,))

    response = fetched(client, files.url_to_read(Variant.objects.get().key, "", public=True))

    assert response.headers["Content-Type"] == media_type


def test_a_part_is_a_part(client: Client) -> None:
    product = a_product()
    size = product.shown_version.size

    response = fetched(client, address_of(product), Range="bytes=6-7")

    assert (response.status_code, response.content) == (206, b"of")
    assert response.headers["Content-Range"] == f"bytes 6-7/{size}"
    assert response.headers["Content-Length"] == "2"


def test_a_part_beyond_the_end_is_416(client: Client) -> None:
    product = a_product()

    response = fetched(client, address_of(product), Range="bytes=1000-")

    assert (response.status_code, response.content) == (416, b"")
    assert response.headers["Content-Range"] == f"bytes */{product.shown_version.size}"
    assert response.headers["Cache-Control"] == "no-store"


def test_head_tells_all_and_sends_nothing(client: Client) -> None:
    product = a_product()

    response = fetched(client, address_of(product), method="HEAD")

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == str(product.shown_version.size)
    assert response.headers["Accept-Ranges"] == "bytes"


def test_who_has_it_already_gets_nothing_new(client: Client) -> None:
    address = address_of(a_product())
    etag = fetched(client, address).headers["ETag"]

    response = fetched(client, address, If_None_Match=etag)

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == etag
    assert kept_s(response) >= DAY_S - 60


def test_an_unpublished_file_is_not_there_for_strangers(client: Client) -> None:
    assert fetched(client, address_of(a_product(published=False))).status_code == 404


def test_staff_read_unpublished_files_and_nobody_keeps_them(client: Client) -> None:
    client.force_login(a_user(Role.VIEWER))

    response = fetched(client, address_of(a_product(published=False)))

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"


def test_withdrawing_takes_the_file_away_from_strangers(client: Client) -> None:
    product = a_product()
    product.withdraw()

    assert fetched(client, address_of(product)).status_code == 404


def test_a_deleted_product_s_files_are_nobody_s(client: Client) -> None:
    product = a_product()
    product.remove()
    client.force_login(a_user(Role.ADMIN))

    assert fetched(client, address_of(product)).status_code == 404


def test_bytes_that_are_gone_are_404(client: Client) -> None:
    product = a_product()
    files.store().delete(Key(product.shown_version.key))

    assert fetched(client, address_of(product)).status_code == 404


@pytest.mark.parametrize(
    "key",
    ["../secret_key", "models/../../secret_key", "%2e%2e%2fsecret_key", "incoming/x", "models/x/y.glb", "models//y.glb",
     "models/" + "0" * 36 + "/y.glb", "models/" + "-" * 36 + "/y.glb", "a%00b", "x" * 3000, ""],
)  # fmt: skip
def test_no_other_name_leads_anywhere(client: Client, key: str) -> None:
    client.force_login(a_user(Role.ADMIN))

    assert fetched(client, f"/files/{key}").status_code == 404


def test_a_file_of_another_product_is_not_reached_through_this_one(client: Client) -> None:
    shown, hidden = a_product(), a_product(published=False)
    name = hidden.shown_version.key.rpartition("/")[2]

    assert fetched(client, f"/files/models/{shown.pk}/{name}").status_code == 404


def test_files_cannot_be_written_here(client: Client) -> None:
    address = address_of(a_product())

    assert [client.post(address).status_code, client.delete(address).status_code] == [405, 405]


def test_a_token_reads_what_is_not_published(client: Client) -> None:
    product = a_product(published=False)
    token = tokens.begin(a_user(Role.VIEWER)).access

    answers = [
        fetched(client, address_of(product), Authorization=f"Bearer {given}") for given in (token, "x.y.z")
    ]

    assert [answer.status_code for answer in answers] == [200, 404]


@pytest.mark.parametrize("file_format", Format)
def test_whatever_was_uploaded_is_served_as_a_model_or_a_picture_and_never_run(
    client: Client, file_format: Format
) -> None:
    product, page = a_product(), b"<!doctype html><svg onload=alert(1)>"
    key = files.original_key(product.pk, "0" * 64, file_format)
    files.store().put(key, io.BytesIO(page), media_type=file_format.media_type)
    AssetVersion.objects.filter(product=product).update(key=key)

    response = fetched(client, files.url_to_read(key, "", public=True))

    assert (response.status_code, response.content) == (200, page)
    assert re.match(r"model/|image/webp$|application/(zip|octet-stream)$", response.headers["Content-Type"])
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
