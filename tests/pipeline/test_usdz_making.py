"""Making a USDZ: geometry, materials, textures, packing."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.pipeline.usdz_builders import Model, a_picture, a_square
from vitrine.pipeline.usdz import archive, gltf, readback, validation
from vitrine.pipeline.usdz.conversion import NothingToShow
from vitrine.pipeline.usdz.making import Wish, make
from vitrine.pipeline.usdz.readback import Bound

WISH = Wish(max_texture_px=2048, max_triangles=100_000)


def made(source: Path, wish: Wish = WISH) -> tuple[Path, dict[str, Any]]:
    target = source.with_suffix(".usdz")
    return target, make(source, target, wish, lambda _: None)


def surface(target: Path) -> dict[str, Any]:
    """The inputs of the first mesh's material."""
    stage = validation.opened(target)
    return readback.inputs(next(readback.drawn(stage, 0.0)).material)


def attribute(target: Path, prim: str, name: str) -> Any:
    stage = validation.opened(target)
    return stage.GetPrimAtPath(prim).GetAttribute(name).Get()


def test_a_square_keeps_its_place_its_triangles_and_its_size_in_metres(tmp_path: Path) -> None:
    target, report = made(a_square(tmp_path / "board.glb"))

    stage = validation.opened(target)
    facts = readback.facts(stage, archive.entries(target, max_files=10), target)
    assert report["facts"]["triangles"] == facts["triangles"] == 2
    assert facts["dimensions_m"] == [2.0, 2.0, 0.0]
    assert validation.findings(stage) == []


def test_the_package_is_stored_and_aligned_with_the_layer_first(tmp_path: Path) -> None:
    model = Model()
    paint = model.material(pbrMetallicRoughness={"baseColorTexture": {"index": model.texture(a_picture())}})
    model.node(mesh=model.square(paint))

    target, _ = made(model.save(tmp_path / "board.glb"))

    entries = archive.entries(target, max_files=10)
    assert [entry.name for entry in entries] == ["model.usdc", "textures/image_0.png"]
    assert [entry.offset % 64 for entry in entries] == [0, 0]
    with zipfile.ZipFile(target) as packed:
        assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_STORED}
        assert packed.read("textures/image_0.png") == a_picture()


def test_the_same_glb_gives_the_same_bytes(tmp_path: Path) -> None:
    source = a_square(tmp_path / "board.glb", pbrMetallicRoughness={"roughnessFactor": 0.4})

    first = made(source)[0].read_bytes()
    second = made(source)[0].read_bytes()

    assert first == second


def test_usd_counts_v_from_below(tmp_path: Path) -> None:
    model = Model()
    paint = model.material(pbrMetallicRoughness={"baseColorTexture": {"index": model.texture(a_picture())}})
    model.node(mesh=model.square(paint))

    target, _ = made(model.save(tmp_path / "board.glb"))

    uv = next(readback.drawn(validation.opened(target), 0.0)).uvs["st"]
    assert uv.tolist() == [[0, 0], [1, 0], [1, 1], [0, 1]]


def test_metal_roughness_and_occlusion_share_one_picture_by_channel(tmp_path: Path) -> None:
    model = Model()
    packed = {"index": model.texture(a_picture())}
    paint = model.material(
        pbrMetallicRoughness={"metallicRoughnessTexture": packed, "roughnessFactor": 0.5},
        occlusionTexture={**packed, "strength": 0.25},
    )
    model.node(mesh=model.square(paint))

    target, report = made(model.save(tmp_path / "board.glb"))

    found = surface(target)
    assert {name: found[name].channel for name in ("occlusion", "roughness", "metallic")} == {
        "occlusion": "r",
        "roughness": "g",
        "metallic": "b",
    }
    assert found["roughness"].scale == (0.25, 0.5, 1.0, 1.0)
    assert found["occlusion"].bias == (0.75, 0.0, 0.0, 0.0)
    assert report["facts"]["textures"] == 1


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


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ({"alphaMode": "OPAQUE"}, {}),
        ({"alphaMode": "BLEND"}, {"opacity": (0.5,)}),
        ({"alphaMode": "MASK", "alphaCutoff": 0.25}, {"opacity": (0.5,), "opacityThreshold": (0.25,)}),
    ],
)
def test_alpha_modes_become_opacity(tmp_path: Path, mode: dict[str, Any], expected: dict[str, Any]) -> None:
    source = a_square(
        tmp_path / "board.glb", pbrMetallicRoughness={"baseColorFactor": [1, 1, 1, 0.5]}, **mode
    )

    target, _ = made(source)

    found = surface(target)
    assert {name: found[name] for name in ("opacity", "opacityThreshold") if name in found} == expected


def test_cut_out_alpha_comes_from_the_base_colours_picture(tmp_path: Path) -> None:
    model = Model()
    leaf = {"index": model.texture(a_picture((10, 200, 10, 128)))}
    paint = model.material(pbrMetallicRoughness={"baseColorTexture": leaf}, alphaMode="MASK")
    model.node(mesh=model.square(paint))

    target, _ = made(model.save(tmp_path / "board.glb"))

    opacity = surface(target)["opacity"]
    assert (opacity.file, opacity.channel) == ("textures/image_0.png", "a")


@pytest.mark.parametrize("double", [True, False])
def test_double_sidedness_is_written_on_the_mesh(tmp_path: Path, double: bool) -> None:
    target, _ = made(a_square(tmp_path / "board.glb", doubleSided=double))

    assert attribute(target, "/Root/Board/Square", "doubleSided") is double


def test_emissive_strength_scales_the_glow(tmp_path: Path) -> None:
    target, report = made(
        a_square(
            tmp_path / "board.glb",
            emissiveFactor=[0.5, 0.25, 0],
            extensions={"KHR_materials_emissive_strength": {"emissiveStrength": 4}},
        )
    )

    assert surface(target)["emissiveColor"] == (2.0, 1.0, 0.0)
    assert {"material": "Paint", "feature": "emissive strength"} in report["fidelity"]["emulated"]


def test_unlit_paint_glows_and_does_not_shine(tmp_path: Path) -> None:
    target, report = made(
        a_square(
            tmp_path / "board.glb",
            pbrMetallicRoughness={"baseColorFactor": [0.5, 0.25, 0.125, 1]},
            extensions={"KHR_materials_unlit": {}},
        )
    )

    found = surface(target)
    assert found["emissiveColor"] == (0.5, 0.25, 0.125)
    assert (found["diffuseColor"], found["ior"]) == ((0.0, 0.0, 0.0), (1.0,))
    assert {"material": "Paint", "feature": "unlit shading"} in report["fidelity"]["emulated"]


def test_clearcoat_is_kept(tmp_path: Path) -> None:
    coat = {"clearcoatFactor": 0.75, "clearcoatRoughnessFactor": 0.25}

    target, report = made(a_square(tmp_path / "board.glb", extensions={"KHR_materials_clearcoat": coat}))

    found = surface(target)
    assert (found["clearcoat"], found["clearcoatRoughness"]) == ((0.75,), (0.25,))
    assert {"material": "Paint", "feature": "clearcoat"} in report["fidelity"]["kept"]


@pytest.mark.parametrize(
    ("tint", "opacity"), [((1, 1, 1, 1), 0.15), ((0.5, 0.5, 0.5, 1), 0.5), ((0, 0, 0, 1), 0.9)]
)
def test_glass_becomes_opacity_by_how_much_light_it_lets_through(
    tmp_path: Path, tint: tuple[float, ...], opacity: float
) -> None:
    target, report = made(
        a_square(
            tmp_path / "board.glb",
            pbrMetallicRoughness={"baseColorFactor": tint},
            extensions={"KHR_materials_transmission": {"transmissionFactor": 1}},
        )
    )

    assert surface(target)["opacity"][0] == pytest.approx(opacity)
    assert report["notices"] == [
        {
            "code": "usdz-emulated",
            "detail": "Transmission is imitated, because Quick Look has no such thing: Paint.",
        }
    ]


def test_what_has_to_go_is_told_with_the_materials_name(tmp_path: Path) -> None:
    gone: dict[str, Any] = {
        f"KHR_materials_{name}": {} for name in ("sheen", "iridescence", "anisotropy", "volume")
    }

    _, report = made(a_square(tmp_path / "board.glb", extensions=gone))

    assert report["fidelity"]["dropped"] == [
        {"material": "Paint", "feature": feature}
        for feature in ("sheen", "iridescence", "anisotropy", "volume")
    ]
    assert report["notices"][0] == {
        "code": "usdz-dropped",
        "detail": "Sheen is left out of the USDZ, because Quick Look cannot show it: Paint.",
    }


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


def test_vertices_of_one_colour_tint_the_material(tmp_path: Path) -> None:
    colours = {"COLOR_0": [(0.5, 0.25, 1.0)] * 4}

    target, _ = made(
        a_square(
            tmp_path / "board.glb", vertices=colours, pbrMetallicRoughness={"baseColorFactor": [1, 1, 0.5, 1]}
        )
    )

    assert surface(target)["diffuseColor"] == (0.5, 0.25, 0.5)


def test_vertices_of_many_colours_are_read_by_the_material(tmp_path: Path) -> None:
    colours = {"COLOR_0": [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]}

    target, report = made(a_square(tmp_path / "board.glb", vertices=colours))

    written = attribute(target, "/Root/Board/Square", "primvars:displayColor")
    reader = attribute(target, "/Root/Materials/Paint/Colours", "inputs:varname")
    assert [tuple(colour) for colour in written] == colours["COLOR_0"]
    assert reader == "displayColor"
    assert {"material": "Paint", "feature": "vertex colours"} in report["fidelity"]["emulated"]


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


def test_a_mesh_used_twice_stands_in_both_places(tmp_path: Path) -> None:
    model = Model()
    mesh = model.square()
    model.node(mesh=mesh, name="Twin")
    model.node(mesh=mesh, name="Twin", translation=[10, 0, 0])

    target, report = made(model.save(tmp_path / "twins.glb"))

    meshes = list(readback.drawn(validation.opened(target), 0.0))
    assert [mesh.path for mesh in meshes] == ["/Root/Twin/Square", "/Root/Twin_1/Square"]
    assert [float(mesh.points[0][0]) for mesh in meshes] == [-1.0, 9.0]
    assert report["facts"]["triangles"] == 4


def test_gpu_instances_are_all_there(tmp_path: Path) -> None:
    model = Model()
    places = model.numbers([(0, 0, 0), (5, 0, 0), (10, 0, 0)])
    instancing = {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": places}}}
    model.node(mesh=model.square(), extensions=instancing)

    target, report = made(model.save(tmp_path / "row.glb"))

    starts = [float(mesh.points[0][0]) for mesh in readback.drawn(validation.opened(target), 0.0)]
    assert starts == [-1.0, 4.0, 9.0]
    assert report["facts"]["triangles"] == 6


def test_a_mesh_without_normals_gets_flat_ones(tmp_path: Path) -> None:
    model = Model()
    mesh = model.square()
    del model.document["meshes"][mesh]["primitives"][0]["attributes"]["NORMAL"]
    model.node(mesh=mesh)

    target, _ = made(model.save(tmp_path / "board.glb"))

    normals = attribute(target, "/Root/node_0/Square", "normals")
    assert {tuple(normal) for normal in normals} == {(0.0, 0.0, 1.0)}


def test_morph_targets_stay_in_their_default_shape(tmp_path: Path) -> None:
    model = Model()
    mesh = model.square()
    lift = model.numbers([(0, 4, 0)] * 4)
    model.document["meshes"][mesh]["primitives"][0]["targets"] = [{"POSITION": lift}]
    model.document["meshes"][mesh]["weights"] = [0.5]
    model.node(mesh=mesh)

    target, report = made(model.save(tmp_path / "board.glb"))

    points = next(readback.drawn(validation.opened(target), 0.0)).points
    assert (points[:, 1].min(), points[:, 1].max()) == (2.0, 4.0)
    assert report["fidelity"]["dropped"] == [{"material": None, "feature": "the movement of morph targets"}]


@pytest.mark.parametrize(
    ("red_is_offered", "stays"), [(True, "'Red' stays"), (False, "the default one stays")]
)
def test_material_variants_leave_the_one_shown_and_are_told(
    red_is_offered: bool, stays: str, tmp_path: Path
) -> None:
    model = Model()
    red = model.material(name="Red", pbrMetallicRoughness={"baseColorFactor": [1, 0, 0, 1]})
    blue = model.material(name="Blue", pbrMetallicRoughness={"baseColorFactor": [0, 0, 1, 1]})
    square = model.square(red)
    model.node(mesh=square)
    offered = [("Blue", blue), *([("Red", red)] if red_is_offered else [])]
    model.document["extensions"] = {
        "KHR_materials_variants": {"variants": [{"name": name} for name, _ in offered]}
    }
    mappings = [{"material": material, "variants": [n]} for n, (_, material) in enumerate(offered)]
    (primitive,) = model.document["meshes"][square]["primitives"]
    primitive["extensions"] = {"KHR_materials_variants": {"mappings": mappings}}

    target, report = made(model.save(tmp_path / "board.glb"))

    assert surface(target)["diffuseColor"] == (1.0, 0.0, 0.0)
    assert report["notices"][0]["detail"].startswith(f"The choice of material variants ({stays})")


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


def test_a_model_of_lines_has_nothing_to_show(tmp_path: Path) -> None:
    model = Model()
    mesh = model.square()
    model.document["meshes"][mesh]["primitives"][0]["mode"] = 1
    model.node(mesh=mesh)
    source = model.save(tmp_path / "wire.glb")

    with pytest.raises(NothingToShow, match="no triangles"):
        made(source)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["wire.glb"]


def test_a_compressed_glb_is_not_guessed_at(tmp_path: Path) -> None:
    model = Model()
    model.node(mesh=model.square())
    model.document["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    source = model.save(tmp_path / "board.glb")

    with pytest.raises(gltf.NotPlain, match="KHR_draco_mesh_compression"):
        made(source)
