"""Writes a scene as one binary glTF file."""

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.curves import Array, unit
from models.geometry import Mesh, tangents
from models.textures import Picture

FLOAT, U8, U32 = 5126, 5121, 5125
Json = dict[str, Any]


class Scene:
    """A glTF document under construction: add pictures, materials, meshes and nodes, then write."""

    def __init__(self, name: str) -> None:
        self._bytes = bytearray()
        self._json: Json = {
            "asset": {
                "version": "2.0",
                "generator": "Vitrine demo models",
                "copyright": "CC0 1.0, Vitrine",
            },
            "scene": 0,
            "scenes": [{"name": name, "nodes": []}],
            "samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497}],
        }

    def _add(self, table: str, entry: Json) -> int:
        entries: list[Json] = self._json.setdefault(table, [])
        entries.append(entry)
        return len(entries) - 1

    def _view(self, data: bytes, **more: int) -> int:
        self._bytes += b"\0" * (-len(self._bytes) % 4)
        entry = {"buffer": 0, "byteOffset": len(self._bytes), "byteLength": len(data), **more}
        self._bytes += data
        return self._add("bufferViews", entry)

    def _accessor(self, values: Any, kind: str, component: int, *, target: int | None, **more: Any) -> int:
        view = self._view(values.tobytes(), **({"target": target} if target else {}))
        entry = {"bufferView": view, "componentType": component, "count": len(values), "type": kind, **more}
        return self._add("accessors", entry)

    def texture(self, picture: Picture) -> Json:
        """A reference to the picture as materials hold it."""
        image = {
            "name": picture.name,
            "mimeType": picture.media_type,
            "bufferView": self._view(picture.data),
        }
        return {"index": self._add("textures", {"sampler": 0, "source": self._add("images", image)})}

    def material(self, name: str, **fields: Any) -> int:
        extensions = fields.get("extensions", {})
        self._uses(*extensions)
        return self._add("materials", {"name": name, **fields})

    def varied(self, material: int, name: str, **factors: Any) -> int:
        """The same material with the same pictures, but for these fields of pbrMetallicRoughness."""
        source = self._json["materials"][material]
        changed = {**source["pbrMetallicRoughness"], **factors}
        return self._add("materials", {**source, "name": name, "pbrMetallicRoughness": changed})

    def _uses(self, *names: str) -> None:
        used = set(self._json.get("extensionsUsed", [])) | set(names)
        if used:
            self._json["extensionsUsed"] = sorted(used)

    def mesh(self, name: str, parts: Sequence[tuple[Mesh, int]], **more: Any) -> int:
        """One primitive for each (mesh, material)."""
        return self._add(
            "meshes", {"name": name, "primitives": [self._primitive(*part) for part in parts], **more}
        )

    def _primitive(self, mesh: Mesh, material: int) -> Json:
        points = mesh.points.astype(np.float32)
        bounds = {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}
        normals = unit(mesh.normals).astype(np.float32)
        attributes = {
            "POSITION": self._accessor(points, "VEC3", FLOAT, target=34962, **bounds),
            "NORMAL": self._accessor(normals, "VEC3", FLOAT, target=34962),
        }
        wanted = self._json["materials"][material]
        if any(key.endswith("Texture") for key in {**wanted, **wanted["pbrMetallicRoughness"]}):
            uvs = mesh.uvs.astype(np.float32)
            attributes["TEXCOORD_0"] = self._accessor(uvs, "VEC2", FLOAT, target=34962)
        if "normalTexture" in wanted:
            turns = tangents(mesh).astype(np.float32)
            attributes["TANGENT"] = self._accessor(turns, "VEC4", FLOAT, target=34962)
        if mesh.light is not None:
            shade = np.rint(np.clip(mesh.light, 0, 1) * 255).astype(np.uint8)
            colour = np.stack([shade, shade, shade, np.full_like(shade, 255)], 1)
            attributes["COLOR_0"] = self._accessor(colour, "VEC4", U8, target=34962, normalized=True)
        corners = mesh.triangles.astype(np.uint32).ravel()
        indices = self._accessor(corners, "SCALAR", U32, target=34963)
        return {"attributes": attributes, "indices": indices, "material": material}

    def node(self, name: str, *, mesh: int | None = None, parent: int | None = None, **fields: Any) -> int:
        entry = {"name": name, **({} if mesh is None else {"mesh": mesh}), **fields}
        index = self._add("nodes", entry)
        if parent is None:
            self._json["scenes"][0]["nodes"].append(index)
        else:
            self._json["nodes"][parent].setdefault("children", []).append(index)
        return index

    def animation(self, name: str, turns: Mapping[int, Array], times_s: Array) -> None:
        """Rotations as (keys, 4) quaternions for each node, all on the same clock."""
        clock = times_s.astype(np.float32)
        bounds = {"min": [float(clock[0])], "max": [float(clock[-1])]}
        time = self._accessor(clock, "SCALAR", FLOAT, target=None, **bounds)
        samplers: list[Json] = []
        channels: list[Json] = []
        for node, turn in turns.items():
            output = self._accessor(turn.astype(np.float32), "VEC4", FLOAT, target=None)
            channels.append({"sampler": len(samplers), "target": {"node": node, "path": "rotation"}})
            samplers.append({"input": time, "output": output, "interpolation": "LINEAR"})
        self._add("animations", {"name": name, "samplers": samplers, "channels": channels})

    def variants(self, names: Sequence[str]) -> None:
        """The names of KHR_materials_variants; a mesh maps them in its primitives."""
        self._uses("KHR_materials_variants")
        listed = {"variants": [{"name": name} for name in names]}
        self._json.setdefault("extensions", {})["KHR_materials_variants"] = listed

    def vary(self, mesh: int, primitive: int, materials: Sequence[int]) -> None:
        """The material of each variant, in the order of their names."""
        wearers = {m: [i for i, worn in enumerate(materials) if worn == m] for m in materials}
        part = self._json["meshes"][mesh]["primitives"][primitive]
        mappings = [{"material": m, "variants": worn} for m, worn in wearers.items()]
        part["extensions"] = {"KHR_materials_variants": {"mappings": mappings}}

    def write(self, path: Path) -> None:
        self._bytes += b"\0" * (-len(self._bytes) % 4)
        self._json["buffers"] = [{"byteLength": len(self._bytes)}]
        text = json.dumps(self._json, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        length = 12 + 8 + len(text) + 8 + len(self._bytes)
        with path.open("wb") as file:
            file.write(struct.pack("<4sII", b"glTF", 2, length))
            file.write(struct.pack("<I4s", len(text), b"JSON") + text)
            file.write(struct.pack("<I4s", len(self._bytes), b"BIN\0"))
            file.write(self._bytes)
