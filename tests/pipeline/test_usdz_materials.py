"""What becomes of materials in a USDZ: UsdPreviewSurface has less than glTF, and what goes is told."""

from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.usdz_builders import Model, a_picture, a_square
from tests.pipeline.usdz_reading import attribute, made, surface


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
