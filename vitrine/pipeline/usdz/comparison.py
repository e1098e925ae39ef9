"""The finished .usdz against its GLB: bounds, triangles, textures, UVs and colours."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vitrine.pipeline.usdz import expectation
from vitrine.pipeline.usdz.conversion import Converted
from vitrine.pipeline.usdz.expectation import Box
from vitrine.pipeline.usdz.gltf import Array, Glb
from vitrine.pipeline.usdz.pose import Pose
from vitrine.pipeline.usdz.readback import Bound, drawn, inputs, picture

_BOUNDS_TOLERANCE = 1e-3  # of the model's diagonal: joints' scales are half floats in UsdSkel
_UV_TOLERANCE = 1e-4  # of the range, at least of one
_COLOUR_TOLERANCE = 6.0  # of 255, mean of a picture that was made again
_FACTOR_TOLERANCE = 1e-4


class Mismatch(ValueError):
    """The .usdz does not hold what its GLB shows."""


@dataclass(slots=True)
class _Part:
    """What one glTF material covers: bounds at each time, triangles."""

    triangles: int = 0
    boxes: dict[float, Box] = field(default_factory=dict)

    def add(self, points: Array, triangles: int, time_s: float) -> None:
        self.boxes.setdefault(time_s, Box()).add(points)
        self.triangles += triangles


@dataclass(slots=True)
class Comparison:
    """One GLB and the stage made of it."""

    glb: Glb
    stage: Any
    path: Path
    made: Converted

    def check(self) -> dict[str, Any]:
        """Raise Mismatch, or tell for the report what was compared."""
        pose = Pose(self.glb, self.made.clip)
        times = (0.0, self.made.clip.duration_s / 2) if self.made.clip else (0.0,)
        given: dict[int | None, _Part] = {}
        found: dict[int | None, _Part] = {}
        ranges: dict[tuple[int | None, str], list[Array]] = {}
        for time_s in times:
            for one in expectation.shown(pose, time_s if self.made.clip else None):
                given.setdefault(one.primitive.get("material"), _Part()).add(
                    one.points, one.triangles, time_s
                )
            for mesh in drawn(self.stage, time_s):
                source = self.made.sources[mesh.path]
                found.setdefault(source, _Part()).add(mesh.points, mesh.triangles, time_s)
        self._compare_parts(given, found)
        textures = self._compare_textures(ranges)
        self._compare_uvs(ranges, pose)
        return {"triangles": self.made.triangles, "textures_bound": textures, "times_s": list(times)}

    def _compare_parts(self, given: dict[int | None, _Part], found: dict[int | None, _Part]) -> None:
        if given.keys() != found.keys():
            raise Mismatch(f"the materials in use differ: {sorted(map(str, given.keys() ^ found.keys()))}")
        for material, part in given.items():
            if part.triangles != found[material].triangles:
                raise Mismatch(
                    f"{self._name(material)} covers {part.triangles} triangles in the GLB and "
                    f"{found[material].triangles} in the USDZ"
                )
            for time_s, box in part.boxes.items():
                whole = max(other.boxes[time_s].diagonal for other in given.values())
                other = found[material].boxes[time_s]
                off = float(np.abs([box.low - other.low, box.high - other.high]).max())
                if not off <= _BOUNDS_TOLERANCE * max(whole, 1e-9):
                    raise Mismatch(
                        f"the bounds of {self._name(material)} at {time_s:.2f} s are off by {off:.6g} m"
                    )

    def _compare_textures(self, ranges: dict[tuple[int | None, str], list[Array]]) -> int:
        """Every picture where it belongs; also collects each input's UVs. The number of bound textures."""
        compared: set[tuple[int, str]] = set()
        bound: set[tuple[int | None, str]] = set()
        for mesh in drawn(self.stage, 0.0):
            source, values = self.made.sources[mesh.path], inputs(mesh.material)
            for name, (image, channel, _) in expectation.pictures(self.glb, source).items():
                value = values.get(name)
                if not isinstance(value, Bound) or value.channel != channel:
                    raise Mismatch(f"{self._name(source)} has no texture on {name} ({channel})")
                if (image, value.file) not in compared:
                    self._compare_picture(image, value, same=name != "normal")
                    compared.add((image, value.file))
                uv = mesh.uvs[value.primvar]
                ranges.setdefault((source, name), []).append(np.stack([uv.min(axis=0), uv.max(axis=0)]))
                bound.add((source, name))
            self._compare_colour(source, values)
        return len(bound)

    def _compare_picture(self, image: int, bound: Bound, *, same: bool) -> None:
        given, found = self.glb.image(image), picture(self.path, bound.file)
        if given == found:
            return
        shapes = [_thumbnail(data) for data in (given, found)]
        off = float(np.abs(shapes[0] - shapes[1]).mean())
        if same and off > _COLOUR_TOLERANCE:
            raise Mismatch(
                f"the picture {bound.file} is off by {off:.1f} of 255 from the GLB's image {image}"
            )

    def _compare_colour(self, source: int | None, values: dict[str, Any]) -> None:
        """Factors of materials without vertex colours or imitations."""
        material = self.glb.all("materials")[source] if source is not None else {}
        unlit = "KHR_materials_unlit" in material.get("extensions", {})
        old = material.get("extensions", {}).get("KHR_materials_pbrSpecularGlossiness", {})
        usual = material.get("pbrMetallicRoughness", {}).get("baseColorFactor", (1, 1, 1, 1))
        wanted = np.array(old.get("diffuseFactor", usual), float)[:3]
        value = values.get("emissiveColor" if unlit else "diffuseColor")
        if value is None or source in self._coloured():
            return
        got = np.array(value.scale[:3] if isinstance(value, Bound) else value)
        if np.abs(got - wanted).max() > _FACTOR_TOLERANCE:
            raise Mismatch(
                f"the base colour of {self._name(source)} is {got.tolist()}, not {wanted.tolist()}"
            )

    def _coloured(self) -> set[int | None]:
        """Materials on primitives with vertex colours."""
        return {
            primitive.get("material")
            for mesh in self.glb.all("meshes")
            for primitive in mesh["primitives"]
            if "COLOR_0" in primitive["attributes"]
        }

    def _compare_uvs(self, ranges: dict[tuple[int | None, str], list[Array]], pose: Pose) -> None:
        wanted: dict[tuple[int | None, str], list[Array]] = {}
        for one in expectation.shown(pose, None):
            source = one.primitive.get("material")
            for name, (_, _, placement) in expectation.pictures(self.glb, source).items():
                wanted.setdefault((source, name), []).append(
                    expectation.uv_range(self.glb, one.primitive, placement)
                )
        for key, rows in wanted.items():
            given, found = _union(rows), _union(ranges.get(key, [np.full((2, 2), np.nan)]))
            allowed = _UV_TOLERANCE * max(1.0, float(np.ptp(given)))
            if not np.abs(given - found).max() <= allowed:
                raise Mismatch(
                    f"the UVs of {self._name(key[0])}'s {key[1]} run over {found.tolist()}, "
                    f"not {given.tolist()}"
                )

    def _name(self, material: int | None) -> str:
        name = self.glb.all("materials")[material].get("name") if material is not None else None
        return f"material {name or material!r}"


def _union(ranges: list[Array]) -> Array:
    return np.stack([np.min([row[0] for row in ranges], axis=0), np.max([row[1] for row in ranges], axis=0)])


def _thumbnail(data: bytes) -> Array:
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
        return np.asarray(opened.convert("RGB").resize((16, 16), Image.Resampling.BOX), np.float64)
