"""The conversion: a core GLB in, a folder with one USD layer and its pictures out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pxr import Kind, Usd, UsdGeom

from vitrine.pipeline.usdz.clip import Clip, clips
from vitrine.pipeline.usdz.geometry import Triangles
from vitrine.pipeline.usdz.gltf import Array, Glb
from vitrine.pipeline.usdz.images import Images
from vitrine.pipeline.usdz.ledger import Ledger
from vitrine.pipeline.usdz.materials import Materials
from vitrine.pipeline.usdz.meshes import Meshes
from vitrine.pipeline.usdz.names import Names
from vitrine.pipeline.usdz.pose import Pose, is_skinned, skinned
from vitrine.pipeline.usdz.shading import Shading
from vitrine.pipeline.usdz.skeleton import Skeletons, rigs
from vitrine.pipeline.usdz.tree import FRAMES_PER_S, Tree, below_root

LAYER = "model.usdc"
PICTURES = "textures"


class NothingToShow(ValueError):
    """The scene has no triangles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What was written: `files` relative to the folder, the layer first; `sources`: mesh prim -> material."""

    files: tuple[str, ...]
    sources: Mapping[str, int | None]
    clip: Clip | None
    triangles: int
    texture_max_px: int
    resized: int


def convert(glb: Glb, folder: Path, ledger: Ledger, *, max_texture_px: int) -> Converted:
    """Write `model.usdc` and `textures/` into `folder`. NothingToShow when no triangle would be left."""
    (folder / PICTURES).mkdir()
    found = clips(glb)
    clip = found[0] if found else None
    stage = Usd.Stage.CreateInMemory()
    root = _prepare(stage, clip)
    images = Images(glb, folder / PICTURES, max_texture_px)
    names = Names()
    scope = UsdGeom.Scope.Define(stage, root.AppendChild(names.take(str(root), "Materials"))).GetPath()
    materials = Materials(stage, scope, images)
    meshes = Meshes(stage, glb, Shading(glb, images, ledger), materials, ledger, names)
    _write(Pose(glb, clip), stage, meshes, root)
    if meshes.triangles_drawn == 0:
        raise NothingToShow("The model has no triangles that a USDZ could show.")
    _note(glb, found, ledger)
    _keep_rights(stage, glb)
    stage.GetRootLayer().Export(str(folder / LAYER))
    pictures = sorted(f"{PICTURES}/{path.name}" for path in images.written.values())
    return Converted(
        files=(LAYER, *pictures),
        sources=meshes.sources,
        clip=clip,
        triangles=meshes.triangles_drawn,
        texture_max_px=images.largest_px,
        resized=images.resized,
    )


def _prepare(stage: Any, clip: Clip | None) -> Any:
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    root = below_root(stage, "Root")
    Usd.ModelAPI(stage.GetDefaultPrim()).SetKind(Kind.Tokens.component)
    if clip is not None:
        stage.SetTimeCodesPerSecond(FRAMES_PER_S)
        stage.SetFramesPerSecond(FRAMES_PER_S)
        stage.SetStartTimeCode(0.0)
        stage.SetEndTimeCode(clip.duration_s * FRAMES_PER_S)
    return root


def _write(pose: Pose, stage: Any, meshes: Meshes, root: Any) -> None:
    """Rigid meshes in the tree; skins that the clip moves as skeletons; the others as they stand."""
    nodes = pose.glb.all("nodes")
    carriers = [index for index in pose.walk() if "mesh" in nodes[index]]
    rigid = [index for index in carriers if not is_skinned(pose.glb, nodes[index])]
    Tree(stage, pose, meshes, meshes.names, root).write(rigid)
    skins = [index for index in carriers if is_skinned(pose.glb, nodes[index])]
    moving = [index for index in skins if _bends(pose, index)]
    skeletons = Skeletons(stage, pose, meshes, meshes.names, root)
    for rig in rigs(pose, moving):
        skeletons.write(rig)
    for index in skins:
        if index not in moving:
            matrices = pose.skinning(pose.glb.all("skins")[nodes[index]["skin"]])
            path = root.AppendChild(meshes.names.take(str(root), nodes[index].get("name") or f"node_{index}"))
            UsdGeom.Xform.Define(stage, path)
            meshes.write(path, nodes[index], partial(_stilled, matrices=matrices))


def _bends(pose: Pose, index: int) -> bool:
    skin = pose.glb.all("skins")[pose.glb.all("nodes")[index]["skin"]]
    return any(pose.moves(node) for joint in skin["joints"] for node in pose.lineage(joint))


def _stilled(shape: Triangles, *, matrices: Array) -> Triangles:
    """The shape as its skin holds it, in the world."""
    if shape.joints is None or shape.weights is None:
        return shape
    normals = skinned(shape.normals, shape.joints, shape.weights, matrices, directions=True)
    lengths = np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return Triangles(
        points=skinned(shape.points, shape.joints, shape.weights, matrices),
        normals=normals / lengths,
        indices=shape.indices,
        uvs=shape.uvs,
        colours=shape.colours,
        joints=None,
        weights=None,
    )


def _note(glb: Glb, found: list[Clip], ledger: Ledger) -> None:
    extensions = glb.document.get("extensions", {})
    if found:
        ledger.keep(f"animation {found[0].name!r}")
    if found[1:]:
        others = ", ".join(repr(clip.name) for clip in found[1:])
        ledger.drop(f"every animation but the first ({others})")
    if any(
        channel["target"].get("path") == "pointer"
        for animation in glb.all("animations")
        for channel in animation["channels"]
    ):
        ledger.drop("the animation of materials")
    if variants := extensions.get("KHR_materials_variants", {}).get("variants"):
        ledger.drop(f"the choice of material variants ({_shown(glb, variants)} stays)")
    if extensions.get("KHR_lights_punctual", {}).get("lights"):
        ledger.drop("the model's own lights")


def _shown(glb: Glb, variants: list[dict[str, Any]]) -> str:
    """The variant that looks as the model comes, by its name, where there is one."""
    changed = {
        variant
        for mesh in glb.all("meshes")
        for part in mesh["primitives"]
        for mapping in part.get("extensions", {}).get("KHR_materials_variants", {}).get("mappings", ())
        if mapping["material"] != part.get("material")
        for variant in mapping["variants"]
    }
    alike = [one["name"] for number, one in enumerate(variants) if number not in changed and one.get("name")]
    return repr(alike[0]) if alike else "the default one"


def _keep_rights(stage: Any, glb: Glb) -> None:
    asset = glb.document.get("asset", {})
    if asset.get("copyright"):
        stage.GetRootLayer().customLayerData = {"copyright": str(asset["copyright"])}
