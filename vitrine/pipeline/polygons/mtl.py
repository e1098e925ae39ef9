"""MTL: Phong materials of 1995, read as metallic-roughness ones of today."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vitrine.pipeline.polygons.surface import check_count, refuse

_OPTIONS = {
    **dict.fromkeys(
        ("-blendu", "-blendv", "-cc", "-clamp", "-texres", "-bm", "-boost", "-imfchan", "-type"), 1
    ),
    "-mm": 2,
}
_UP_TO_THREE = ("-o", "-s", "-t")
_NUMBER = re.compile(r"[-+]?(\d+(?:\.\d*)?|\.\d+)([eE][-+]?\d+)?$")
_SHININESS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Colours sRGB, 0 to 1. Pictures by the names that the file writes; "" for none."""

    name: str = ""
    colour: tuple[float, float, float] = (0.8, 0.8, 0.8)
    glow: tuple[float, float, float] = (0.0, 0.0, 0.0)
    alpha: float = 1.0
    roughness: float = 0.6
    metallic: float = 0.0
    colour_map: str = ""
    alpha_map: str = ""
    glow_map: str = ""
    normal_map: str = ""
    bump_map: str = ""
    simplified: frozenset[str] = frozenset()  # what the file says that has no place here


_MAPS = {
    "map_kd": "colour_map",
    "map_d": "alpha_map",
    "map_ke": "glow_map",
    "norm": "normal_map",
    "map_bump": "bump_map",
    "bump": "bump_map",
}
_SIMPLIFIED = frozenset(
    {"map_ks", "map_ns", "map_pr", "map_pm", "map_ka", "refl", "disp", "decal", "map_refl"}
)


def read_mtl(text: str, *, limit: int) -> Iterator[Material]:
    """Every material, in the file's order. Lines that mean nothing are passed over, as every program does."""
    current: Material | None = None
    count = 0
    for line in text.splitlines():
        key, _, rest = line.strip().replace("\t", " ").partition(" ")
        if key.lower() == "newmtl":
            if current is not None:
                yield current
            count += 1
            check_count("materials", count, limit)
            current = Material(name=rest.strip())
        elif current is not None and rest.strip():
            current = _with(current, key.lower(), rest.split())
    if current is not None:
        yield current


def _with(material: Material, key: str, words: Sequence[str]) -> Material:
    if key in _MAPS:
        return replace(material, **{_MAPS[key]: _file_name(words)})  # type: ignore[arg-type]  # all are texts
    if key in _SIMPLIFIED:
        return replace(material, simplified=material.simplified | {key})
    if key == "kd":
        return replace(material, colour=_colour(words))
    if key == "ke":
        return replace(material, glow=_colour(words))
    if key in ("d", "tr"):
        value = _unit(words[-1])
        alpha = value if key == "d" else 1 - value
        return replace(material, alpha=alpha if alpha > 0 else 1.0)  # wholly invisible: an exporter's mistake
    if key == "ns":
        # As Blender writes and reads it: Ns is 1000 (1 - roughness)².
        return replace(material, roughness=1 - (_unit(words[0], _SHININESS)) ** 0.5)
    if key == "pr":
        return replace(material, roughness=_unit(words[0]))
    return replace(material, metallic=_unit(words[0])) if key == "pm" else material


def _file_name(words: Sequence[str]) -> str:
    """What stands behind the options, such as `-s 1 1 1 -bm 0.3 my wood.png`."""
    left = list(words)
    while left and left[0] in (*_OPTIONS, *_UP_TO_THREE):
        option = left.pop(0)
        if option in _UP_TO_THREE:
            for _ in range(3):
                if left and _NUMBER.match(left[0]):
                    left.pop(0)
        else:
            del left[: _OPTIONS[option]]
    return " ".join(left)


def _colour(words: Sequence[str]) -> tuple[float, float, float]:
    if words[0] in ("spectral", "xyz"):
        return (0.8, 0.8, 0.8)
    values = [_unit(word) for word in words[:3]]
    red, green, blue = values if len(values) == 3 else (values[0],) * 3
    return (red, green, blue)


def _unit(word: str, most: float = 1.0) -> float:
    """A number as a part of `most`, from 0 to 1."""
    try:
        value = float(word)
    except ValueError:
        refuse(f"The MTL holds {word[:40]!r} where a number must stand.")
    if math.isnan(value):
        refuse("The MTL holds NaN where a number must stand.")
    return min(max(value / most, 0.0), 1.0)
