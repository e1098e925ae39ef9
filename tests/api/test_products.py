"""/api/assets/3d/, to the letter of what was asked for."""

import base64
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.builders import a_product, a_user
from tests.conftest import Caller
from tests.polygon_builders import CUBE, SIDES, binary_ply, binary_stl, cube_triangles, obj_cube
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.work import Format, Kind
from vitrine.processing.models import Job, Upload
from vitrine.storage.blobs import Key

FBX = b"Kaydara FBX Binary  \x00\x1a\x00" + bytes(64)
USDZ = b"PK\x03\x04" + bytes(22) + b"\x09\x00\x00\x00model.usd"
GLB = b"glTF\x02\x00\x00\x00" + bytes(100)
PROMISED = {
    "id", "name", "model_3d_url", "ar_enabled", "format", "size", "created_at", "updated_at", "metadata",
}  # fmt: skip


def a_form(**fields: Any) -> dict[str, Any]:
    return {"name": "Chair", "model_file": SimpleUploadedFile("chair.glb", GLB), **fields}


def test_an_upload_answers_201_with_all_fields(calling: Caller) -> None:
    form = a_form(ar_enabled="false", metadata='{"sku": "C-1"}')

    response = calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")

    body = response.json()
    assert response.status_code == 201
    assert set(body) >= PROMISED
    assert (body["name"], body["ar_enabled"], body["metadata"]) == ("Chair", False, {"sku": "C-1"})
    assert (body["format"], body["size"], body["status"]) == ("glb", len(GLB), "processing")
    assert (body["published"], body["version"]) == (False, 1)
    assert response.headers["Location"].endswith(f"/api/assets/3d/{body['id']}/")


def test_an_upload_keeps_the_very_bytes_and_queues_one_job(calling: Caller) -> None:
    calling(Role.EDITOR).post("/api/assets/3d/", a_form(), format="multipart")

    version = AssetVersion.objects.get()
    assert b"".join(files.store().open(Key(version.key))) == GLB
    assert version.key == f"models/{version.product_id}/{version.sha256}.glb"
    assert Job.objects.get().recipe == "standard"
    assert Upload.objects.count() == 0


def test_optimize_false_only_checks_the_file(calling: Caller) -> None:
    calling(Role.EDITOR).post("/api/assets/3d/", a_form(optimize="false"), format="multipart")

    assert Job.objects.get().recipe == "check"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x" * 10_000}, "/name"),
        ({"name": "a\x00b"}, "/name"),
        ({"metadata": "{not json"}, "/metadata"),
        ({"metadata": "[1]"}, "/metadata"),
        ({"metadata": '{"a": NaN}'}, "/metadata"),
        ({"metadata": '{"a": "\\u0000"}'}, "/metadata"),
        ({"metadata": json.dumps({"a": "x" * 70_000})}, "/metadata"),
        ({"metadata": '{"dimensions_m": {"x": 1, "y": 1, "z": 1}}'}, "/metadata"),
        ({"metadata": "[" * 10_000}, "/metadata"),
        ({"metadata": '{"a":' * 100 + "1" + "}" * 100}, "/metadata"),
        ({"metadata": '{"a": 1e400}'}, "/metadata"),
        ({"ar_enabled": "perhaps"}, "/ar_enabled"),
        ({"quality": "2"}, "/quality"),
        ({"max_bytes": "10"}, "/max_bytes"),
        ({"max_texture_px": "9000"}, "/max_texture_px"),
        ({"model_file": ""}, "/model_file"),
        ({"model_file": SimpleUploadedFile("empty.glb", b"")}, "/model_file"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_kept(
    calling: Caller, fields: dict[str, Any], pointer: str
) -> None:
    response = calling(Role.EDITOR).post("/api/assets/3d/", a_form(**fields), format="multipart")

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
    assert (Product.objects.count(), Upload.objects.count(), list(files.store().keys("incoming/"))) == (
        0,
        0,
        [],
    )


def test_a_name_that_is_too_long_is_told_the_limit(calling: Caller) -> None:
    response = calling(Role.EDITOR).post("/api/assets/3d/", a_form(name="x" * 10_000), format="multipart")

    assert "200" in response.json()["detail"]


@pytest.mark.parametrize("name", ["bunny.ply", "part.stl", "chair.obj", "readme.glb"])
def test_other_formats_are_refused_naming_what_is_accepted(calling: Caller, name: str) -> None:
    form = a_form(model_file=SimpleUploadedFile(name, b"Dear reader, this is no model."))

    response = calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")

    assert response.status_code == 415
    assert response.json()["code"] == "unsupported-format"
    assert all(word in response.json()["detail"] for word in ("glb", "gltf", "usdz"))
    assert Product.objects.count() == 0


def test_an_fbx_is_refused_with_the_cure_where_no_converter_is(calling: Caller, settings: Settings) -> None:
    settings.PIPELINE = Bench()
    form = a_form(model_file=SimpleUploadedFile("boombox.fbx", FBX))

    response = calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")

    assert response.status_code == 415
    assert "`pip install bpy`" in response.json()["detail"]
    assert Product.objects.count() == 0


def test_an_fbx_is_taken_where_a_converter_is(calling: Caller, settings: Settings) -> None:
    settings.PIPELINE = Bench(converter=Path(sys.executable))
    form = a_form(model_file=SimpleUploadedFile("boombox.fbx", FBX))

    response = calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")

    assert (response.status_code, response.json()["source_format"]) == (201, "fbx")


@pytest.mark.parametrize(("converter", "recipe"), [(None, "check"), (Path(sys.executable), "standard")])
def test_a_usdz_is_cooked_only_where_a_converter_is(
    calling: Caller, settings: Settings, converter: Path | None, recipe: str
) -> None:
    settings.PIPELINE = Bench(converter=converter)
    form = a_form(model_file=SimpleUploadedFile("box.usdz", USDZ))

    calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")

    assert Job.objects.get().recipe == recipe
    assert AssetVersion.objects.get().variants.get().kind == Kind.IOS


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("cube.obj", obj_cube(), "model/obj"),
        ("cube.stl", binary_stl(cube_triangles()), "model/stl"),
        ("cube.ply", binary_ply(CUBE, SIDES), "model/ply"),
    ],
)
def test_other_models_are_kept_as_they_came_and_cooked(
    calling: Caller, name: str, content: bytes, media_type: str
) -> None:
    form = a_form(model_file=SimpleUploadedFile(name, content))

    body = calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart").json()

    version = AssetVersion.objects.get()
    assert (body["format"], body["source_format"], body["size"]) == (name[-3:], name[-3:], len(content))
    assert b"".join(files.store().open(Key(version.key))) == content
    assert Format(version.format).media_type == media_type
    assert Job.objects.get().recipe == "standard"


@pytest.mark.parametrize("optimize", ["true", "false"])
def test_units_and_up_axis_go_into_the_job(calling: Caller, optimize: str) -> None:
    model = SimpleUploadedFile("cube.stl", binary_stl(cube_triangles()))
    form = a_form(model_file=model, units="in", up_axis="y", optimize=optimize)

    calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")

    options = Job.objects.get().options
    assert (options["units"], options["up_axis"]) == ("in", "y")


def test_an_unknown_unit_is_named_with_those_that_are_known(calling: Caller) -> None:
    response = calling(Role.EDITOR).post("/api/assets/3d/", a_form(units="yard"), format="multipart")

    assert response.json()["errors"] == [{"pointer": "/units", "detail": '"yard" is none of mm, cm, m, in.'}]
    assert Product.objects.count() == 0


def test_a_file_over_the_limit_is_refused_while_it_streams(calling: Caller, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 50

    response = calling(Role.EDITOR).post("/api/assets/3d/", a_form(), format="multipart")

    assert response.status_code == 413
    assert "50 bytes" in response.json()["detail"]
    assert (Product.objects.count(), list(files.store().keys("incoming/"))) == (0, [])


@pytest.mark.parametrize(
    "more",
    [
        {"model_file": [SimpleUploadedFile(name, GLB) for name in ("chair.glb", "table.glb")]},
        {"texture": SimpleUploadedFile("table.glb", GLB)},
        {"zzz": "x" * 1_500_000},
    ],
)
def test_a_form_with_too_much_in_it_is_refused_and_nothing_is_kept(
    calling: Caller, more: dict[str, Any]
) -> None:
    response = calling(Role.EDITOR).post("/api/assets/3d/", a_form() | more, format="multipart")

    assert (response.status_code, response.json()["code"]) == (413, "too-large")
    assert (Upload.objects.count(), list(files.store().keys("incoming/"))) == (0, [])


def test_a_form_whose_end_never_came_makes_no_product(calling: Caller) -> None:
    head = "--x\r\nContent-Disposition: form-data; name="
    sent = f'{head}"name"\r\n\r\nA\r\n{head}"model_file"; filename="a.glb"\r\n\r\n'.encode()
    cut = f'\r\n{head}"published"\r\n\r\n'.encode()
    body: dict[str, Any] = {"wsgi.input": io.BytesIO(sent + GLB + cut), "CONTENT_LENGTH": "100000"}

    response = calling(Role.EDITOR).generic(
        "POST", "/api/assets/3d/", content_type="multipart/form-data; boundary=x", **body
    )

    assert (response.status_code, "of the 100,000 bytes" in response.json()["detail"]) == (400, True)
    assert (Product.objects.count(), Upload.objects.count()) == (0, 0)
    assert list(files.store().keys("incoming/")) == []


def test_a_viewers_file_is_refused_before_a_byte_is_stored(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(a_user(Role.VIEWER))
    client.cookies["csrftoken"] = token = "t" * 32
    monkeypatch.setattr(Upload, "begin", lambda _: pytest.fail("bytes were about to be stored"))

    response = client.post("/api/assets/3d/", a_form(), format="multipart", headers={"X-CSRFToken": token})

    assert (response.status_code, response.json()["code"]) == (403, "not-allowed")


@pytest.mark.parametrize("path", ["/api/assets/3d/{id}/", "/api/assets/3d/{id}"])
def test_a_published_product_is_read_by_anyone_from_anywhere(calling: Caller, path: str) -> None:
    product = a_product(variants=(Kind.WEB, Kind.IOS))

    response = calling(None).get(path.format(id=product.pk))

    body = response.json()
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"].startswith("public, max-age=")
    assert (body["published"], body["version"]) == (True, 1)
    assert set(body["variants"]) == {"web", "ios"}
    assert body["model_3d_url"] == files.url_to_read(
        product.shown_version.key, "http://testserver", public=True
    )


def test_an_unpublished_product_is_404_to_strangers_and_there_for_viewers(calling: Caller) -> None:
    product = a_product(published=False)

    assert calling(None).get(f"/api/assets/3d/{product.pk}/").status_code == 404
    assert calling(Role.VIEWER).get(f"/api/assets/3d/{product.pk}/").status_code == 200


def test_an_etag_saves_the_second_answer(calling: Caller) -> None:
    product = a_product()
    client = calling(None)
    etag = client.get(f"/api/assets/3d/{product.pk}/").headers["ETag"]

    again = client.get(f"/api/assets/3d/{product.pk}/", headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_put_changes_what_is_sent_and_leaves_the_rest(calling: Caller) -> None:
    product = a_product(name="Chair", metadata={"sku": "C-1"})

    response = calling(Role.EDITOR).put(f"/api/assets/3d/{product.pk}/", {"name": "Armchair"})

    assert response.status_code == 200
    assert (response.json()["name"], response.json()["metadata"]) == ("Armchair", {"sku": "C-1"})


def test_publishing_can_be_taken_back_and_given_again(calling: Caller) -> None:
    product = a_product()
    client = calling(Role.EDITOR)
    address = f"/api/assets/3d/{product.pk}/"

    assert client.patch(address, {"published": False}).json()["published"] is False
    assert calling(None).get(address).status_code == 404
    assert client.patch(address, {"published": True}).json()["published"] is True


def test_delete_answers_204_then_404_and_hides_the_files(calling: Caller) -> None:
    product = a_product()
    client = calling(Role.EDITOR)

    assert client.delete(f"/api/assets/3d/{product.pk}/").status_code == 204
    assert client.delete(f"/api/assets/3d/{product.pk}/").status_code == 404
    assert client.get(f"/api/assets/3d/{product.pk}/").status_code == 404
    assert files.owner_of(product.shown_version.key) is None


def test_purge_deletes_the_bytes_at_once(calling: Caller) -> None:
    product = a_product(variants=(Kind.WEB,))

    calling(Role.ADMIN).delete(f"/api/assets/3d/{product.pk}/?purge=true")

    assert list(files.store().keys(f"models/{product.pk}/")) == []
    assert Product.objects.count() == 0


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_only_editors_write(calling: Caller, role: Role | None) -> None:
    product = a_product()
    client = calling(role)

    statuses = {
        client.post("/api/assets/3d/", a_form(), format="multipart").status_code,
        client.put(f"/api/assets/3d/{product.pk}/", {"name": "x"}).status_code,
        client.delete(f"/api/assets/3d/{product.pk}/").status_code,
        client.post(f"/api/assets/3d/{product.pk}/optimize", {}).status_code,
    }

    assert statuses == ({403} if role else {401})
    assert Product.objects.get().name == product.name


def test_the_list_is_newest_first_in_pages(calling: Caller) -> None:
    names = [a_product(name=f"Lamp {number}").name for number in range(3)]
    client = calling(Role.VIEWER)

    first = client.get("/api/assets/3d/?limit=2&q=lamp").json()
    second = client.get(first["next"]).json()

    assert [one["name"] for one in first["results"] + second["results"]] == names[::-1]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", [b"p=yesterday", b"p=\x00", b"o=-1"])
def test_a_made_up_cursor_is_refused(calling: Caller, cursor: bytes) -> None:
    asked = {"cursor": base64.b64encode(cursor).decode()}

    response = calling(Role.VIEWER).get("/api/assets/3d/", asked)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/cursor")


def test_a_search_for_what_no_name_can_hold_finds_nothing_worse_than_nothing(calling: Caller) -> None:
    a_product(name="Lamp")

    response = calling(Role.VIEWER).get("/api/assets/3d/", {"q": "no\x00lamp"})

    assert (response.status_code, response.json()["results"]) == (200, [])


def test_strangers_may_not_list(calling: Caller) -> None:
    assert calling(None).get("/api/assets/3d/").status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/api/assets/3d/8f3c2517-3cb9-4adf-9d47-4656c61bc007/", "/api/nowhere", "/api/assets/3d/not-a-uuid/"],
)
def test_an_unknown_address_answers_a_problem(calling: Caller, path: str) -> None:
    response = calling(Role.EDITOR).get(path)

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not-found"


def test_a_body_that_is_not_json_is_a_problem(calling: Caller) -> None:
    product = a_product()

    response = calling(Role.EDITOR).generic("PUT", f"/api/assets/3d/{product.pk}/", "{", "application/json")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
