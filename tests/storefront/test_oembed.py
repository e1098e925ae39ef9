"""/oembed: how a page that was given a product's address shows it (https://oembed.com)."""

import html
import re
import uuid
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client

from tests.builders import a_product, a_user, file_address
from vitrine.access.roles import Role
from vitrine.catalog.models import Product, Variant
from vitrine.pipeline.work import Kind

pytestmark = pytest.mark.django_db

NASTY = '</iframe><script>alert("1")</script> & \x01 é'


def asked(client: Client, url: str, **query: Any) -> Any:
    return client.get("/oembed", {"url": url, **query})


def address_of(product: Product, *, door: str = "p", host: str = "testserver") -> str:
    return f"http://{host}/{door}/{product.pk}"


def pictured(**fields: Any) -> Product:
    product = a_product(variants=(Kind.POSTER, Kind.THUMBNAIL), **fields)
    for kind, size in ((Kind.POSTER, 1024), (Kind.THUMBNAIL, 512)):
        Variant.objects.filter(kind=kind).update(width_px=size, height_px=size)
    return product


@pytest.mark.parametrize("door", ["p", "embed"])
def test_an_address_becomes_a_frame(client: Client, door: str) -> None:
    product = pictured(name="Chair")

    response = asked(client, address_of(product, door=door))

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    said = response.json()
    assert (said["version"], said["type"], said["title"]) == ("1.0", "rich", "Chair")
    assert (said["width"], said["height"]) == (800, 600)
    assert said["html"].startswith(
        f'<iframe src="http://testserver/embed/{product.pk}" title="Chair" width="800" height="600"'
    )
    assert 'allow="xr-spatial-tracking; fullscreen' in said["html"]
    assert said["thumbnail_url"] == file_address(product, Kind.POSTER, "http://testserver")
    assert (said["thumbnail_width"], said["thumbnail_height"]) == (1024, 1024)


@pytest.mark.parametrize(
    ("room", "size", "picture"),
    [
        ({"maxwidth": 640}, (640, 600), "thumbnail"),
        ({"maxheight": 300}, (800, 300), None),
        ({"maxwidth": 2000, "maxheight": 2000}, (800, 600), "poster"),
        ({"maxwidth": 1, "maxheight": 1}, (1, 1), None),
    ],
)
def test_nothing_is_larger_than_there_is_room(
    client: Client, room: dict[str, int], size: tuple[int, int], picture: str | None
) -> None:
    said = asked(client, address_of(pictured()), **room).json()

    assert (said["width"], said["height"]) == size
    assert f'width="{size[0]}" height="{size[1]}"' in said["html"]
    if picture is None:
        assert not [name for name in said if name.startswith("thumbnail")]
    else:
        assert f"/{picture}-" in said["thumbnail_url"]


def test_xml_says_the_same_as_json(client: Client) -> None:
    address = address_of(pictured(name=NASTY))
    said = asked(client, address).json()

    response = asked(client, address, format="xml")

    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = fromstring(response.content)  # noqa: S314  # our own answer
    assert root.tag == "oembed"
    assert {one.tag: one.text for one in root} == {
        name: str(value).replace("\x01", "") for name, value in said.items()
    }


def test_names_are_text_in_every_form(client: Client) -> None:
    product = pictured(name=NASTY)

    said = asked(client, address_of(product)).json()

    assert said["title"] == NASTY
    assert "<script>" not in said["html"]
    title = re.findall(r'title="([^"]*)"', said["html"])
    assert [html.unescape(one) for one in title] == [NASTY]


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://[", "http://testserver/", "http://testserver/p/", "http://testserver/files/x",
     "http://evil.example/p/{id}", "ftp://testserver/p/{id}", "http://testserver/p/{id}/snippets", "http://testserver@evil.example/p/{id}",
     "//testserver/p/{id}",
     "http://testserver/p/00000000-0000-4000-8000-000000000000"],
)  # fmt: skip
def test_what_is_no_product_of_ours_is_404(client: Client, url: str) -> None:
    response = asked(client, url.replace("{id}", str(a_product().pk)))

    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert response.headers["Cache-Control"] == "no-store"


def test_an_unpublished_product_is_404_for_strangers_and_401_for_who_may_know_of_it(client: Client) -> None:
    address = address_of(a_product(published=False))

    stranger = asked(client, address)
    client.force_login(a_user(Role.VIEWER))

    assert (stranger.status_code, asked(client, address).status_code) == (404, 401)


def test_another_format_is_501_and_says_which_there_are(client: Client) -> None:
    response = asked(client, address_of(a_product()), format="yaml")

    assert (response.status_code, response.json()["code"]) == (501, "not-in-this-format")
    assert response.json()["detail"] == "We answer in json and xml, not in yaml."


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "wide", "100000", "٣"])
def test_a_room_that_is_none_is_named(client: Client, value: str) -> None:
    response = asked(client, address_of(a_product()), maxwidth=value)

    assert response.status_code == 400
    expected = f"maxwidth is {value}; it can be a whole number of pixels from 1 to 99999."
    assert response.json()["detail"] == expected


def test_a_product_page_leads_there(client: Client) -> None:
    product = a_product(name='A "chair"')

    text = client.get(f"/p/{product.pk}").text

    links = dict(re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', text))
    assert set(links) == {"application/json+oembed", "text/xml+oembed"}
    said = client.get(html.unescape(links["application/json+oembed"]).removeprefix("http://testserver"))
    assert said.json()["title"] == 'A "chair"'
    assert address_of(product) in unquote(links["text/xml+oembed"])


def test_a_page_that_is_not_public_leads_nowhere(client: Client) -> None:
    client.force_login(a_user())
    product = a_product(published=False)

    assert "oembed" not in client.get(f"/p/{product.pk}").text
    assert asked(client, f"http://testserver/p/{uuid.uuid4()}").status_code == 404
