"""A glTF material as UsdPreviewSurface's inputs: constants, or channels of a texture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from vitrine.pipeline.usdz.gltf import Array

_WRAPS = {33071: "clamp", 33648: "mirror", 10497: "repeat"}


@dataclass(frozen=True, slots=True)
class Placement:
    """How a texture lies on the mesh: a glTF UV set, and KHR_texture_transform's three fields."""

    uv_set: int = 0
    offset: tuple[float, ...] = (0.0, 0.0)
    rotation: float = 0.0
    scale: tuple[float, ...] = (1.0, 1.0)

    def applied(self, uv: Array) -> Array:
        """Final glTF coordinates, v downwards. The extension: offset + rotation · scale · uv, radians."""
        u, v = uv[:, 0] * self.scale[0], uv[:, 1] * self.scale[1]
        cos, sin = np.cos(self.rotation), np.sin(self.rotation)
        return np.stack([cos * u + sin * v + self.offset[0], cos * v - sin * u + self.offset[1]], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texture:
    """One image on one material. `normal_scale` is baked into the image; None for what is no normal map."""

    image: int
    placement: Placement
    wraps: tuple[str, str]
    colour: bool
    normal_scale: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """An input read from `channels` of a texture ("rgb", "r", …, "a"): value × scale + bias for each."""

    texture: Texture
    channels: str
    scale: tuple[float, ...]
    bias: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Vertices:
    """An input read from the vertices' colours."""


Input = float | tuple[float, ...] | Sampled | Vertices


@dataclass(frozen=True, slots=True, kw_only=True)
class Tint:
    """What a primitive's vertex colours do: one linear RGBA to multiply by, or colours that vary."""

    colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    varies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """UsdPreviewSurface's inputs by name. `base_colour` is linear RGBA, tint included."""

    name: str
    inputs: Mapping[str, Input]
    base_colour: tuple[float, ...]
    double_sided: bool
    placements: tuple[Placement, ...] = field(default=())

    @property
    def takes_vertices(self) -> bool:
        """Whether an input is read from the vertices' colours."""
        return any(isinstance(value, Vertices) for value in self.inputs.values())

    @classmethod
    def of(
        cls, name: str, inputs: Mapping[str, Input], base_colour: tuple[float, ...], *, double_sided: bool
    ) -> Self:
        """With the placements of its textures numbered, the base colour's first."""
        placements: list[Placement] = []
        for value in inputs.values():
            if isinstance(value, Sampled) and value.texture.placement not in placements:
                placements.append(value.texture.placement)
        return cls(
            name=name,
            inputs=inputs,
            base_colour=base_colour,
            double_sided=double_sided,
            placements=tuple(placements),
        )


def texture(
    document: Mapping[str, Any], info: Mapping[str, Any], *, colour: bool, normal_scale: float | None = None
) -> Texture:
    """A glTF textureInfo, its sampler and transform looked up."""
    entry = document["textures"][info["index"]]
    sampler = document["samplers"][entry["sampler"]] if "sampler" in entry else {}
    transform = info.get("extensions", {}).get("KHR_texture_transform", {})
    placement = Placement(
        transform.get("texCoord", info.get("texCoord", 0)),
        tuple(transform.get("offset", (0.0, 0.0))),
        transform.get("rotation", 0.0),
        tuple(transform.get("scale", (1.0, 1.0))),
    )
    wraps = (_WRAPS[sampler.get("wrapS", 10497)], _WRAPS[sampler.get("wrapT", 10497)])
    return Texture(
        image=entry["source"], placement=placement, wraps=wraps, colour=colour, normal_scale=normal_scale
    )


def sampled(map_: Texture, channels: str, scale: tuple[float, ...], bias: tuple[float, ...] = ()) -> Sampled:
    return Sampled(texture=map_, channels=channels, scale=scale, bias=bias or (0.0,) * len(channels))
