"""What a GLB shows, told by its own numbers alone: the other side of the comparison.

Shares the GLB's reader with the converter and nothing of what the converter decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vitrine.pipeline.usdz.geometry import corners, influences, is_surface
from vitrine.pipeline.usdz.gltf import Array, Glb
from vitrine.pipeline.usdz.pose import Pose, is_skinned, skinned
from vitrine.pipeline.usdz.surface import Placement

_NONE: Mapping[str, Any] = {}


@dataclass(slots=True)
class Box:
    """Bounds that grow. Empty until something was added."""

    low: Array = field(default_factory=lambda: np.full(3, np.inf))
    high: Array = field(default_factory=lambda: np.full(3, -np.inf))

    def add(self, points: Array) -> None:
        if len(points):
            self.low = np.minimum(self.low, points.min(axis=0))
            self.high = np.maximum(self.high, points.max(axis=0))

    @property
    def diagonal(self) -> float:
        return float(np.linalg.norm(self.high - self.low)) if (self.high >= self.low).all() else 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One primitive at one place: world points at a time, triangles, the material's index."""

    primitive: Mapping[str, Any]
    points: Array
    triangles: int


def shown(pose: Pose, time_s: float | None) -> Iterator[Shown]:
    """Every primitive with triangles, as it stands at `time_s`."""
    glb, worlds = pose.glb, pose.worlds(time_s)
    held: dict[int, Array] = {}  # skin -> its joints' matrices
    for index, world in worlds.items():
        node = glb.all("nodes")[index]
        if "mesh" not in node:
            continue
        follows = is_skinned(glb, node)
        if follows and node["skin"] not in held:
            held[node["skin"]] = pose.skinning(glb.all("skins")[node["skin"]], time_s)
        mesh = glb.all("meshes")[node["mesh"]]
        weights = node.get("weights", mesh.get("weights", ()))
        for primitive in mesh["primitives"]:
            if not is_surface(primitive):
                continue
            triangles, points = len(corners(glb, primitive)), _points(glb, primitive, weights)
            if triangles and follows:
                yield Shown(primitive, _skinned(glb, primitive, points, held[node["skin"]]), triangles)
            elif triangles:
                for local in pose.instances(node):
                    placed = local @ world
                    yield Shown(primitive, points @ placed[:3, :3] + placed[3, :3], triangles)


def pictures(glb: Glb, material: int | None) -> dict[str, tuple[int, str, Placement]]:
    """UsdPreviewSurface's input -> (image, channel, placement) that the material must have there."""
    if material is None:
        return {}
    described = glb.all("materials")[material]
    extensions = described.get("extensions", {})
    pbr = described.get("pbrMetallicRoughness", _NONE)
    coat = extensions.get("KHR_materials_clearcoat", _NONE)
    old = extensions.get("KHR_materials_pbrSpecularGlossiness")
    base = old.get("diffuseTexture") if old is not None else pbr.get("baseColorTexture")
    unlit = "KHR_materials_unlit" in extensions
    wanted: list[tuple[str, Any, str]] = [("emissiveColor" if unlit else "diffuseColor", base, "rgb")]
    if described.get("alphaMode", "OPAQUE") != "OPAQUE":
        wanted.append(("opacity", base, "a"))
    if not unlit:
        metal = pbr.get("metallicRoughnessTexture") if old is None else None
        wanted += [("metallic", metal, "b"), ("roughness", metal, "g")]
        wanted += [
            ("normal", described.get("normalTexture"), "rgb"),
            ("occlusion", described.get("occlusionTexture"), "r"),
        ]
        if any(described.get("emissiveFactor", ())):
            wanted.append(("emissiveColor", described.get("emissiveTexture"), "rgb"))
        if coat.get("clearcoatFactor"):
            wanted.append(("clearcoat", coat.get("clearcoatTexture"), "r"))
            wanted.append(("clearcoatRoughness", coat.get("clearcoatRoughnessTexture"), "g"))
    return {name: (_image(glb, info), channel, _placement(info)) for name, info, channel in wanted if info}


def uv_range(glb: Glb, primitive: Mapping[str, Any], placement: Placement) -> Array:
    """Lowest and highest final UV, v upwards, of the vertices that triangles use; 2×2."""
    name = f"TEXCOORD_{placement.uv_set}"
    if name not in primitive["attributes"]:
        uv = placement.applied(np.zeros((1, 2)))
    else:
        uv = placement.applied(glb.accessor(primitive["attributes"][name]).astype(np.float64))
    uv = np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)
    return np.stack([uv.min(axis=0), uv.max(axis=0)])


def _points(glb: Glb, primitive: Mapping[str, Any], weights: Any) -> Array:
    points = glb.accessor(primitive["attributes"]["POSITION"]).astype(np.float64)
    for target, weight in zip(primitive.get("targets", ()), weights, strict=False):
        if "POSITION" in target:
            points = points + weight * glb.accessor(target["POSITION"])
    return points


def _skinned(glb: Glb, primitive: Mapping[str, Any], points: Array, matrices: Array) -> Array:
    joints, weights = influences(glb, primitive["attributes"])
    return points if joints is None or weights is None else skinned(points, joints, weights, matrices)


def _image(glb: Glb, info: Mapping[str, Any]) -> int:
    return int(glb.all("textures")[info["index"]]["source"])


def _placement(info: Mapping[str, Any]) -> Placement:
    transform = info.get("extensions", {}).get("KHR_texture_transform", _NONE)
    return Placement(
        transform.get("texCoord", info.get("texCoord", 0)),
        tuple(transform.get("offset", (0.0, 0.0))),
        transform.get("rotation", 0.0),
        tuple(transform.get("scale", (1.0, 1.0))),
    )
