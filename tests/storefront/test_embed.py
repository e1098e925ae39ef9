"""/embed/{id}: published products, in anybody's frame, as the query wishes."""

import re
import uuid

import pytest
from django.test import Client

from tests.builders import a_product, a_user, file_address
from vitrine.access.roles import Role
from vitrine.pipeline.work import Kind

pytestmark = pytest.mark.django_db

NASTY = '"><script>alert(1)</script>{{ 7 }}'


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_published_product_fills_a_frame(client: Client, slash: str) -> None:
    product = a_product(name="Chair", variants=(Kind.POSTER,))

    response = client.get(f"/embed/{product.pk}{slash}")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=30, stale-while-revalidate=300"
    text = response.text
    assert "<title>Chair</title>" in text
    assert f'<vitrine-viewer product="{product.pk}" loading="visible">' in text
    assert f'<img slot="poster" src="{file_address(product, Kind.POSTER)}"' in text
    assert f'<link rel="canonical" href="http://testserver/p/{product.pk}">' in text


def test_any_page_may_frame_it_and_nothing_else_of_ours(client: Client) -> None:
    product = a_product()
    client.force_login(a_user(Role.ADMIN))
    paths = [
        f"/embed/{product.pk}",
        f"/p/{product.pk}",
        f"/p/{product.pk}/snippets",
        "/",
        "/login",
        "/api/docs/",
        "/nothing",
    ]

    answers = {path: client.get(path).headers for path in paths}

    framed = {path: headers.get("X-Frame-Options") for path, headers in answers.items()}
    ancestors = {
        path: re.findall(r"frame-ancestors ([^;]+)", headers["Content-Security-Policy"])
        for path, headers in answers.items()
    }
    assert framed.pop(paths[0]) is None
    assert set(framed.values()) == {"DENY"}
    assert ancestors.pop(paths[0]) == ["*"]
    assert [each for each in ancestors.values() if each != ["'none'"]] == []


def test_framing_is_all_that_its_policy_allows_more(client: Client) -> None:
    product = a_product()
    pages = [client.get(f"/{door}/{product.pk}") for door in ("embed", "p")]

    policies = [set(page.headers["Content-Security-Policy"].split("; ")) for page in pages]

    assert policies[0] ^ policies[1] == {"frame-ancestors *", "frame-ancestors 'none'"}


@pytest.mark.parametrize("published", [None, False])
def test_what_is_not_published_is_a_calm_word_in_the_frame_even_for_staff(
    client: Client, published: bool | None
) -> None:
    client.force_login(a_user(Role.ADMIN))
    product_id = uuid.uuid4() if published is None else a_product(published=False).pk

    response = client.get(f"/embed/{product_id}")

    assert response.status_code == 404
    assert "<h1>Nothing here</h1>" in response.text
    assert "X-Frame-Options" not in response.headers
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]


def test_it_is_the_same_for_everybody(client: Client) -> None:
    product = a_product()
    stranger = client.get(f"/embed/{product.pk}")
    client.force_login(a_user())

    staff = client.get(f"/embed/{product.pk}")

    assert staff.text == stranger.text
    assert "Cookie" not in staff.headers.get("Vary", "")
    assert not stranger.cookies


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("loading=eager", 'loading="eager"'),
        ("loading=interaction", 'loading="interaction"'),
        ("autoplay=1", 'loading="eager"'),
        ("autoplay=off", 'loading="interaction"'),
        ("autoplay=1&loading=visible", 'loading="visible"'),
        ("theme=dark", 'data-theme="dark"'),
        ("lang=pt-BR", '<html lang="pt-BR"'),
        ("background=f4f1ec", '<body bgcolor="#f4f1ec">'),
        ("background=%23abc", '<body bgcolor="#abc">'),
        ("background=transparent", '<body class="transparent">'),
        ("telemetry=off", 'loading="visible" telemetry="off"'),
        ("controls=off", "<main data-no-controls>"),
        ("ar=0", "<main data-no-ar>"),
        ("poster=off", "<main data-no-poster>"),
        ("controls=on&ar=1&poster=on&utm_source=mail", "<main>"),
    ],
)
def test_options_are_read_from_the_query(client: Client, query: str, part: str) -> None:
    product = a_product(variants=(Kind.POSTER,))

    text = client.get(f"/embed/{product.pk}?{query}").text

    assert part in text
    assert ("<img" in text) is ("poster=off" not in query)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("theme=pink", "theme is “pink”; it can be auto, light or dark."),
        ("background=red", "background is “red”; it can be transparent, or a colour"),
        ("background=f4f1ec;color:red", "background is “f4f1ec;color:red”"),
        ("lang=de%22", "lang is “de&quot;”; it can be a language tag"),
        ("loading=", "loading is “”; it can be visible, interaction or eager."),
        ("controls=%3Cscript%3E", "controls is “&lt;script&gt;”; it can be on or off."),
        ("theme=a&ar=b", "ar is “b”; it can be on or off. theme is “a”"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_named_with_what_it_can_be(client: Client, query: str, said: str) -> None:
    response = client.get(f"/embed/{a_product().pk}?{query}")

    assert response.status_code == 400
    assert said in response.text


def test_names_are_text(client: Client) -> None:
    product = a_product(name=NASTY, alt=NASTY, variants=(Kind.POSTER,))

    text = client.get(f"/embed/{product.pk}").text

    assert "<script>alert" not in text
    assert "<title>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 }}</title>" in text
