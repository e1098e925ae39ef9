"""What becomes of pictures and their coordinates in a USDZ."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.pipeline.usdz_builders import Model, a_picture
from tests.pipeline.usdz_reading import attribute, made, surface
from vitrine.pipeline.usdz import readback, validation
from vitrine.pipeline.usdz.making import Wish
from vitrine.pipeline.usdz.readback import Bound


def test_usd_counts_v_from_below(tmp_path: Path) -> None:
    model = Model()
    paint = model.material(pbrMetallicRoughness={"baseColorTexture": {"index": model.texture(a_picture())}})
    model.node(mesh=model.square(paint))

    target, _ = made(model.save(tmp_path / "board.glb"))

    uv = next(readback.drawn(validation.opened(target), 0.0)).uvs["st"]
    assert uv.tolist() == [[0, 0], [1, 0], [1, 1], [0, 1]]


def test_a_normal_map_is_read_raw_from_minus_one_to_one(tmp_path: Path) -> None:
    model = Model()
    normal = model.texture(a_picture((128, 128, 255)))
    model.node(mesh=model.square(model.material(normalTexture={"index": normal})))

    target, _ = made(model.save(tmp_path / "board.glb"))

    normal_input = surface(target)["normal"]
    assert normal_input.scale == (2.0, 2.0, 2.0, 1.0)
    assert normal_input.bias == (-1.0, -1.0, -1.0, 0.0)
    assert "NormalMap" not in str(validation.findings(validation.opened(target)))


def test_a_normal_maps_scale_is_painted_into_the_picture(tmp_path: Path) -> None:
    model = Model()
    slope = model.texture(a_picture((255, 128, 128)))  # leans fully to x
    model.node(mesh=model.square(model.material(normalTexture={"index": slope, "scale": 0.0})))

    target, _ = made(model.save(tmp_path / "board.glb"))

    with Image.open(io.BytesIO(readback.picture(target, "textures/image_0.png"))) as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == (128, 128, 255)


def test_a_textures_transform_is_worked_into_the_uvs(tmp_path: Path) -> None:
    model = Model()
    transform = {"offset": [0.5, 0.0], "rotation": np.pi / 2, "scale": [2.0, 1.0]}
    paint = model.material(
        pbrMetallicRoughness={
            "baseColorTexture": {
                "index": model.texture(a_picture()),
                "extensions": {"KHR_texture_transform": transform},
            }
        }
    )
    model.node(mesh=model.square(paint))

    target, _ = made(model.save(tmp_path / "board.glb"))

    # By the extension's own matrix: u' = v + 0.5, v' = -2u, then v is counted from below.
    uv = next(readback.drawn(validation.opened(target), 0.0)).uvs["st"]
    assert uv == pytest.approx(np.array([[1.5, 1], [1.5, 3], [0.5, 3], [0.5, 1]]), abs=1e-6)


def test_a_second_uv_set_gets_a_primvar_of_its_own(tmp_path: Path) -> None:
    model = Model()
    baked = {"index": model.texture(a_picture()), "texCoord": 1}
    paint = model.material(
        pbrMetallicRoughness={"baseColorTexture": {"index": model.texture(a_picture())}},
        occlusionTexture=baked,
    )
    second = model.numbers([(0.5, 0.5), (0.75, 0.5), (0.75, 0.25), (0.5, 0.25)])
    model.node(mesh=model.square(paint, TEXCOORD_1=second))

    target, _ = made(model.save(tmp_path / "board.glb"))

    found, mesh = surface(target), next(readback.drawn(validation.opened(target), 0.0))
    assert (found["diffuseColor"].primvar, found["occlusion"].primvar) == ("st", "st1")
    assert mesh.uvs["st1"].tolist() == [[0.5, 0.5], [0.75, 0.5], [0.75, 0.75], [0.5, 0.75]]


def test_large_textures_are_made_smaller_and_it_is_said(tmp_path: Path) -> None:
    model = Model()
    wide = model.texture(a_picture(size=(64, 16), kind="JPEG"))
    model.node(mesh=model.square(model.material(pbrMetallicRoughness={"baseColorTexture": {"index": wide}})))

    target, report = made(model.save(tmp_path / "board.glb"), Wish(max_texture_px=32, max_triangles=1))

    with Image.open(io.BytesIO(readback.picture(target, "textures/image_0.jpg"))) as picture:
        assert picture.size == (32, 8)
    assert report["notices"] == [
        {
            "code": "usdz-many-triangles",
            "detail": "The USDZ has 2 triangles; phones do well with up to 1.",
        },
        {
            "code": "usdz-textures-resized",
            "detail": "1 textures were larger than 32 pixels and were made smaller.",
        },
    ]


def test_a_picture_of_nothing_but_noise_can_be_made_smaller(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1024, 1024, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", quality=95, subsampling=0)
    model = Model()
    grain = model.texture(out.getvalue())
    model.node(mesh=model.square(model.material(pbrMetallicRoughness={"baseColorTexture": {"index": grain}})))

    target, _ = made(model.save(tmp_path / "board.glb"), Wish(max_texture_px=1000, max_triangles=100))

    with Image.open(io.BytesIO(readback.picture(target, "textures/image_0.jpg"))) as picture:
        assert picture.size == (1000, 1000)


def test_resizing_keeps_colour_that_lies_under_no_alpha(tmp_path: Path) -> None:
    model = Model()
    hidden = model.texture(a_picture((200, 100, 50, 0), size=(64, 64)))
    model.node(
        mesh=model.square(model.material(pbrMetallicRoughness={"baseColorTexture": {"index": hidden}}))
    )

    target, _ = made(model.save(tmp_path / "board.glb"), Wish(max_texture_px=32, max_triangles=100))

    with Image.open(io.BytesIO(readback.picture(target, "textures/image_0.png"))) as picture:
        assert picture.getpixel((0, 0)) == (200, 100, 50, 0)


def test_only_the_same_looking_texture_reader_is_shared(tmp_path: Path) -> None:
    model = Model()
    picture = {"index": model.texture(a_picture(), wrapS=33071, wrapT=33648)}
    paint = model.material(
        pbrMetallicRoughness={"baseColorTexture": picture, "baseColorFactor": [0.5, 0.5, 0.5, 1]},
        emissiveTexture=picture,
        emissiveFactor=[1, 1, 1],
    )
    model.node(mesh=model.square(paint))

    target, _ = made(model.save(tmp_path / "board.glb"))

    found = surface(target)
    assert isinstance(found["diffuseColor"], Bound)
    assert found["diffuseColor"].scale == (0.5, 0.5, 0.5, 1.0)
    assert found["emissiveColor"].scale == (1.0, 1.0, 1.0, 1.0)
    reader = "/Root/Materials/material_0/Texture_0"
    assert attribute(target, reader, "inputs:wrapS") == "clamp"
    assert attribute(target, reader, "inputs:wrapT") == "mirror"
