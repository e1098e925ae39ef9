"""Where everything stands: the scene's nodes, their transforms at a time, and skinned points."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vitrine.pipeline.usdz.clip import Clip
from vitrine.pipeline.usdz.gltf import Array, Glb

_RESTING = {"translation": (0.0, 0.0, 0.0), "rotation": (0.0, 0.0, 0.0, 1.0), "scale": (1.0, 1.0, 1.0)}


@dataclass(frozen=True)
class Pose:
    """A GLB's default scene with at most one clip. Everything is asked for at `time_s`, None for rest."""

    glb: Glb
    clip: Clip | None

    @cached_property
    def roots(self) -> list[int]:
        scenes = self.glb.all("scenes")
        if scenes:
            return list(scenes[self.glb.document.get("scene", 0)].get("nodes", ()))
        children = {child for node in self.glb.all("nodes") for child in node.get("children", ())}
        return [index for index in range(len(self.glb.all("nodes"))) if index not in children]

    @cached_property
    def parents(self) -> dict[int, int]:
        return {
            child: index
            for index, node in enumerate(self.glb.all("nodes"))
            for child in node.get("children", ())
        }

    def walk(self) -> Iterator[int]:
        """The visible nodes of the scene, parents first."""
        waiting = list(reversed(self.roots))
        while waiting:
            index = waiting.pop()
            if is_visible(self.glb.all("nodes")[index]):
                yield index
                waiting.extend(reversed(self.glb.all("nodes")[index].get("children", ())))

    def lineage(self, index: int) -> list[int]:
        """The node's ancestors from the root down, and itself."""
        line = [index]
        while line[-1] in self.parents:
            line.append(self.parents[line[-1]])
        return line[::-1]

    def moves(self, index: int) -> bool:
        return self.clip is not None and index in self.clip.nodes

    def part(self, index: int, name: str, times: Array) -> Array:
        """One of translation, rotation (x, y, z, w) and scale, a row for each time."""
        channel = self.clip.channels.get((index, name)) if self.clip else None
        if channel is not None:
            return channel.at(times, rotation=name == "rotation")
        node = self.glb.all("nodes")[index]
        if "matrix" in node:
            row = np.array(decomposed(np.array(node["matrix"], float).reshape(4, 4))[name])
        else:
            row = np.array(node.get(name, _RESTING[name]), float)
        return np.repeat(row[None], len(times), axis=0)

    def local(self, index: int, time_s: float | None = None) -> Array:
        node = self.glb.all("nodes")[index]
        if "matrix" in node:  # a node with a matrix is never animated (glTF 2.0, 3.11)
            return np.array(node["matrix"], float).reshape(4, 4)
        if time_s is None or not self.moves(index):
            return composed(*(np.array(node.get(name, rest), float) for name, rest in _RESTING.items()))
        return composed(*(self.part(index, name, np.array([time_s]))[0] for name in _RESTING))

    def worlds(self, time_s: float | None = None) -> dict[int, Array]:
        """Local-to-world of each node of the scene."""
        found: dict[int, Array] = {}
        for index in self.walk():
            local = self.local(index, time_s)
            found[index] = local @ found[self.parents[index]] if index in self.parents else local
        return found

    def world(self, index: int, time_s: float | None = None) -> Array:
        whole = np.eye(4)
        for ancestor in self.lineage(index):
            whole = self.local(ancestor, time_s) @ whole
        return whole

    def bind(self, skin: dict[str, Any]) -> Array:
        """The skin's inverse bind matrices, j×4×4."""
        if "inverseBindMatrices" not in skin:
            return np.repeat(np.eye(4)[None], len(skin["joints"]), axis=0)
        rows = self.glb.accessor(skin["inverseBindMatrices"]).astype(np.float64)
        return rows.reshape(-1, 4, 4)[: len(skin["joints"])]

    def instances(self, node: Mapping[str, Any]) -> list[Array]:
        """EXT_mesh_gpu_instancing's transforms, or the one that changes nothing."""
        attributes = node.get("extensions", {}).get("EXT_mesh_gpu_instancing", {}).get("attributes")
        if not attributes:
            return [np.eye(4)]
        count = self.glb.all("accessors")[next(iter(attributes.values()))]["count"]
        columns = [
            self.glb.accessor(attributes[name.upper()]).astype(float)
            if name.upper() in attributes
            else np.tile(rest, (count, 1))
            for name, rest in _RESTING.items()
        ]
        return [composed(*rows) for rows in zip(*columns, strict=True)]

    def skinning(self, skin: dict[str, Any], time_s: float | None = None) -> Array:
        """From bind space to the world for each joint, j×4×4."""
        worlds = np.stack([self.world(joint, time_s) for joint in skin["joints"]])
        matrices: Array = self.bind(skin) @ worlds
        return matrices


def skinned(
    points: Array, joints: Array, weights: Array, matrices: Array, *, directions: bool = False
) -> Array:
    """Points (or directions) moved by the mixed matrices of their joints."""
    mixed = np.einsum("vi,vijk->vjk", weights, matrices[joints])
    moved: Array = np.einsum("vj,vjk->vk", points, mixed[:, :3, :3])
    return moved if directions else np.add(moved, mixed[:, 3, :3])


def is_skinned(glb: Glb, node: Mapping[str, Any]) -> bool:
    """Whether the node's mesh follows joints. A skin whose mesh has none is taken for a rigid mesh."""
    if "skin" not in node or "mesh" not in node:
        return False
    primitives = glb.all("meshes")[node["mesh"]]["primitives"]
    return all({"JOINTS_0", "WEIGHTS_0"} <= primitive["attributes"].keys() for primitive in primitives)


def is_visible(node: dict[str, Any]) -> bool:
    return bool(node.get("extensions", {}).get("KHR_node_visibility", {}).get("visible", True))


def composed(translation: Array, rotation: Array, scale: Array) -> Array:
    """The matrix for row vectors of a translation, a unit quaternion (x, y, z, w) and a scale."""
    x, y, z, w = rotation / max(float(np.linalg.norm(rotation)), 1e-12)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)],
            [2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)],
            [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn * scale[:, None]
    matrix[3, :3] = translation
    return matrix


def decomposed(matrix: Array) -> dict[str, tuple[float, ...]]:
    """Translation, rotation (x, y, z, w) and scale; a shear is lost."""
    scale = np.linalg.norm(matrix[:3, :3], axis=1)
    turn = matrix[:3, :3] / np.maximum(scale, 1e-12)[:, None]
    if np.linalg.det(turn) < 0:
        scale[0], turn[0] = -scale[0], -turn[0]
    return {"translation": tuple(matrix[3, :3]), "rotation": _quaternion(turn), "scale": tuple(scale)}


def _quaternion(turn: Array) -> tuple[float, ...]:
    """From a rotation for row vectors: Bar-Itzhack's matrix, its eigenvector of the largest value."""
    (a, b, c), (d, e, f), (g, h, i) = turn.T
    k = np.array(
        [
            [a - e - i, 0, 0, 0],
            [d + b, e - a - i, 0, 0],
            [g + c, h + f, i - a - e, 0],
            [h - f, c - g, d - b, a + e + i],
        ]
    )
    x, y, z, w = np.linalg.eigh(k)[1][:, -1]  # eigh reads the lower triangle
    return (x, y, z, w) if w >= 0 else (-x, -y, -z, -w)
