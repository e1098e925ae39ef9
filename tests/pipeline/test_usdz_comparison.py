"""The read-back must notice when a USDZ is not what its GLB shows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pxr import Gf, UsdGeom, UsdShade

from tests.pipeline.usdz_builders import Model, a_picture, an_arm
from vitrine.pipeline.usdz import archive, gltf, validation
from vitrine.pipeline.usdz.comparison import Comparison, Mismatch
from vitrine.pipeline.usdz.conversion import convert
from vitrine.pipeline.usdz.ledger import Ledger

SQUARE = "/Root/Board/Square"
PAINT = "/Root/Materials/Paint"


def a_painted_board(path: Path) -> Path:
    model = Model()
    base = {"index": model.texture(a_picture())}
    paint = model.material(name="Paint", pbrMetallicRoughness={"baseColorTexture": base})
    model.node(mesh=model.square(paint), name="Board")
    return model.save(path)


def compared(source: Path, spoil: Callable[[Any], object]) -> dict[str, Any]:
    """Convert, change the stage in memory, compare."""
    folder = source.parent / "made"
    folder.mkdir()
    glb = gltf.read(source)
    made = convert(glb, folder, Ledger(), max_texture_px=2048)
    package = source.with_suffix(".usdz")
    archive.pack(package, folder, made.files)
    stage = validation.opened(package)
    stage.SetEditTarget(stage.GetSessionLayer())
    spoil(stage)
    return Comparison(glb, stage, package, made).check()


def move(stage: Any) -> None:
    UsdGeom.Xformable(stage.GetPrimAtPath("/Root/Board")).AddTranslateOp().Set(Gf.Vec3d(0.1, 0, 0))


def lose_a_triangle(stage: Any) -> None:
    stage.GetPrimAtPath(SQUARE).GetAttribute("faceVertexCounts").Set([3])


def unplug(stage: Any) -> None:
    UsdShade.Shader(stage.GetPrimAtPath(f"{PAINT}/Surface")).GetInput("diffuseColor").DisconnectSource()


def slide(stage: Any) -> None:
    stage.GetPrimAtPath(SQUARE).GetAttribute("primvars:st").Set([Gf.Vec2f(0, 0)] * 4)


def test_an_unspoilt_one_passes_and_tells_what_was_compared(tmp_path: Path) -> None:
    report = compared(a_painted_board(tmp_path / "board.glb"), lambda _: None)

    assert report == {"triangles": 2, "textures_bound": 1, "times_s": [0.0]}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (move, "the bounds of material 'Paint' at 0.00 s are off by 0.1 m"),
        (lose_a_triangle, "covers 2 triangles in the GLB and 1 in the USDZ"),
        (unplug, r"material 'Paint' has no texture on diffuseColor \(rgb\)"),
        (slide, "the UVs of material 'Paint'"),
    ],
)
def test_every_kind_of_damage_is_noticed(tmp_path: Path, spoil: Callable[[Any], object], words: str) -> None:
    source = a_painted_board(tmp_path / "board.glb")

    with pytest.raises(Mismatch, match=words):
        compared(source, spoil)


def test_a_wrong_tint_is_noticed(tmp_path: Path) -> None:
    model = Model()
    paint = model.material(name="Paint", pbrMetallicRoughness={"baseColorFactor": [0.5, 0.5, 0.5, 1]})
    model.node(mesh=model.square(paint), name="Board")

    def recoloured(stage: Any) -> None:
        stage.GetPrimAtPath(f"{PAINT}/Surface").GetAttribute("inputs:diffuseColor").Set(Gf.Vec3f(1, 0, 0))

    with pytest.raises(Mismatch, match="the base colour of material 'Paint'"):
        compared(model.save(tmp_path / "board.glb"), recoloured)


def test_a_skeleton_that_stands_still_is_noticed(tmp_path: Path) -> None:
    def freeze(stage: Any) -> None:
        stage.GetPrimAtPath("/Root/Skinned/Skeleton").GetRelationship("skel:animationSource").SetTargets([])

    with pytest.raises(Mismatch, match=r"at 1.00 s are off"):
        compared(an_arm(tmp_path / "arm.glb"), freeze)
