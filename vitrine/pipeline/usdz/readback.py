"""What a finished .usdz holds, read with OpenUSD as a player would."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pxr import Usd, UsdGeom, UsdShade, UsdSkel, Vt

from vitrine.pipeline.usdz.archive import PICTURES, Entry
from vitrine.pipeline.usdz.gltf import Array
from vitrine.pipeline.usdz.tree import FRAMES_PER_S

_SHOWN = [UsdGeom.Tokens.default_, UsdGeom.Tokens.render]
_MOST_PRIMS = 200_000


class TooMuch(ValueError):
    """More prims than we look at."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One mesh on the stage: world points at a time, its triangles, its material's prim, UVs by primvar."""

    path: str
    points: Array
    triangles: int
    material: Any
    uvs: dict[str, Array]


@dataclass(frozen=True, slots=True)
class Bound:
    """A texture on one input of a material: file, channel read, primvar, scale and bias."""

    file: str
    channel: str
    primvar: str
    scale: tuple[float, ...]
    bias: tuple[float, ...]


def drawn(stage: Any, time_s: float) -> Iterator[Drawn]:
    """Every mesh, skinned ones as their skeleton holds them at `time_s`."""
    time = Usd.TimeCode(time_s * FRAMES_PER_S)
    xforms = UsdGeom.XformCache(time)
    skeletons = UsdSkel.Cache()
    for prim in stage.Traverse():
        if prim.IsA(UsdSkel.Root):
            skeletons.Populate(UsdSkel.Root(prim), Usd.PrimDefaultPredicate)
        if prim.IsA(UsdGeom.Mesh):
            mesh = UsdGeom.Mesh(prim)
            points = _points(mesh, xforms, skeletons, time)
            counts = np.array(mesh.GetFaceVertexCountsAttr().Get())
            material = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()[0]
            yield Drawn(str(prim.GetPath()), points, int((counts - 2).sum()), material.GetPrim(), _uvs(mesh))


def inputs(material: Any) -> dict[str, Bound | tuple[float, ...]]:
    """What each input of the material's surface gets: a texture or numbers."""
    source = UsdShade.Material(material).ComputeSurfaceSource()[0]
    found: dict[str, Bound | tuple[float, ...]] = {}
    for each in source.GetInputs():
        if not each.HasConnectedSource():
            found[each.GetBaseName()] = tuple(np.ravel(each.Get()).tolist())
            continue
        node, channel, _ = each.GetConnectedSource()
        shader = UsdShade.Shader(node.GetPrim())
        if shader.GetShaderId() == "UsdUVTexture":
            found[each.GetBaseName()] = _bound(shader, str(channel))
    return found


def facts(stage: Any, entries: list[Entry], path: Path) -> dict[str, Any]:
    """The report's facts. `dimensions_m`: metres with y up, whatever the file's unit and axis; None if empty."""
    counted = {"triangles": 0, "vertices": 0, "meshes": 0, "materials": 0, "skins": 0, "morph_targets": 0}
    for number, prim in enumerate(Usd.PrimRange.Stage(stage, Usd.TraverseInstanceProxies())):
        if number >= _MOST_PRIMS:
            raise TooMuch(f"The scene has more than {_MOST_PRIMS} prims; no more are allowed.")
        counted["materials"] += prim.IsA(UsdShade.Material)
        counted["skins"] += prim.IsA(UsdSkel.Skeleton)
        counted["morph_targets"] += prim.IsA(UsdSkel.BlendShape)
        if prim.IsA(UsdGeom.Mesh):
            mesh = UsdGeom.Mesh(prim)
            counts = np.array(mesh.GetFaceVertexCountsAttr().Get() or (), np.int64)
            counted["triangles"] += int(np.maximum(counts - 2, 0).sum())
            counted["vertices"] += len(mesh.GetPointsAttr().Get() or ())
            counted["meshes"] += 1
    pictures = [entry for entry in entries if entry.extension in PICTURES]
    return {
        **counted,
        "textures": len(pictures),
        "texture_max_px": largest_px(path, pictures),
        "animations": int(stage.GetEndTimeCode() > stage.GetStartTimeCode()),
        "animation_s": max(0.0, stage.GetEndTimeCode() - stage.GetStartTimeCode())
        / (stage.GetTimeCodesPerSecond() or 1),
        "copyright": str(stage.GetRootLayer().customLayerData.get("copyright", ""))[:500],
        "dimensions_m": _dimensions(stage),
    }


def largest_px(path: Path, pictures: list[Entry]) -> int:
    """The longest side of all pictures, read from their headers."""
    sides = [0]
    with path.open("rb") as file:
        for entry in pictures:
            file.seek(entry.offset)
            with Image.open(io.BytesIO(file.read(entry.size)), formats=("PNG", "JPEG")) as picture:
                sides.append(max(picture.size))
    return max(sides)


def picture(path: Path, name: str) -> bytes:
    """A file's bytes out of the package."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def _points(mesh: Any, xforms: Any, skeletons: Any, time: Any) -> Array:
    prim = mesh.GetPrim()
    points = mesh.GetPointsAttr().Get(time)
    world = xforms.GetLocalToWorldTransform(prim)
    query = skeletons.GetSkinningQuery(prim)
    if query and query.HasJointInfluences():
        skeleton = UsdSkel.BindingAPI(prim).GetInheritedSkeleton()
        posed = skeletons.GetSkelQuery(skeleton)
        points = Vt.Vec3fArray(points)
        query.ComputeSkinnedPoints(posed.ComputeSkinningTransforms(time), points, time)
        world = xforms.GetLocalToWorldTransform(skeleton.GetPrim())
    matrix = np.array(world)
    moved: Array = np.array(points, np.float64) @ matrix[:3, :3] + matrix[3, :3]
    return moved


def _uvs(mesh: Any) -> dict[str, Array]:
    return {
        primvar.GetPrimvarName(): np.array(primvar.ComputeFlattened(), np.float64)
        for primvar in UsdGeom.PrimvarsAPI(mesh).GetPrimvarsWithValues()
        if primvar.GetTypeName().role == "TextureCoordinate"
    }


def _bound(shader: Any, channel: str) -> Bound:
    def number(name: str, usual: float) -> tuple[float, ...]:
        given = shader.GetInput(name)
        return tuple(given.Get()) if given else (usual,) * 4

    reader = UsdShade.Shader(shader.GetInput("st").GetConnectedSource()[0].GetPrim())
    file = shader.GetInput("file").Get().path
    return Bound(file, channel, reader.GetInput("varname").Get(), number("scale", 1.0), number("bias", 0.0))


def _dimensions(stage: Any) -> list[float] | None:
    time = stage.GetStartTimeCode() if stage.HasAuthoredTimeCodeRange() else Usd.TimeCode.EarliestTime()
    cache = UsdGeom.BBoxCache(time, _SHOWN, useExtentsHint=False)
    bounds = cache.ComputeWorldBound(stage.GetPseudoRoot()).ComputeAlignedRange()
    if bounds.IsEmpty():
        return None
    x, y, z = (float(side) * UsdGeom.GetStageMetersPerUnit(stage) for side in bounds.GetSize())
    return [x, z, y] if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.z else [x, y, z]
