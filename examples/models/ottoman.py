"""A velvet ottoman: plump channels drawn in to a button, a welt of cord, a brass band, a turned walnut plinth."""

from dataclasses import dataclass, replace

import numpy as np

from models.ambient import shaded
from models.curves import Array, Curve, ellipse, rounded, smooth
from models.geometry import Mesh, grid, grounded, lathe, merged, sweep
from models.glb import Scene
from models.surfaces import brass, velvet, wood
from models.textures import jpeg

BOARD, NAP, METAL = 0.22, 0.30, 0.16  # metres of wood, of velvet and of brass in one tile
CHANNELS = 18
SMOKED = [(0.0, "150b07"), (0.25, "2b1910"), (0.5, "43281a"), (0.75, "573522"), (1.0, "6f482f")]


def outline() -> Curve:
    """Where the seams run: up the side from the band, over the shoulder, down into the button."""
    through = [
        (0.1960, 0.0800), (0.2090, 0.0860), (0.2270, 0.1080), (0.2400, 0.1560), (0.2440, 0.2150),
        (0.2390, 0.2850), (0.2220, 0.3480), (0.1880, 0.3840), (0.1400, 0.3960), (0.0900, 0.3940),
        (0.0520, 0.3850), (0.0300, 0.3740), (0.0200, 0.3640),
    ]  # fmt: skip
    return smooth(through, 112)


@dataclass(frozen=True)
class Pillow:
    """How a channel swells: its height over the seams, (rows, columns), and where it is drawn into folds."""

    rise: Array
    folds: Array


def pillow(line: Curve, t: Array, seed: int) -> Pillow:
    """Round like a stuffed roll, fullest in the middle, puckered where seams and button pull."""
    random = np.random.default_rng(seed)
    walked = line.length()
    width = 2 * np.pi * line.points[:, 0] / CHANNELS
    ends = np.sin(np.pi / 2 * np.clip((walked + 0.002) / 0.075, 0, 1))
    full = 0.47 * width * ends * (1 + 0.05 * np.sin(walked * 17 + random.uniform(0, 6)))
    round_ = np.sqrt(np.maximum(1 - np.abs(t) ** 2.1, 0))
    rise = full[:, None] * round_
    phase, pitch = random.uniform(0, 6, 4), random.uniform(0.85, 1.15, 4)
    pull = np.abs(t) ** 3 * (1 - np.abs(t) ** 8)
    side = np.where(t < 0, phase[0], phase[1])
    wave = np.sin(2 * np.pi * walked[:, None] / (0.034 * pitch[0]) + side + 2.2 * np.abs(t))
    wave = wave * (0.55 + 0.45 * np.sin(walked[:, None] * 23 + 3 * side))
    to_button = np.clip((0.20 - (walked[-1] - walked)) / 0.20, 0, 1)[:, None]
    to_band = np.clip((0.085 - walked) / 0.085, 0, 1)[:, None]
    gathers = np.cos(np.pi * 2.5 * t + 0.5 * np.sin(phase[2])) * to_button**1.5 * (1 - to_button**6)
    pleats = np.cos(np.pi * 3.5 * t + phase[3]) * to_band * (1 - np.abs(t) ** 6)
    lumps = np.sin(walked[:, None] * 31 * pitch[1] + phase[2]) * np.cos(2.1 * t + phase[3]) * round_
    folds = 0.0011 * pull * wave + 0.0016 * gathers * np.sqrt(width / width.max())[:, None]
    return Pillow(rise, folds + 0.0016 * pleats * round_ + 0.0011 * lumps * ends[:, None])


def channel(line: Curve, number: int) -> Mesh:
    """One gore of velvet between two seams, cut from its own place in the bolt."""
    bend = np.linspace(-1, 1, 21)
    t = np.sign(bend) * (1 - (1 - np.abs(bend)) ** 1.35)
    made = pillow(line, t, 500 + number)
    out = made.rise + made.folds
    half = np.pi / CHANNELS
    angle = 2 * half * number + t * half
    radius = line.points[:, :1] + line.normals[:, :1] * out
    height = line.points[:, 1:] + line.normals[:, 1:] * out
    points = np.stack([radius * np.sin(angle), height, radius * np.cos(angle)], 2)
    around = np.cumsum(np.linalg.norm(np.diff(points, axis=1, prepend=points[:, :1]), axis=2), axis=1)
    across = around - around[:, len(t) // 2, None]
    along = np.cumsum(
        np.linalg.norm(np.diff(points[:, len(t) // 2], axis=0, prepend=points[:1, len(t) // 2]), axis=1)
    )
    uvs = np.stack([across / NAP + 0.377 * number, np.broadcast_to(-along[:, None] / NAP, across.shape)], 2)
    return grid(points, uvs + np.array([0.0, 0.618 * number]))


def button() -> Mesh:
    through = [(0.0300, 0.3660), (0.0312, 0.3720), (0.0270, 0.3800), (0.0160, 0.3846), (0.0, 0.3858)]
    return lathe(smooth(through, 26), 48, tile=NAP)


def welt(radius: float, height: float, thick: float) -> Mesh:
    """A cord sewn into a strip of the same velvet, once around."""
    turn = np.linspace(0, 2 * np.pi, 145)
    ring = np.stack([radius * np.sin(turn), np.full_like(turn, height), radius * np.cos(turn)], 1)
    loop = np.concatenate([ring, ring[1:2]])
    return sweep(loop, ellipse(thick, thick, 14), up=(0, 1, 0), tile=NAP)


def upholstery() -> Mesh:
    line = outline()
    gores = [channel(line, number) for number in range(CHANNELS)]
    return merged([*gores, button(), welt(0.2080, 0.0800, 0.0105)])


def plinth() -> Mesh:
    """Turned: a torus over a cove, the grain running around it."""
    corners = [
        (0.0, 0.0040), (0.1880, 0.0040), (0.1905, 0.0), (0.2010, 0.0), (0.2030, 0.0035), (0.2030, 0.0140),
        (0.1975, 0.0215), (0.1960, 0.0370), (0.2010, 0.0500), (0.2075, 0.0540), (0.2075, 0.0610), (0.0, 0.0610),
    ]  # fmt: skip
    radii = [0, 0.001, 0.001, 0.003, 0.004, 0.005, 0.012, 0.016, 0.012, 0.003, 0.0025, 0]
    ring = lathe(rounded(corners, radii, steps=5), 128, tile=BOARD)
    return replace(ring, uvs=ring.uvs[:, ::-1])


def band() -> Mesh:
    corners = [(0.0, 0.0610), (0.2110, 0.0610), (0.2110, 0.0745), (0.0, 0.0745)]
    hoop = lathe(rounded(corners, [0, 0.0012, 0.0012, 0], steps=4), 128, tile=METAL)
    eye = [(0.0, 0.3850), (0.0066, 0.3850), (0.0072, 0.3868), (0.0050, 0.3884), (0.0, 0.3888)]
    return merged([hoop, lathe(rounded(eye, [0, 0.0004, 0.0008, 0.001, 0]), 32, tile=METAL)])


def build() -> Scene:
    cloth_, timber, metal = shaded(grounded([upholstery(), plinth(), band()]), darkest=0.10, cells=210)
    scene = Scene("Velvet ottoman")
    nap = velvet(2048, 61)
    sheen = scene.texture(jpeg("velvet_sheen", nap.sheen[::2, ::2]))
    pile = nap.surface.material(
        scene,
        "Velvet",
        encode=jpeg,
        baseColorFactor=[0.210, 0.020, 0.036, 1.0],
        extensions={
            "KHR_materials_sheen": {
                "sheenColorFactor": [0.86, 0.30, 0.36],
                "sheenColorTexture": sheen,
                "sheenRoughnessFactor": 0.34,
            }
        },
    )
    walnut = wood(1024, 62, colours=SMOKED, rings=9).material(scene, "Walnut", encode=jpeg)
    gilt = brass(1024, 63, age=0.5).material(scene, "Brass", encode=jpeg)
    ottoman = scene.mesh("Ottoman", [(cloth_, pile), (timber, walnut), (metal, gilt)])
    scene.node("Velvet ottoman", mesh=ottoman)
    return scene
