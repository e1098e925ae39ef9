"""UsdShade networks: a UsdPreviewSurface with texture readers, from a Surface."""

from dataclasses import dataclass, field
from typing import Any

from pxr import Gf, Sdf, UsdShade

from vitrine.pipeline.usdz.images import Images
from vitrine.pipeline.usdz.names import Names
from vitrine.pipeline.usdz.surface import Placement, Sampled, Surface, Texture, Vertices

_COLOURS = ("diffuseColor", "emissiveColor")
_CHANNELS = "rgba"


@dataclass(slots=True)
class _Reader:
    """A UsdUVTexture in the making: inputs may share it as long as they agree about each channel."""

    texture: Texture
    scale: dict[str, float] = field(default_factory=dict)
    bias: dict[str, float] = field(default_factory=dict)
    outputs: list[tuple[str, str]] = field(default_factory=list)  # input of the surface, channels

    def takes(self, sampled: Sampled) -> bool:
        if self.texture != sampled.texture:
            return False
        wanted = list(zip(sampled.channels, sampled.scale, sampled.bias, strict=True))
        if any((self.scale.get(c, s), self.bias.get(c, b)) != (s, b) for c, s, b in wanted):
            return False
        self.scale |= {c: s for c, s, _ in wanted}
        self.bias |= {c: b for c, _, b in wanted}
        return True


@dataclass(slots=True)
class Materials:
    """Writes materials below `scope`, each surface once."""

    stage: Any
    scope: Any
    images: Images
    names: Names = field(default_factory=Names)
    made: dict[str, Any] = field(default_factory=dict)  # a surface's repr -> its material

    def material(self, surface: Surface) -> Any:
        """The UsdShade.Material for `surface`."""
        key = repr(surface)
        if key not in self.made:
            self.made[key] = self._write(surface)
        return self.made[key]

    def _write(self, surface: Surface) -> Any:
        path = self.scope.AppendChild(self.names.take(str(self.scope), surface.name))
        material = UsdShade.Material.Define(self.stage, path)
        shader = _shader(self.stage, path.AppendChild("Surface"), "UsdPreviewSurface")
        readers: list[_Reader] = []
        for name, value in surface.inputs.items():
            if isinstance(value, Sampled):
                _reader(readers, value).outputs.append((name, value.channels))
            elif isinstance(value, Vertices):
                source = _primvar(self.stage, path.AppendChild("Colours"), "float3", "displayColor")
                shader.CreateInput(name, Sdf.ValueTypeNames.Color3f).ConnectToSource(source)
            else:
                shader.CreateInput(name, _type(name)).Set(value)
        for number, reader in enumerate(readers):
            self._write_reader(path, shader, surface, reader, number)
        surface_output = shader.CreateOutput("surface", Sdf.ValueTypeNames.Token)
        material.CreateSurfaceOutput().ConnectToSource(surface_output)
        return material

    def _write_reader(self, path: Any, shader: Any, surface: Surface, reader: _Reader, number: int) -> None:
        texture, types = reader.texture, Sdf.ValueTypeNames
        node = _shader(self.stage, path.AppendChild(f"Texture_{number}"), "UsdUVTexture")
        file = self.images.write(texture.image, texture.normal_scale)
        node.CreateInput("file", types.Asset).Set(Sdf.AssetPath(f"{file.parent.name}/{file.name}"))
        primvar = primvar_name(surface, texture.placement)
        at = path.AppendChild(f"Reader_{primvar}")
        node.CreateInput("st", types.Float2).ConnectToSource(_primvar(self.stage, at, "float2", primvar))
        node.CreateInput("wrapS", types.Token).Set(texture.wraps[0])
        node.CreateInput("wrapT", types.Token).Set(texture.wraps[1])
        node.CreateInput("sourceColorSpace", types.Token).Set("sRGB" if texture.colour else "raw")
        _set_unless(node, "scale", [reader.scale.get(c, 1.0) for c in _CHANNELS], 1.0)
        _set_unless(node, "bias", [reader.bias.get(c, 0.0) for c in _CHANNELS], 0.0)
        for name, channels in reader.outputs:
            kind = types.Float3 if channels == "rgb" else types.Float
            shader.CreateInput(name, _type(name)).ConnectToSource(node.CreateOutput(channels, kind))


def primvar_name(surface: Surface, placement: Placement) -> str:
    """`st`, `st1`, …: each placement has UVs of its own, its transform already applied to them.

    Quick Look reads UsdTransform2d wrongly where it turns, and takes the base colour's for every other map.
    """
    number = surface.placements.index(placement)
    return f"st{number}" if number else "st"


def _reader(readers: list[_Reader], sampled: Sampled) -> _Reader:
    for reader in readers:
        if reader.takes(sampled):
            return reader
    fresh = _Reader(sampled.texture)
    fresh.takes(sampled)
    readers.append(fresh)
    return fresh


def _type(name: str) -> Any:
    if name == "normal":
        return Sdf.ValueTypeNames.Normal3f
    return Sdf.ValueTypeNames.Color3f if name in _COLOURS else Sdf.ValueTypeNames.Float


def _shader(stage: Any, path: Any, kind: str) -> Any:
    shader = UsdShade.Shader.Define(stage, path)
    shader.CreateIdAttr(kind)
    return shader


def _primvar(stage: Any, path: Any, kind: str, primvar: str) -> Any:
    """The output of a UsdPrimvarReader, made once."""
    reader = UsdShade.Shader.Get(stage, path)
    if not reader:
        reader = _shader(stage, path, f"UsdPrimvarReader_{kind}")
        reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set(primvar)
    types = Sdf.ValueTypeNames
    return reader.CreateOutput("result", types.Float2 if kind == "float2" else types.Float3)


def _set_unless(node: Any, name: str, values: list[float], usual: float) -> None:
    if any(value != usual for value in values):
        node.CreateInput(name, Sdf.ValueTypeNames.Float4).Set(Gf.Vec4f(*values))
