"""/files/…: who gets a file, and how."""

import io
import re
import time
from collections.abc import Iterable
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings
from rest_framework_simplejwt.tokens import AccessToken

from tests.builders import a_product, a_user
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.catalog.signatures import Audience
from vitrine.pipeline.work import Format, Kind
from vitrine.storage.blobs import Key
from vitrine.storefront.encodings import takes_brotli

pytestmark = pytest.mark.django_db

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
    token = str(AccessToken.for_user(a_user(Role.VIEWER)))

    answers = [
        fetched(client, address_of(product), Authorization=f"Bearer {given}") for given in (token, "x.y.z")
    ]

    assert [answer.status_code for answer in answers] == [200, 404]


def signed(product: Product, audience: Audience, *, expires_in_s: float = 60) -> str:
    key, expires = product.shown_version.key, int(time.time() + expires_in_s)
    return f"/files/{files.key_ring().signed(key, audience=audience, expires=expires)}"


def plain(product: Product) -> str:
    return f"/files/{product.shown_version.key}"


def test_an_address_without_a_signature_shows_strangers_nothing_and_nobody_keeps_it(client: Client) -> None:
    product = a_product()
    stranger = fetched(client, plain(product))
    client.force_login(a_user(Role.VIEWER))

    staff = fetched(client, plain(product))

    assert (stranger.status_code, staff.status_code) == (404, 200)
    assert staff.headers["Cache-Control"] == "private, no-store"


def test_plain_addresses_of_published_files_can_be_chosen_and_are_kept_for_ever(
    client: Client, settings: Settings
) -> None:
    settings.FILE_URLS = "plain"
    product = a_product()

    response = fetched(client, files.url_to_read(product.shown_version.key, "", public=True))

    assert files.url_to_read(product.shown_version.key, "", public=True) == plain(product)
    assert (response.status_code, response.headers["Cache-Control"]) == (
        200,
        "public, max-age=31536000, immutable",
    )


def test_plain_addresses_show_nothing_that_is_not_published(client: Client, settings: Settings) -> None:
    settings.FILE_URLS = "plain"
    hidden = a_product(published=False)
    address = files.url_to_read(hidden.shown_version.key, "", public=False)

    assert fetched(client, plain(hidden)).status_code == 404
    assert fetched(client, address).status_code == 200
    assert address != plain(hidden)


def test_a_viewer_that_sends_no_header_sees_what_is_not_published_by_a_staff_address(client: Client) -> None:
    product = a_product(published=False)

    response = fetched(client, signed(product, Audience.STAFF))

    assert (response.status_code, response.content) == (200, f"model of {product.pk}".encode())
    assert response.headers["Cache-Control"] == "private, no-store"


def test_the_address_a_stranger_once_got_shows_nothing_that_was_withdrawn(client: Client) -> None:
    product = a_product()
    address = address_of(product)
    before = fetched(client, address).status_code
    product.withdraw()

    assert (before, fetched(client, address).status_code) == (200, 404)


@pytest.mark.parametrize("audience", Audience)
def test_no_address_shows_a_deleted_product(client: Client, audience: Audience) -> None:
    product = a_product()
    product.remove()

    assert fetched(client, signed(product, audience)).status_code == 404


@pytest.mark.parametrize("logged_in", [False, True])
def test_an_address_that_ran_out_shows_nothing(client: Client, logged_in: bool) -> None:
    if logged_in:
        client.force_login(a_user(Role.ADMIN))

    assert fetched(client, signed(a_product(), Audience.PUBLIC, expires_in_s=-1)).status_code == 404


@pytest.mark.parametrize("audience", Audience)
def test_a_signature_is_good_for_its_own_file_only(client: Client, audience: Audience) -> None:
    own, other = a_product(), a_product(published=audience is Audience.PUBLIC)
    address = signed(own, audience).replace(own.shown_version.key, other.shown_version.key)

    assert fetched(client, address).status_code == 404


@pytest.mark.parametrize(
    "key",
    ["incoming/x", "models/../../secret_key", "models/" + "0" * 36 + "/y.glb", "../secret_key", "check/x"],
)
def test_a_signature_leads_to_models_only(client: Client, key: str) -> None:
    path = files.key_ring().signed(key, audience=Audience.STAFF, expires=int(time.time()) + 60)

    assert fetched(client, f"/files/{path}").status_code == 404


def test_an_answer_tells_what_took_how_long(client: Client) -> None:
    response = fetched(client, address_of(a_product()))

    assert re.fullmatch(r"leave;dur=[0-9.]+, store;dur=[0-9.]+", response.headers["Server-Timing"])


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


def guesses(address: str) -> list[str]:
    """Addresses as somebody makes them up who has seen one."""
    segment, key = address.removeprefix("/files/").split("/", 1)
    key_id, told, mac = segment.split(".")
    flipped = ("B" if mac[0] == "A" else "A") + mac[1:]
    later = f"{told[0]}{int(told[1:]) + 86_400}"
    return [
        f"/files/{key_id}.{told}.{flipped}/{key}",
        f"/files/{key_id}.{later}.{mac}/{key}",
        f"/files/{key_id}.s{told[1:]}.{mac}/{key}",
        f"/files/00000000.{told}.{mac}/{key}",
        f"/files/{segment}/../{segment}/{key}",
        f"/files/{segment}/{segment}/{key}",
        f"/files/{segment}//{key}",
        f"/files/{segment}/{key}/",
        f"/files/{segment}/{key}%00.glb",
        f"/files/{segment}%2F{key}x",
        f"/files/{segment}",
    ]


def test_no_address_that_was_made_up_shows_anything(client: Client) -> None:
    hidden = a_product(published=False)
    addresses = guesses(signed(a_product(), Audience.PUBLIC)) + guesses(signed(hidden, Audience.PUBLIC))

    answers = [fetched(client, address) for address in addresses]

    assert [answer.status_code for answer in answers] == [404] * len(addresses)
    assert not any(b"model of" in answer.content for answer in answers)
