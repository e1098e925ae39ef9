"""A product's page as the server writes it: what works without scripts."""

from typing import Any

import pytest
from django.test import Client

from tests.api.test_versions import next_version
from tests.builders import a_product, a_user, file_address
from vitrine.access.roles import Role
from vitrine.catalog import publishing
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.console.product_report import Account, placement_words
from vitrine.console.product_size import Drawing, side_words
from vitrine.pipeline.channels import TERMS
from vitrine.pipeline.work import Kind
from vitrine.processing.models import Job

pytestmark = pytest.mark.django_db

PROOF = {"ssim": 0.9912, "worst_ssim": 0.97, "bound": 0.98, "views": [{}] * 7, "passed": True}


def a_rule(name: str, limit: Any, found: Any, *, ok: bool, level: str = "limit") -> dict[str, Any]:
    compared = {"found": found, "ok": ok}
    return {
        "name": name,
        "words": {"bytes": "file size", "triangles": "triangles"}[name],
        "level": level,
        "compare": "at_most",
        "limit": limit,
        "unit": name,
        "original": compared,
        "ours": compared,
        "source": {"title": "The rules", "url": "https://rules.example/"},
        "date": "2026-11-23",
        "advice": "Simplify the mesh.",
    }


def a_report() -> dict[str, Any]:
    return {
        "source": {"triangles": 127_032, "textures": 9, "texture_max_px": 2048},
        "notices": [
            {"code": "usdz-dropped", "detail": "Clear coat is left out of the USDZ: Lacquer."},
            {"code": "usdz-emulated", "detail": "Transmission is imitated: Glass."},
            {"code": "repaired", "detail": "Normals were made one long."},
        ],
        "channels": [
            {
                "channel": "a",
                "title": "Strict shop",
                "judged_on": "mobile",
                "verdict": "fail",
                "file": None,
                "rules": [a_rule("triangles", 40_000, 50_445, ok=False)],
            },
            {
                "channel": "b",
                "title": "Kind shop",
                "judged_on": "mobile",
                "verdict": "fixed",
                "file": "mobile",
                "rules": [a_rule("bytes", 15_000_000, 12, ok=True)],
            },
        ],
    }


def a_made_product(**fields: Any) -> Product:
    product = a_product(variants=(Kind.MOBILE, Kind.WEB, Kind.IOS, Kind.POSTER), **fields)
    product.versions.update(size=11_700_000, report=a_report(), dimensions_m=[0.24, 0.4, 0.24])
    mobile = {"size": 700_000, "triangles": 50_445, "texture_max_px": 1024, "proof": PROOF}
    Variant.objects.filter(kind=Kind.MOBILE).update(**mobile)
    return product


def page_of(product: Product, client: Client, role: Role = Role.EDITOR) -> str:
    client.force_login(a_user(role))
    response = client.get(f"/products/{product.pk}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_strangers_are_led_to_the_login_and_what_is_not_there_is_404(client: Client) -> None:
    path = f"/products/{a_product().pk}"
    assert client.get(path).headers["Location"] == f"/login?next={path}"

    client.force_login(a_user(Role.VIEWER))

    assert client.get("/products/00000000-0000-0000-0000-000000000000").status_code == 404


def test_the_report_is_in_plain_words(client: Client) -> None:
    page = page_of(a_made_product(), client)

    assert "loads <strong>11.0 MB</strong> less than your upload" in page
    assert "At 9 Mbit/s, a usual 4G network, that is <strong>9.8 s</strong> sooner" in page
    assert "from 127,032 to 50,445 triangles" in page
    assert "9 textures made smaller, from up to 2048 px to up to 1024 px." in page
    assert "from 7 sides" in page
    assert "SSIM of 0.991" in page
    assert "AR on an iPhone will not show:" in page
    assert "Clear coat is left out of the USDZ: Lacquer." in page
    assert "1 thing is imitated" in page
    assert "Normals were made one long." in page


def test_a_channel_s_wish_is_told_with_its_unit_in_the_page_s_language(client: Client) -> None:
    rule = a_rule("triangles", 5, 6.94, ok=False, level="advice")
    words = {"words": TERMS["off_origin"].words, "unit": TERMS["off_origin"].unit}
    report = a_report()
    report["channels"][1] |= {"title": "Khronos: mobile AR", "rules": [rule | words]}
    product = a_made_product()
    product.versions.update(report=report)
    client.force_login(a_user(language="de"))

    page = " ".join(client.get(f"/products/{product.pk}").text.split())

    assert "Khronos: AR auf dem Telefon" in page
    assert (
        "Abstand der Mitte der Unterseite vom Ursprung: 6,94 % der längsten Seite; "
        "verlangt ist höchstens 5 % der längsten Seite."
    ) in page


def test_a_channel_that_says_no_says_why_and_names_the_cure(client: Client) -> None:
    product = a_made_product()

    page = page_of(product, client)

    assert "1 of 2" in page
    assert "triangles: 50,445; asked for is at most 40,000." in page
    assert "Simplify the mesh." in page
    assert "Hand over: mobile" in page
    assert file_address(product, Kind.MOBILE).rpartition("/")[2] in page


def test_a_true_size_that_differs_is_told_with_both_sizes(client: Client) -> None:
    product = a_made_product(metadata={"dimensions_m": [1, 2, 3]})
    report = a_report()
    report["channels"].append({**report["channels"][1], "channel": "amazon", "title": "Amazon"})
    product.versions.update(report=report)

    page = page_of(product, client)

    assert "but metadata.dimensions_m claims 1 × 2 × 3 m" in page
    assert "0.24 m, 0.4 m, 0.24 m; asked for is 1 m, 2 m, 3 m, as claimed" in page


def test_seconds_are_the_bytes_at_the_stated_speed() -> None:
    version = a_made_product().shown_version

    account = Account.of(version, version.report)

    assert [(load.bytes, load.seconds) for load in account.loads[:2]] == [
        (11_700_000, "10 s"),
        (700_000, "0.6 s"),
    ]
    assert account.loads[0].bar == 200.0


def test_versions_say_where_they_came_from_and_what_changed(client: Client) -> None:
    product = a_made_product()
    first = product.shown_version
    second = next_version(product)
    third = product.add_version(
        key=second.key + "3",
        format="glb",
        source_format="glb",
        size=3,
        sha256="1" * 64,
        optimized=True,
        made_from=first,
        fingerprint="e" * 64,
        passed=True,
        dimensions_m=[0.4, 0.24, 0.24],
        note="Lies now",
    )
    options = {"quality": 0.98, "placement": {"turn_z": 90, "ground": True}}
    ada = a_user(username="ada")
    Job.objects.create(
        version=first,
        recipe="standard",
        options=options,
        options_key="k" * 64,
        made_version=third,
        created_by=ada,
    )
    Variant.objects.filter(kind=Kind.WEB).update(version=third)
    publishing.publish(third)

    page = page_of(product, client)

    assert "The model was turned (z 90°), stood on the ground." in page
    assert "ada" in page
    assert "Lies now" in page
    assert "40 cm × 24 cm × 24 cm" in page
    assert "otherwise than in version 2" in page
    assert page.count("Roll back to this") == 2
    assert "Your upload stands otherwise than this version" in page


def test_hostile_names_and_values_are_text(client: Client) -> None:
    evil = "<img src=x onerror=alert(1)>"
    product = a_made_product(
        name=evil, alt=evil, tags=[evil], metadata={evil: evil, "list": [evil, "</script>"]}
    )
    AssetVersion.objects.update(note=evil)

    page = page_of(product, client, Role.ADMIN)

    assert evil not in page
    assert "</script>" not in page.partition('id="base"')[2].partition("</script>")[0]


def test_who_may_only_read_gets_nothing_to_change(client: Client) -> None:
    page = page_of(a_made_product(), client, Role.VIEWER)

    for gone in (
        "data-may-write",
        'data-do="publish"',
        'data-do="note"',
        'data-do="show-version"',
        " data-save ",
        " data-save>",
        'id="conflict"',
    ):
        assert gone not in page, gone
    assert "What was made of it" in page


@pytest.mark.parametrize(("role", "told"), [(Role.EDITOR, False), (Role.ADMIN, True)])
def test_the_audit_log_s_entries_are_for_admins(client: Client, role: Role, told: bool) -> None:
    product = a_made_product()

    page = page_of(product, client, role)

    assert ("created it" in page or "added version 1" in page) is told
    assert "Jobs" in page


def test_who_changed_what_is_told_to_who_may_change(client: Client) -> None:
    product = a_product()
    ada = a_user(Role.EDITOR, username="ada")
    client.force_login(ada)
    client.patch(
        f"/api/assets/3d/{product.pk}/", {"name": "Other", "tags": ["x"]}, content_type="application/json"
    )

    answer = client.get(f"/products/{product.pk}/changes").json()["changes"][0]

    assert (answer["who"], answer["fields"], answer["what"]) == (
        "ada",
        ["name", "tags"],
        "changed name, tags",
    )
    client.force_login(a_user(Role.VIEWER))
    assert client.get(f"/products/{product.pk}/changes").status_code == 403


def test_a_product_without_a_report_says_so(client: Client) -> None:
    page = page_of(a_product(published=False), client)

    assert "Nothing was made of this version" in page
    assert "It is measured when it has been checked." in page
    assert "Shoppers see nothing until you publish it." in page


def test_the_drawing_is_to_scale() -> None:
    chair, ring = Drawing.of([0.5, 1.0, 0.5]), Drawing.of([0.02, 0.02, 0.005])

    assert chair is not None
    assert chair.near is None
    boxes = dict(chair.far.beside)
    assert chair.far.product.height / boxes["door"].height == pytest.approx(0.5, rel=1e-2)
    assert chair.far.product.width / boxes["person"].width == pytest.approx(1.0, rel=1e-2)
    assert ring is not None
    assert ring.near is not None
    assert ring.near.product.height / dict(ring.near.beside)["phone"].height == pytest.approx(
        20 / 147, rel=1e-2
    )
    assert Drawing.of(None) is None
    assert Drawing.of([0, 0, 0]) is None


@pytest.mark.parametrize(
    ("metres", "words"), [(0.0123, "12.3 mm"), (0.4, "40 cm"), (2.3456, "235 cm"), (12, "12 m")]
)
def test_sides_are_told_in_a_unit_that_suits_them(metres: float, words: str) -> None:
    assert side_words(metres) == words


def test_what_a_placement_did_is_told() -> None:
    assert placement_words({"turn_x": -90, "scale": 0.01}) == "The model was turned (x -90°), scaled by 0.01."
    assert placement_words({}) == ""
