"""UsdGeom meshes from glTF primitives: one each, triangles, with the material bound."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from pxr import Gf, Sdf, UsdGeom, UsdShade, Vt

from vitrine.pipeline.usdz.geometry import Triangles, is_surface, triangles
from vitrine.pipeline.usdz.gltf import Array, Glb
from vitrine.pipeline.usdz.ledger import Ledger
from vitrine.pipeline.usdz.materials import Materials, primvar_name
from vitrine.pipeline.usdz.names import Names
from vitrine.pipeline.usdz.shading import Shading
from vitrine.pipeline.usdz.surface import Placement, Surface, Tint

_EVEN = 1 / 255  # vertex colours that differ by no more are one colour


@dataclass(slots=True)
class Meshes:
    """Writes glTF meshes below a prim. The same mesh twice costs its bytes once: the crate shares arrays."""

    stage: Any
    glb: Glb
    shading: Shading
    materials: Materials
    ledger: Ledger
    names: Names
    shapes: dict[tuple[int, int, tuple[float, ...]], Triangles] = field(default_factory=dict)
    kept: dict[tuple[int, Any], tuple[Triangles, Any]] = field(default_factory=dict)
    sources: dict[str, int | None] = field(default_factory=dict)  # mesh prim's path -> the GLB's material
    triangles_drawn: int = 0

    def write(
        self,
        parent: Any,
        node: Mapping[str, Any],
        moved: Callable[[Triangles], Triangles] = lambda shape: shape,
    ) -> list[tuple[Any, Triangles]]:
        """Each primitive of the node's mesh below `parent`, after `moved`."""
        mesh = self.glb.all("meshes")[node["mesh"]]
        weights = tuple(node.get("weights", mesh.get("weights", ())))
        written = []
        for number, primitive in enumerate(mesh["primitives"]):
            if not is_surface(primitive):
                self.ledger.drop("what is made of lines or points")
                continue
            self._note(primitive)
            shape = moved(self._shape((node["mesh"], number, weights), primitive))
            if len(shape.indices) == 0:
                continue
            path = parent.AppendChild(
                self.names.take(str(parent), mesh.get("name") or f"mesh_{node['mesh']}")
            )
            written.append((self._prim(path, primitive, shape), shape))
            self.triangles_drawn += len(shape.indices)
            self.sources[str(path)] = primitive.get("material")
        return written

    def _shape(self, key: tuple[int, int, tuple[float, ...]], primitive: Mapping[str, Any]) -> Triangles:
        if key not in self.shapes:
            self.shapes[key] = triangles(self.glb, primitive, key[2])
        return self.shapes[key]

    def _note(self, primitive: Mapping[str, Any]) -> None:
        if primitive.get("targets"):
            self.ledger.drop("the movement of morph targets")
        if "JOINTS_1" in primitive["attributes"]:
            self.ledger.emulate("a skin with more than 4 joints a vertex")

    def _prim(self, path: Any, primitive: Mapping[str, Any], shape: Triangles) -> Any:
        mesh = UsdGeom.Mesh.Define(self.stage, path)
        mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
        mesh.CreatePointsAttr(self._once(shape, "points", lambda: vectors(shape.points)))
        mesh.CreateExtentAttr(vectors(np.stack([shape.points.min(axis=0), shape.points.max(axis=0)])))
        mesh.CreateNormalsAttr(self._once(shape, "normals", lambda: vectors(shape.normals)))
        mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
        mesh.CreateFaceVertexCountsAttr(self._once(shape, "counts", lambda: _counts(shape)))
        mesh.CreateFaceVertexIndicesAttr(self._once(shape, "indices", lambda: _indices(shape)))
        surface: Surface = self._once(
            shape, primitive.get("material"), lambda: self._surface(primitive, shape)
        )
        mesh.CreateDoubleSidedAttr(surface.double_sided)
        self._primvars(UsdGeom.PrimvarsAPI(mesh), surface, shape)
        UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(self.materials.material(surface))
        return mesh

    def _once(self, shape: Triangles, what: Any, make: Callable[[], Any]) -> Any:
        """What was made of the shape before: a mesh that stands in ten thousand places is held once."""
        key = (id(shape), what)
        if key not in self.kept:
            self.kept[key] = (shape, make())  # the shape too, or its id would be given to another
        return self.kept[key][1]

    def _surface(self, primitive: Mapping[str, Any], shape: Triangles) -> Surface:
        tint = Tint()
        if shape.colours is not None and len(shape.colours):
            mean = tuple(float(part) for part in shape.colours.mean(axis=0))
            varies = bool((np.ptp(shape.colours, axis=0) > _EVEN).any())
            textured = _has_base_texture(self.glb, primitive)
            tint = Tint(colour=(1.0, 1.0, 1.0, mean[3]) if varies and not textured else mean, varies=varies)  # type: ignore[arg-type]  # four numbers
        surface = self.shading.surface(primitive.get("material"), tint)
        if tint.varies:
            textured = not surface.takes_vertices
            note = self.ledger.drop if textured else self.ledger.emulate
            note("vertex colours over a texture" if textured else "vertex colours", surface.name)
        return surface

    def _primvars(self, primvars: Any, surface: Surface, shape: Triangles) -> None:
        types, vertex = Sdf.ValueTypeNames, UsdGeom.Tokens.vertex
        for placement in surface.placements:
            primvar = primvars.CreatePrimvar(primvar_name(surface, placement), types.TexCoord2fArray, vertex)
            primvar.Set(self._once(shape, placement, partial(_uv, shape, placement)))
        if shape.colours is not None and surface.takes_vertices:
            colours = shape.colours[:, :3] * np.array(surface.base_colour[:3])
            primvars.CreatePrimvar("displayColor", types.Color3fArray, vertex).Set(vectors(colours))


def _counts(shape: Triangles) -> Any:
    return Vt.IntArray.FromNumpy(np.full(len(shape.indices), 3, np.int32))


def _indices(shape: Triangles) -> Any:
    return Vt.IntArray.FromNumpy(np.ascontiguousarray(shape.indices.reshape(-1), np.int32))


def _uv(shape: Triangles, placement: Placement) -> Any:
    uv = placement.applied(shape.uvs.get(placement.uv_set, np.zeros((len(shape.points), 2))))
    st = np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)  # USD counts v from below
    return Vt.Vec2fArray.FromNumpy(st.astype(np.float32))


def vectors(rows: Array) -> Any:
    """A Vec3f array of n×3 numbers."""
    return Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(rows, np.float32))


def matrix(rows: Array) -> Any:
    return Gf.Matrix4d(rows.tolist())


def _has_base_texture(glb: Glb, primitive: Mapping[str, Any]) -> bool:
    if "material" not in primitive:
        return False
    material = glb.all("materials")[primitive["material"]]
    old = material.get("extensions", {}).get("KHR_materials_pbrSpecularGlossiness", {})
    return "baseColorTexture" in material.get("pbrMetallicRoughness", {}) or "diffuseTexture" in old
