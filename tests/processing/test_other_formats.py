"""A model that is no glTF, from the upload to its files: the original stays, a GLB stands beside it."""

import uuid
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from tests.conftest import Caller
from tests.gltf_builders import a_plain_ball
from tests.polygon_builders import binary_stl, cube_triangles
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion
from vitrine.pipeline.bench import Bench
from vitrine.processing import runner
from vitrine.processing.models import Job, State
from vitrine.storage.blobs import Key

NO_BROWSER = Bench(chromium=Path("/nowhere/chromium"))


def test_an_stl_becomes_a_glb_in_metres_and_stays_what_it_was(calling: Caller, settings: Settings) -> None:
    settings.PIPELINE = NO_BROWSER
    content = binary_stl(cube_triangles(scale=100))
    form = {"name": "Cube", "model_file": SimpleUploadedFile("cube.stl", content), "units": "cm"}
    client = calling(Role.EDITOR)
    product = client.post("/api/assets/3d/", form, format="multipart").json()["id"]

    runner.run(Job.objects.get().pk)

    assert Job.objects.get().state == State.DONE
    made = client.get(f"/api/assets/3d/{product}/").json()
    assert (made["format"], made["source_format"], made["dimensions_m"]) == ("glb", "stl", [1, 1, 1])
    assert set(made["variants"]) == {"preview", "mobile", "web", "android", "ios"}
    report = client.get(f"/api/assets/3d/{product}/versions/2/report").json()
    assert "taken as centimetres with +Z up" in report["notices"][0]["detail"]
    sent = AssetVersion.objects.get(product_id=uuid.UUID(product), number=1)
    assert b"".join(files.store().open(Key(sent.key))) == content


def test_a_model_that_is_shown_as_it_came_is_packed_once_and_goes_with_its_product(
    calling: Caller, settings: Settings
) -> None:
    settings.PIPELINE = NO_BROWSER
    content = a_plain_ball(rings=40).bytes()
    form = {"name": "Ball", "model_file": SimpleUploadedFile("ball.glb", content), "optimize": "false"}
    client = calling(Role.EDITOR)
    product = client.post("/api/assets/3d/", form, format="multipart").json()

    runner.run(Job.objects.get().pk)

    version = AssetVersion.objects.get()
    packed = files.packed_key(version.key)
    sent = calling(None).get(
        files.url_to_read(version.key, "", public=True), headers={"Accept-Encoding": "br"}
    )
    assert files.store().stat(packed).size < 0.9 * len(content)
    assert b"".join(sent) == b"".join(files.store().open(packed))
    assert sent.headers["Content-Encoding"] == "br"
    assert client.delete(f"/api/assets/3d/{product['id']}/?purge=true").status_code == 204
    assert list(files.store().keys(f"models/{product['id']}/")) == []
