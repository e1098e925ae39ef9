"""From glTF's materials to surfaces: what maps, what is imitated, what has to go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vitrine.pipeline.usdz.gltf import Glb
from vitrine.pipeline.usdz.images import Images
from vitrine.pipeline.usdz.ledger import Ledger
from vitrine.pipeline.usdz.surface import Input, Sampled, Surface, Texture, Tint, Vertices, sampled, texture

_LUMA = np.array([0.2126, 0.7152, 0.0722])
# Clear glass keeps some opacity, or Quick Look would show nothing of it; dark glass lets some light through.
_LEAST_GLASS, _MOST_GLASS = 0.15, 0.9
_DROPPED_WORDS = {
    "KHR_materials_sheen": "sheen",
    "KHR_materials_iridescence": "iridescence",
    "KHR_materials_volume": "volume",
    "KHR_materials_anisotropy": "anisotropy",
    "KHR_materials_specular": "specular strength and colour",
    "KHR_materials_dispersion": "dispersion",
    "KHR_materials_diffuse_transmission": "diffuse transmission",
}
_KNOWN = {
    "KHR_materials_unlit",
    "KHR_materials_clearcoat",
    "KHR_materials_transmission",
    "KHR_materials_emissive_strength",
    "KHR_materials_ior",
    "KHR_materials_pbrSpecularGlossiness",
}


@dataclass(frozen=True, slots=True)
class Shading:
    """Reads materials of one GLB; `images` tells mean colours, `ledger` hears what became of each feature."""

    glb: Glb
    images: Images
    ledger: Ledger

    def surface(self, index: int | None, tint: Tint) -> Surface:
        """The material `index` (None: glTF's default one) under the primitive's vertex colours."""
        material = self.glb.all("materials")[index] if index is not None else {}
        name = material.get("name") or ("material" if index is None else f"material {index}")
        extensions = material.get("extensions", {})
        self._note_extensions(extensions, name)
        pbr, extra = _metal_rough(material)
        if extra:
            self.ledger.emulate("specular-glossiness", name)
        factor = np.array(pbr.get("baseColorFactor", (1, 1, 1, 1)), float) * tint.colour
        base = self._texture(pbr.get("baseColorTexture"), colour=True)
        inputs = {
            **_base(base, factor, varies=tint.varies),
            **self._metal(pbr),
            **self._relief(material, name),
        }
        inputs |= self._glow(material, name)
        inputs |= self._opacity(material, base, factor, name)
        # Iridescent glass often has an ior of 1, for a film's colours alone; without them it would reflect nothing.
        if "KHR_materials_ior" in extensions and "KHR_materials_iridescence" not in extensions:
            inputs["ior"] = float(extensions["KHR_materials_ior"].get("ior", 1.5))
        inputs |= self._coat(extensions, name)
        if "KHR_materials_unlit" in extensions:
            inputs = _unlit(inputs)
        return Surface.of(name, inputs, tuple(factor), double_sided=bool(material.get("doubleSided")))

    def _texture(
        self, info: Mapping[str, Any] | None, *, colour: bool, normal: float | None = None
    ) -> Texture | None:
        if info is None or "source" not in self.glb.all("textures")[info["index"]]:
            return None
        return texture(self.glb.document, info, colour=colour, normal_scale=normal)

    def _metal(self, pbr: Mapping[str, Any]) -> dict[str, Input]:
        metallic, roughness = float(pbr.get("metallicFactor", 1)), float(pbr.get("roughnessFactor", 1))
        both = self._texture(pbr.get("metallicRoughnessTexture"), colour=False)
        if both is None:
            return {"metallic": metallic, "roughness": roughness}
        return {"metallic": sampled(both, "b", (metallic,)), "roughness": sampled(both, "g", (roughness,))}

    def _relief(self, material: Mapping[str, Any], name: str) -> dict[str, Input]:
        inputs: dict[str, Input] = {}
        info = material.get("normalTexture")
        normal = self._texture(info, colour=False, normal=float((info or {}).get("scale", 1)))
        if normal is not None:
            inputs["normal"] = sampled(normal, "rgb", (2.0, 2.0, 2.0), (-1.0, -1.0, -1.0))
            self.ledger.keep("normal map", name)
        info = material.get("occlusionTexture")
        shade = self._texture(info, colour=False)
        if shade is not None:
            strength = float((info or {}).get("strength", 1))
            inputs["occlusion"] = sampled(shade, "r", (strength,), (1 - strength,))
            self.ledger.keep("occlusion", name)
        return inputs

    def _glow(self, material: Mapping[str, Any], name: str) -> dict[str, Input]:
        boost = (
            material.get("extensions", {})
            .get("KHR_materials_emissive_strength", {})
            .get("emissiveStrength", 1)
        )
        factor = np.array(material.get("emissiveFactor", (0, 0, 0)), float) * boost
        if not factor.any():
            return {}
        if boost == 1:
            self.ledger.keep("emission", name)
        else:
            self.ledger.emulate("emissive strength", name)
        glow = self._texture(material.get("emissiveTexture"), colour=True)
        colour = tuple(float(part) for part in factor)
        return {"emissiveColor": colour if glow is None else sampled(glow, "rgb", colour)}

    def _opacity(
        self, material: Mapping[str, Any], base: Texture | None, factor: np.ndarray[Any, Any], name: str
    ) -> dict[str, Input]:
        mode, alpha = material.get("alphaMode", "OPAQUE"), float(factor[3])
        glass = material.get("extensions", {}).get("KHR_materials_transmission", {})
        inputs: dict[str, Input] = {}
        if mode != "OPAQUE":
            self.ledger.keep(f"alpha {mode.lower()}", name)
            inputs["opacity"] = alpha if base is None else sampled(base, "a", (alpha,))
        if mode == "MASK":
            inputs["opacityThreshold"] = float(material.get("alphaCutoff", 0.5))
        if mode == "MASK" and glass:
            self.ledger.drop("transmission through a cut-out", name)
        elif glass.get("transmissionFactor", 0) > 0:
            self.ledger.emulate("transmission", name)
            inputs["opacity"] = self._glass(material, base, factor, inputs.get("opacity"))
        return inputs

    def _glass(
        self,
        material: Mapping[str, Any],
        base: Texture | None,
        factor: np.ndarray[Any, Any],
        alpha: Input | None,
    ) -> Input:
        """Opacity that lets as much light through as the tinted glass would: 1 − transmission × its luma."""
        extension = material["extensions"]["KHR_materials_transmission"]
        colour = factor[:3] * (self.images.mean_linear(base.image) if base else 1.0)
        passing = float(np.clip(_LUMA @ (colour * _attenuation(material)), 1 - _MOST_GLASS, 1 - _LEAST_GLASS))
        most = float(extension["transmissionFactor"]) * passing
        if isinstance(alpha, Sampled):  # the alpha's own picture matters more than the transmission's
            return sampled(alpha.texture, "a", (alpha.scale[0] * (1 - most),))
        left = float(alpha) if isinstance(alpha, float) else 1.0
        where = self._texture(extension.get("transmissionTexture"), colour=False)
        if where is None:
            return left * (1 - most)
        return sampled(where, "r", (-left * most,), (left,))

    def _coat(self, extensions: Mapping[str, Any], name: str) -> dict[str, Input]:
        coat = extensions.get("KHR_materials_clearcoat", {})
        strength = float(coat.get("clearcoatFactor", 0))
        if not strength:
            return {}
        self.ledger.keep("clearcoat", name)
        if "clearcoatNormalTexture" in coat:
            self.ledger.drop("clearcoat's own normal map", name)
        rough = float(coat.get("clearcoatRoughnessFactor", 0))
        where = self._texture(coat.get("clearcoatTexture"), colour=False)
        how = self._texture(coat.get("clearcoatRoughnessTexture"), colour=False)
        return {
            "clearcoat": strength if where is None else sampled(where, "r", (strength,)),
            "clearcoatRoughness": rough if how is None else sampled(how, "g", (rough,)),
        }

    def _note_extensions(self, extensions: Mapping[str, Any], name: str) -> None:
        for extension in extensions:
            if extension == "KHR_materials_volume" and "KHR_materials_transmission" in extensions:
                self.ledger.emulate("the glass's volume", name)
            elif extension in _DROPPED_WORDS:
                self.ledger.drop(_DROPPED_WORDS[extension], name)
            elif extension not in _KNOWN:
                self.ledger.drop(extension, name)
        if "KHR_materials_unlit" in extensions:
            self.ledger.emulate("unlit shading", name)


def _base(base: Texture | None, factor: np.ndarray[Any, Any], *, varies: bool) -> dict[str, Input]:
    colour = tuple(float(part) for part in factor[:3])
    if base is not None:
        return {"diffuseColor": sampled(base, "rgb", colour)}
    return {"diffuseColor": Vertices() if varies else colour}


def _unlit(inputs: Mapping[str, Input]) -> dict[str, Input]:
    """The base colour glows by itself; an index of refraction of 1 takes the highlights away."""
    kept = {name: value for name, value in inputs.items() if name in ("opacity", "opacityThreshold")}
    black = (0.0, 0.0, 0.0)
    return {
        "emissiveColor": inputs["diffuseColor"],
        "diffuseColor": black,
        "metallic": 0.0,
        "roughness": 1.0,
        "ior": 1.0,
        **kept,
    }


def _metal_rough(material: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """The material's metal-rough block, or one that stands in for specular-glossiness."""
    old = material.get("extensions", {}).get("KHR_materials_pbrSpecularGlossiness")
    if old is None:
        return material.get("pbrMetallicRoughness", {}), False
    stand_in = {
        "baseColorFactor": old.get("diffuseFactor", (1, 1, 1, 1)),
        "metallicFactor": 0,
        "roughnessFactor": 1 - old.get("glossinessFactor", 1),
    }
    if "diffuseTexture" in old:
        stand_in["baseColorTexture"] = old["diffuseTexture"]
    return stand_in, True


def _attenuation(material: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    """KHR_materials_volume's colour after the light went once through the thickness (Beer's law)."""
    volume = material["extensions"].get("KHR_materials_volume", {})
    colour = np.array(volume.get("attenuationColor", (1, 1, 1)), float)
    distance = volume.get("attenuationDistance", 0)
    return colour ** (volume.get("thicknessFactor", 0) / distance) if distance else np.ones(3)
