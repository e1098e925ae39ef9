"""/files/…: what an address shows, whoever has it."""

import re
import time

import pytest
from django.test import Client
from pytest_django import Settings

from tests.builders import a_product, a_user
from tests.storefront.fetching import address_of, fetched
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.catalog.signatures import Audience

pytestmark = pytest.mark.django_db


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
    refused = fetched(client, address)

    assert (before, refused.status_code) == (200, 404)
    assert refused.headers["Cache-Control"] == "no-store"


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
