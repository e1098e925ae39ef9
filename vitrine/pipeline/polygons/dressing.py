"""Materials: from an MTL's, or a calm neutral one, to glTF's."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vitrine.pipeline.limits import PolygonLimits
from vitrine.pipeline.polygons.companions import Companions
from vitrine.pipeline.polygons.mtl import Material, read_mtl
from vitrine.pipeline.polygons.pictures import Pictures
from vitrine.pipeline.polygons.surface import Array, Surface
from vitrine.pipeline.work import Notice

NEUTRAL = Material(name="neutral", colour=(0.58, 0.58, 0.58), roughness=0.6)
"""For a surface that says nothing of itself."""
WHITE = Material(name="colours", colour=(1.0, 1.0, 1.0), roughness=0.7)
"""Under vertex colours, which it must not tint."""


def materials_of(
    surface: Surface, companions: Companions, limits: PolygonLimits
) -> tuple[list[Material], list[Notice]]:
    """A material for each of the surface's numbers, -1 included as the last."""
    known = _read(surface, companions, limits)
    bare = WHITE if surface.colours is not None else NEUTRAL
    if surface.picture:
        bare = Material(name="picture", colour_map=surface.picture, roughness=0.7)
    unknown = [name for name in surface.material_names if name not in known]
    notices = [_unknown(unknown, surface, companions)] if unknown else []
    simplified = sorted({word for material in known.values() for word in material.simplified})
    if simplified:
        detail = f"The MTL's {', '.join(simplified)} have no place in a metallic-roughness material and were left out."
        notices.append(Notice("materials-simplified", detail))
    return [*(known.get(name, bare) for name in surface.material_names), bare], notices


def _read(surface: Surface, companions: Companions, limits: PolygonLimits) -> dict[str, Material]:
    found: dict[str, Material] = {}
    for library in surface.libraries:
        path = companions.find(library, "The OBJ")
        if path is not None:
            text = path.read_bytes().decode("utf-8", "replace")
            found |= {one.name: one for one in read_mtl(text, limit=limits.materials)}
    return found


def _unknown(names: Sequence[str], surface: Surface, companions: Companions) -> Notice:
    shown = ", ".join(name[:80] for name in names[:10])
    libraries = ", ".join(name[:80] for name in surface.libraries) or "an .mtl file"
    detail = f"Nothing tells how {len(names)} material(s) look ({shown}), so they are a neutral grey."
    if not companions.files:
        detail += f" Zip the OBJ with {libraries} and its pictures to have its own."
    return Notice("materials-missing", detail)


def as_gltf(
    material: Material, companions: Companions, pictures: Pictures, notices: list[Notice]
) -> dict[str, Any]:
    """glTF's row for it; its pictures join `pictures`."""
    by = f'The material "{material.name[:80]}"'
    files = {
        key: companions.find(name, by)
        for key in ("colour_map", "alpha_map", "glow_map", "normal_map", "bump_map")
        if (name := getattr(material, key))
    }
    base: dict[str, Any] = {
        "metallicFactor": material.metallic,
        "roughnessFactor": round(material.roughness, 4),
        "baseColorFactor": [*linear(material.colour), material.alpha],
    }
    row: dict[str, Any] = {"name": material.name[:200], "pbrMetallicRoughness": base, "doubleSided": True}
    colour, alpha = files.get("colour_map"), files.get("alpha_map")
    if colour is not None:
        # The colour beside a picture is what a viewer without pictures shows.
        base["baseColorFactor"][:3] = [1.0, 1.0, 1.0]
        place = (
            pictures.take(colour, material.colour_map)
            if alpha is None
            else pictures.take_with_alpha(colour, alpha, material.colour_map)
        )
        base["baseColorTexture"] = {"index": place}
    if material.alpha < 1 or (colour is not None and alpha is not None):
        row["alphaMode"] = "BLEND"
    if any(material.glow):
        row["emissiveFactor"] = linear(material.glow)
    if (glow := files.get("glow_map")) is not None:
        row |= {
            "emissiveTexture": {"index": pictures.take(glow, material.glow_map)},
            "emissiveFactor": [1.0, 1.0, 1.0],
        }
    normal = _normal_map(material, files, pictures, notices)
    return row if normal is None else {**row, "normalTexture": {"index": normal}}


def _normal_map(
    material: Material, files: Mapping[str, Any], pictures: Pictures, notices: list[Notice]
) -> int | None:
    if (path := files.get("normal_map")) is not None:
        return pictures.take(path, material.normal_map)
    if (path := files.get("bump_map")) is None:
        return None
    if pictures.is_normal_map(path, material.bump_map):
        return pictures.take(path, material.bump_map)
    detail = (
        f'The bump map "{material.bump_map[:80]}" holds heights, which glTF does not know: it was left out.'
    )
    notices.append(Notice("bump-dropped", detail))
    return None


def linear(colour: Sequence[float]) -> list[float]:
    """sRGB to the linear light that glTF's factors are in."""
    return [round(float(one), 6) for one in linear_of(np.asarray(colour, float))]


def linear_of(values: Array) -> Array:
    """IEC 61966-2-1."""
    result: Array = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return result
