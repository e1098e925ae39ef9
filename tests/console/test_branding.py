"""How share pages name who shows the products: what is taken, what is shown."""

import io

import pytest
from django.test import Client
from PIL import Image

from tests.builders import a_product, a_user
from tests.conftest import Caller
from vitrine.access.audit import AuditEntry
from vitrine.access.roles import Role
from vitrine.catalog import branding
from vitrine.catalog.branding import Branding
from vitrine.catalog.colours import LEAST_CONTRAST, Accent, contrast
from vitrine.catalog.logos import MOST_BYTES

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def a_picture(kind: str = "PNG", size: tuple[int, int] = (1000, 100), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", size, (20, 90, 80, 128)).save(out, kind, **more)
    return out.getvalue()


def send_logo(client: object, content: bytes, media_type: str = "image/png") -> tuple[int, dict[str, object]]:
    response = client.put("/api/branding/logo/", content, content_type=media_type)  # type: ignore[attr-defined]  # APIClient
    return response.status_code, response.json()


def test_a_name_and_a_colour_are_shown_on_every_page_for_shoppers(calling: Caller, client: Client) -> None:
    product = a_product()

    body = calling(Role.ADMIN).patch("/api/branding/", {"name": "Haus <Nord>", "accent": "#FFD500"}).json()

    assert body["tones"]["light"]["contrast"] >= 4.5
    page, frame = client.get(f"/p/{product.pk}").text, client.get(f"/embed/{product.pk}").text
    assert "<span>Haus &lt;Nord&gt;</span>" in page
    for text in (page, frame, client.get("/embed/00000000-0000-0000-0000-000000000000").text):
        assert '<link rel="stylesheet" href="/branding/accent-ffd500.css">' in text
    style = client.get("/branding/accent-ffd500.css")
    assert f"--accent:{body['tones']['light']['colour']}" in style.text
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert AuditEntry.objects.get(action="branding.changed").details == {"changed": ["accent", "name"]}


def test_without_branding_the_pages_look_like_ours(client: Client) -> None:
    text = client.get(f"/p/{a_product().pk}").text

    assert "/branding/" not in text
    assert "share-brand" not in text


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [({"name": "x" * 61}, "/name"), ({"accent": "teal"}, "/accent"), ({"accent": "#12345g"}, "/accent"),
     ({"accent": "#1d5f56;}"}, "/accent"), ({"accent": "#1d5f56\n"}, "/accent")],
)  # fmt: skip
def test_what_is_no_name_or_colour_changes_nothing(
    calling: Caller, fields: dict[str, str], pointer: str
) -> None:
    branding.change(a_user(Role.ADMIN), name="Before", accent="#112233")

    response = calling(Role.ADMIN).patch("/api/branding/", fields)

    kept = Branding.current()
    assert (response.status_code, kept.name, kept.accent) == (
        (200, "Before", "#1d5f56") if fields == {"accent": "#1d5f56\n"} else (400, "Before", "#112233")
    )
    if response.status_code == 400:
        assert response.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#ffd500", "#1d5f56", "#7fcdbd", "#777777", "#ff0000", "#00f"]
)
def test_every_accent_can_be_read_on_light_and_dark(colour: str) -> None:
    colour = colour if len(colour) == 7 else "#0000ff"

    accent = Accent.of(colour)

    assert contrast(accent.light.colour, "#f4f1ec") >= LEAST_CONTRAST
    assert contrast(accent.dark.colour, "#1f1d1a") >= LEAST_CONTRAST
    for tone in (accent.light, accent.dark):
        assert contrast(tone.words, tone.colour) >= LEAST_CONTRAST


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_logo_is_written_anew_and_smaller(calling: Caller, client: Client, kind: str) -> None:
    sent = a_picture(kind, comment=b"secret", exif=b"Exif\x00\x00secret") if kind == "WEBP" else a_picture()
    status, body = send_logo(calling(Role.ADMIN), sent, f"image/{kind.lower()}")

    logo = body["logo"]
    assert isinstance(logo, dict)
    assert (status, logo["width_px"], logo["height_px"]) == (200, 640, 64)
    served = client.get(str(logo["url"]))
    assert (served.status_code, served.headers["Content-Type"]) == (200, "image/webp")
    assert b"secret" not in served.content
    assert Image.open(io.BytesIO(served.content)).getpixel((1, 1)) == pytest.approx((20, 90, 80, 128), abs=1)
    assert (
        f'<img class="share-logo" src="{logo["url"]}" width="640" height="64"'
        in client.get(f"/p/{a_product().pk}").text
    )


def test_a_logo_is_taken_away_again(calling: Caller, client: Client) -> None:
    admin = calling(Role.ADMIN)
    _, body = send_logo(admin, a_picture())

    assert admin.delete("/api/branding/logo/").status_code == 204

    assert client.get(body["logo"]["url"]).status_code == 404  # type: ignore[index]  # a logo
    assert admin.get("/api/branding/").json()["logo"] is None


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (SVG, "image/svg+xml", 415),
        (SVG, "image/png", 400),
        (b"", "image/png", 400),
        (a_picture()[:200], "image/png", 400),
        (a_picture("GIF"), "image/png", 400),
        (a_picture(size=(5000, 4000)), "image/png", 400),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MOST_BYTES, "image/png", 400),
    ],
)
def test_what_is_no_logo_is_refused_and_the_old_one_stays(
    calling: Caller, content: bytes, media_type: str, status: int
) -> None:
    admin = calling(Role.ADMIN)
    send_logo(admin, a_picture())
    before = Branding.current().logo_digest

    answered, body = send_logo(admin, content, media_type)

    assert (answered, bool(body["detail"])) == (status, True)
    assert Branding.current().logo_digest == before


@pytest.mark.parametrize("name", ["accent-12345.css", "accent-1D5F56.css", "logo-x.webp", "x"])
def test_other_names_are_not_there(client: Client, name: str) -> None:
    assert client.get(f"/branding/{name}").status_code == 404
