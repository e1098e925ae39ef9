"""UsdSkel: glTF skins as skeletons with their animation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pxr import Gf, Usd, UsdSkel, Vt

from vitrine.pipeline.usdz.clip import telling
from vitrine.pipeline.usdz.gltf import Array
from vitrine.pipeline.usdz.meshes import Meshes, matrix, vectors
from vitrine.pipeline.usdz.names import Names
from vitrine.pipeline.usdz.pose import Pose, skinned
from vitrine.pipeline.usdz.tree import FRAMES_PER_S, continuous

_UNSEEN = {"translation": 1e-4, "rotation": 5e-4, "scale": 5e-4}
"""What a straight line between samples may miss, as a part of the largest number; 0.06 degrees of a quaternion."""


@dataclass(slots=True)
class Rig:
    """Skins that agree on their joints' bind matrices, so that one skeleton serves them all."""

    bind: dict[int, Array]  # joint's node -> inverse bind matrix
    carriers: list[int] = field(default_factory=list)  # nodes with a skinned mesh

    def takes(self, bind: dict[int, Array]) -> bool:
        """Adds the joints, unless one is bound elsewhere already."""
        if any(
            not np.allclose(self.bind[joint], bind[joint], atol=1e-5) for joint in self.bind.keys() & bind
        ):
            return False
        self.bind |= bind
        return True


def rigs(pose: Pose, carriers: Sequence[int]) -> list[Rig]:
    """Older versions of Quick Look play one skeleton only: as few as can be."""
    found: list[Rig] = []
    for node in carriers:
        skin = pose.glb.all("skins")[pose.glb.all("nodes")[node]["skin"]]
        bind = dict(zip(skin["joints"], pose.bind(skin), strict=True))
        rig = next((rig for rig in found if rig.takes(bind)), None)
        if rig is None:
            rig = Rig(bind)
            found.append(rig)
        rig.carriers.append(node)
    return found


@dataclass(slots=True)
class Skeletons:
    """Writes rigs below `root`.

    A skeleton's joints are the skin's and all their ancestors, so that each keeps its own translation,
    rotation and scale; ancestors above every joint that stand still become the SkelRoot's own transform.
    """

    stage: Any
    pose: Pose
    meshes: Meshes
    names: Names
    root: Any

    def write(self, rig: Rig) -> None:
        standing = self._standing(rig)
        joints = self._joints(rig, len(standing))
        path = self.root.AppendChild(self.names.take(str(self.root), "Skinned"))
        skel_root = UsdSkel.Root.Define(self.stage, path)
        above = self.pose.world(standing[-1]) if standing else np.eye(4)
        skel_root.AddTransformOp().Set(matrix(above))
        self.names.take(str(path), "Skeleton")
        self.names.take(str(path), "Animation")
        skeleton = self._write_skeleton(path, rig, joints, above)
        self._write_animation(path, skeleton, joints)
        bounds = [self._write_skinned(path, skeleton, joints, node) for node in rig.carriers]
        local = np.concatenate(bounds) @ np.linalg.inv(above)[:3, :3] + np.linalg.inv(above)[3, :3]
        skel_root.CreateExtentAttr(vectors(np.stack([local.min(axis=0), local.max(axis=0)])))

    def _standing(self, rig: Rig) -> list[int]:
        lines = [self.pose.lineage(joint) for joint in rig.bind]
        common: list[int] = []
        for level in zip(*lines, strict=False):
            if len(set(level)) > 1 or level[0] in rig.bind or self.pose.moves(level[0]):
                break
            common.append(level[0])
        return common

    def _joints(self, rig: Rig, depth: int) -> dict[int, str]:
        """Node -> joint path, parents first."""
        paths: dict[int, str] = {}
        names = Names()
        for joint in rig.bind:
            above = ""
            for node in self.pose.lineage(joint)[depth:]:
                if node not in paths:
                    name = names.take(above, self.pose.glb.all("nodes")[node].get("name") or f"joint_{node}")
                    paths[node] = f"{above}/{name}" if above else name
                above = paths[node]
        return paths

    def _write_skeleton(self, path: Any, rig: Rig, joints: dict[int, str], above: Array) -> Any:
        skeleton = UsdSkel.Skeleton.Define(self.stage, path.AppendChild("Skeleton"))
        below = np.linalg.inv(above)
        bind = [
            _inverse(rig.bind[node]) if node in rig.bind else self.pose.world(node) @ below for node in joints
        ]
        skeleton.CreateJointsAttr(list(joints.values()))
        skeleton.CreateBindTransformsAttr(Vt.Matrix4dArray([matrix(one) for one in bind]))
        rest = [matrix(self.pose.local(node)) for node in joints]
        skeleton.CreateRestTransformsAttr(Vt.Matrix4dArray(rest))
        return skeleton

    def _write_animation(self, path: Any, skeleton: Any, joints: dict[int, str]) -> None:
        clip = self.pose.clip
        if clip is None:
            return
        animation = UsdSkel.Animation.Define(self.stage, path.AppendChild("Animation"))
        animation.CreateJointsAttr(list(joints.values()))
        times = clip.times(joints)
        attributes = {
            "translation": (animation.CreateTranslationsAttr(), vectors),
            "rotation": (animation.CreateRotationsAttr(), _quaternions),
            "scale": (animation.CreateScalesAttr(), _halves),
        }
        for name, (attribute, packed) in attributes.items():
            moving = any((node, name) in clip.channels for node in joints)
            at = times if moving else times[:1]
            parts = [self.pose.part(node, name, at) for node in joints]
            if name == "rotation":
                parts = [continuous(rows) for rows in parts]
            samples = np.stack(parts, axis=1)
            for number in telling(at, samples, _UNSEEN[name] * float(np.abs(samples).max())):
                when = Usd.TimeCode(at[number] * FRAMES_PER_S) if moving else Usd.TimeCode.Default()
                attribute.Set(packed(samples[number]), when)
        binding = UsdSkel.BindingAPI.Apply(skeleton.GetPrim())
        binding.CreateAnimationSourceRel().SetTargets([animation.GetPath()])

    def _write_skinned(self, path: Any, skeleton: Any, joints: dict[int, str], node: int) -> Array:
        """Writes the node's mesh; gives the world bounds of its first frame, two rows."""
        described = self.pose.glb.all("nodes")[node]
        skin = self.pose.glb.all("skins")[described["skin"]]
        order = list(joints)
        places = np.array([order.index(joint) for joint in skin["joints"]])
        first = self.pose.skinning(skin, 0.0)
        corners: list[Array] = []
        for mesh, shape in self.meshes.write(path, described):
            if shape.joints is None or shape.weights is None:
                continue
            binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
            binding.CreateSkeletonRel().SetTargets([skeleton.GetPath()])
            binding.CreateGeomBindTransformAttr(Gf.Matrix4d(1))
            used = np.flatnonzero(shape.weights.any(axis=0)) if shape.weights.any() else np.array([0])
            joints_used, weights_used = shape.joints[:, used], shape.weights[:, used]
            influences = np.where(weights_used > 0, places[joints_used], 0).astype(np.int32).reshape(-1)
            width = len(used)
            binding.CreateJointIndicesPrimvar(False, width).Set(Vt.IntArray.FromNumpy(influences))
            weights = np.ascontiguousarray(weights_used.reshape(-1), np.float32)
            binding.CreateJointWeightsPrimvar(False, width).Set(Vt.FloatArray.FromNumpy(weights))
            posed = skinned(shape.points, shape.joints, shape.weights, first)
            corners += [posed.min(axis=0), posed.max(axis=0)]
        return np.stack(corners) if corners else np.empty((0, 3))


def _inverse(bind: Array) -> Array:
    """A singular bind matrix hides its joint's vertices: any inverse will do."""
    inverse: Array = np.linalg.inv(bind) if abs(np.linalg.det(bind)) > 1e-30 else np.eye(4)
    return inverse


def _quaternions(rows: Array) -> Any:
    return Vt.QuatfArray([Gf.Quatf(w, x, y, z) for x, y, z, w in rows.tolist()])


def _halves(rows: Array) -> Any:
    return Vt.Vec3hArray([Gf.Vec3h(*row) for row in rows.tolist()])
