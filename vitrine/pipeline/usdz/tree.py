"""The tree of Xforms: glTF's nodes, with time samples where the clip moves them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom

from vitrine.pipeline.usdz.meshes import Meshes, matrix
from vitrine.pipeline.usdz.names import Names
from vitrine.pipeline.usdz.pose import Pose

FRAMES_PER_S = 60.0  # time codes a second; keys keep their exact times as fractions


@dataclass(slots=True)
class Tree:
    """Writes the nodes that carry rigid meshes, and their ancestors, below `root`."""

    stage: Any
    pose: Pose
    meshes: Meshes
    names: Names
    root: Any
    paths: dict[int, Any] = field(default_factory=dict)

    def write(self, carriers: list[int]) -> None:
        """`carriers`: the nodes whose meshes are to be written."""
        wanted = {ancestor for node in carriers for ancestor in self.pose.lineage(node)}
        for index in self.pose.walk():
            if index in wanted:
                self._write_node(index)
        for index in carriers:
            self._write_meshes(index)

    def _write_node(self, index: int) -> None:
        parent = self.paths.get(self.pose.parents.get(index, -1), self.root)
        name = self.pose.glb.all("nodes")[index].get("name") or f"node_{index}"
        self.paths[index] = path = parent.AppendChild(self.names.take(str(parent), name))
        xform = UsdGeom.Xform.Define(self.stage, path)
        if self.pose.moves(index):
            self._write_moves(xform, index)
            return
        local = self.pose.local(index)
        if not np.array_equal(local, np.eye(4)):
            xform.AddTransformOp().Set(matrix(local))

    def _write_moves(self, xform: Any, index: int) -> None:
        single = UsdGeom.XformOp.PrecisionFloat
        ops = {
            "translation": xform.AddTranslateOp(single),
            "rotation": xform.AddOrientOp(single),
            "scale": xform.AddScaleOp(single),
        }
        clip = self.pose.clip
        for name, op in ops.items():
            moving = clip is not None and (index, name) in clip.channels
            times = clip.times([index]) if clip is not None and moving else np.zeros(1)
            rows = self.pose.part(index, name, times)
            if name == "rotation":
                rows = continuous(rows)
            for time_s, row in zip(times, rows, strict=True):
                value = quaternion(row) if name == "rotation" else Gf.Vec3f(*row.tolist())
                op.Set(value, Usd.TimeCode(time_s * FRAMES_PER_S) if moving else Usd.TimeCode.Default())

    def _write_meshes(self, index: int) -> None:
        node = self.pose.glb.all("nodes")[index]
        if "EXT_mesh_gpu_instancing" not in node.get("extensions", {}):
            self.meshes.write(self.paths[index], node)
            return
        for number, local in enumerate(self.pose.instances(node)):
            path = self.paths[index].AppendChild(
                self.names.take(str(self.paths[index]), f"instance_{number}")
            )
            UsdGeom.Xform.Define(self.stage, path).AddTransformOp().Set(matrix(local))
            self.meshes.write(path, node)


def quaternion(row: Any) -> Any:
    """From x, y, z, w."""
    x, y, z, w = row.tolist()
    return Gf.Quatf(w, x, y, z)


def continuous(rows: Any) -> Any:
    """Quaternions without jumps of sign, so that no player turns the long way round."""
    flips = np.where((rows[1:] * rows[:-1]).sum(axis=1) < 0, -1.0, 1.0)
    return rows * np.concatenate([[1.0], np.cumprod(flips)])[:, None]


def below_root(stage: Any, root: str) -> Any:
    """The path of the stage's one root prim, made an Xform and the default."""
    prim = UsdGeom.Xform.Define(stage, Sdf.Path(f"/{root}")).GetPrim()
    stage.SetDefaultPrim(prim)
    return prim.GetPath()
