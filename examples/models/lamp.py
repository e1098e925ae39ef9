"""A table lamp: fluted amber glass over a glowing bulb, a turned brass stem, a black marble foot."""

import numpy as np

from models.ambient import shaded
from models.curves import Curve, rounded, smooth
from models.geometry import Mesh, around, grid, knurled, lathe, merged, placed
from models.glb import Scene
from models.surfaces import across, brass, marble
from models.textures import Field, Pixels, jpeg, noise, normals, png, ramp, steps, to_pixels

METAL, SLAB = 0.16, 0.22  # metres of brass and of marble in one tile
FLUTES = 44


def foot() -> Mesh:
    corners = [(0.0, 0.004), (0.079, 0.004), (0.079, 0.0265), (0.0, 0.0265)]
    stone = lathe(rounded(corners, [0, 0.002, 0.0055, 0], steps=8), 128)
    top, side = stone.projected("x", "z", SLAB), np.abs(stone.normals[:, 1]) < 0.5
    angle = np.arctan2(stone.points[:, 0], stone.points[:, 2])
    wrapped = np.stack([angle * 0.079 / SLAB, -stone.points[:, 1] / SLAB], 1)
    top.uvs[side] = wrapped[side]
    return top


def stem() -> Mesh:
    corners = [
        (0.0, 0.0264), (0.0345, 0.0264), (0.0345, 0.0300), (0.0295, 0.0318), (0.0290, 0.0345),
        (0.0150, 0.0385), (0.0098, 0.0480), (0.0070, 0.0700), (0.0062, 0.1150), (0.0062, 0.2050),
        (0.0088, 0.2085), (0.0088, 0.2140), (0.0066, 0.2170), (0.0085, 0.2290), (0.0160, 0.2410),
        (0.0330, 0.2465), (0.0375, 0.2465), (0.0375, 0.2520), (0.0335, 0.2520), (0.0300, 0.2490),
        (0.0168, 0.2490), (0.0168, 0.2680), (0.0150, 0.2700), (0.0, 0.2700),
    ]  # fmt: skip
    radii = [
        0, 0.001, 0.0009, 0.0012, 0.0012, 0.010, 0.012, 0.06, 0.09, 0.004, 0.0012, 0.0012, 0.004, 0.012,
        0.012, 0.003, 0.0012, 0.0012, 0.001, 0.001, 0.001, 0.001, 0.001, 0,
    ]  # fmt: skip
    body = lathe(rounded(corners, radii, steps=7), 88, tile=METAL)
    plinth = lathe(rounded([(0.0, 0.0), (0.073, 0.0), (0.073, 0.0045)], [0, 0.0008, 0]), 112, tile=METAL)
    dimmer = knurled(0.0118, 0.013, teeth=44, depth=0.0005, tile=METAL, bevel=0.0011).moved(0, 0.122, 0)
    collars = [
        lathe(
            rounded([(0.0062, y), (0.0092, y), (0.0092, y + 0.0032), (0.0062, y + 0.0032)], 0.0009),
            56,
            tile=METAL,
        )
        for y in (0.1182, 0.1356)
    ]
    screws = lathe(
        rounded([(0.0, 0.0), (0.0021, 0.0), (0.0021, 0.0014), (0.0, 0.0017)], [0, 0.0004, 0.0005, 0]), 20
    )
    ring_of_screws = around(screws.turned("x", 90).moved(0, 0.2494, 0.0373), 3)
    button = rounded(
        [(0.0, 0.3810), (0.0105, 0.3810), (0.0105, 0.3836), (0.0046, 0.3862), (0.0046, 0.3890)], 0.0012
    )
    knob = smooth([(0.0044, 0.3886), (0.0062, 0.3915), (0.0064, 0.3945), (0.0040, 0.3972), (0.0, 0.3980)], 20)
    finial = [lathe(line, 48, tile=METAL) for line in (button, knob)]
    return merged([body, plinth, dimmer, *collars, ring_of_screws, *finial])


def pull_chain() -> Mesh:
    """Beads on a hair of wire under the gallery, and a drop to pull."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, 9)
    ball = lathe(
        Curve(
            0.00135 * np.stack([np.cos(angle), np.sin(angle)], 1), np.stack([np.cos(angle), np.sin(angle)], 1)
        ),
        12,
    )
    count = 27
    at = np.stack([np.full(count, 0.0), 0.2455 - 0.0036 * np.arange(count), np.full(count, 0.0290)], 1)
    beads = placed(ball, at, np.broadcast_to(np.eye(3), (count, 3, 3)))
    length = 0.0036 * count
    wire = lathe(rounded([(0.00035, 0.2455 - length), (0.00035, 0.2455)], 0.0), 8).moved(0, 0, 0.0290)
    drop = [
        (0.0, -0.017),
        (0.0022, -0.0165),
        (0.0042, -0.0125),
        (0.0034, -0.006),
        (0.0014, -0.001),
        (0.0, 0.0),
    ]
    weight = lathe(smooth(drop, 26), 36, tile=METAL).moved(0, 0.2460 - length, 0.0290)
    return merged([beads, wire, weight])


def shade() -> Mesh:
    """The mushroom of glass, its flutes deepest where it is widest and gone at rim and crown."""
    through = [
        (0.0345, 0.2490), (0.0352, 0.2555), (0.0480, 0.2640), (0.0810, 0.2715), (0.1080, 0.2840),
        (0.1180, 0.3060), (0.1090, 0.3360), (0.0850, 0.3600), (0.0520, 0.3750), (0.0220, 0.3815),
        (0.0060, 0.3828), (0.0, 0.3828),
    ]  # fmt: skip
    line = smooth(through, 84)
    angle = np.linspace(-np.pi, np.pi, FLUTES * 8 + 1)
    along = line.length() / line.length()[-1]
    depth = 0.0018 * np.clip((along - 0.05) / 0.18, 0, 1) * np.clip((0.985 - along) / 0.28, 0, 1)
    flute = np.sqrt(np.cos(FLUTES / 2 * angle) ** 2 + 0.03) - 0.65
    radius = np.maximum(line.points[:, :1] + line.normals[:, :1] * depth[:, None] * flute, 0)
    height = line.points[:, 1:] + line.normals[:, 1:] * depth[:, None] * flute
    points = np.stack([radius * np.sin(angle), height, radius * np.cos(angle)], 2)
    turn = (angle + np.pi) / (2 * np.pi)
    return grid(points, np.stack(np.broadcast_arrays(turn[None], 1 - along[:, None]), 2), closed_columns=True)


def bulb() -> Mesh:
    through = [
        (0.0135, 0.2690), (0.0145, 0.2755), (0.0200, 0.2850), (0.0282, 0.2985), (0.0305, 0.3130),
        (0.0262, 0.3285), (0.0150, 0.3390), (0.0050, 0.3424), (0.0, 0.3427),
    ]  # fmt: skip
    return lathe(smooth(through, 44), 64)


def glow(size: int) -> Pixels:
    """What the bulb shows: a soft hot heart, a warmer rim, the faint grain of frosted glass."""
    _, v = across(size)
    grain = noise(size, 44, low=60, high=300)
    heart = np.exp(-(((v - 0.52) / 0.34) ** 2)) + 0.012 * grain
    stops = [(0.0, "e8c873"), (0.4, "ffe69a"), (0.75, "fff6c8"), (1.0, "fffdee")]
    return to_pixels(ramp(np.clip(heart, 0, 1), stops))


def lit_glass(size: int) -> Pixels:
    """The light that catches in the shade: strongest beside the bulb, brighter on the flutes' ridges."""
    u, v = across(size)
    ridge = 0.55 + 0.45 * np.abs(np.cos(np.pi * FLUTES * u)) ** 2
    near = np.exp(-(((v - 0.50) / 0.20) ** 2)) * 0.75 + np.exp(-(((v - 0.86) / 0.12) ** 2)) * 0.65
    return to_pixels(ramp(np.clip(near * ridge, 0, 1), [(0, "000000"), (0.5, "6b3208"), (1, "e8892e")]))


def ripples(size: int) -> Field:
    """Pressed glass: slow ripples down the wall and a few seeds of air."""
    slow = noise(size, 45, low=3, high=30, slope=0.8, stretch=(1, 2))
    seeds = steps(noise(size, 46, low=50, high=170), 3.1, 3.7)
    return np.asarray(slow * 1.3 + seeds * 2.5, np.float32)


def amber_glass(scene: Scene) -> int:
    return scene.material(
        "Amber glass",
        pbrMetallicRoughness={
            "baseColorFactor": [1.0, 0.93, 0.84, 1],
            "metallicFactor": 0,
            "roughnessFactor": 0.06,
        },
        normalTexture={**scene.texture(png("glass_normal", normals(ripples(2048), 1.0))), "scale": 0.35},
        emissiveTexture=scene.texture(png("glass_emissive", lit_glass(1024))),
        emissiveFactor=[0.22, 0.22, 0.22],
        extensions={
            "KHR_materials_transmission": {"transmissionFactor": 1.0},
            "KHR_materials_ior": {"ior": 1.5},
            "KHR_materials_volume": {
                "thicknessFactor": 0.005,
                "attenuationDistance": 0.006,
                "attenuationColor": [0.87, 0.50, 0.17],
            },
        },
    )


def build() -> Scene:
    parts: list[Mesh] = [foot(), merged([stem(), pull_chain()])]
    stone, metal = shaded(parts, darkest=0.3)
    scene = Scene("Table lamp")
    black = marble(2048, 41).material(scene, "Marble", encode=jpeg)
    turned = brass(2048, 42).material(scene, "Brass")
    frosted = scene.material(
        "Bulb",
        pbrMetallicRoughness={
            "baseColorFactor": [1, 0.95, 0.88, 1],
            "metallicFactor": 0,
            "roughnessFactor": 0.5,
        },
        emissiveTexture=scene.texture(jpeg("bulb_emissive", glow(2048))),
        emissiveFactor=[1.0, 1.0, 1.0],
        extensions={"KHR_materials_emissive_strength": {"emissiveStrength": 9.0}},
    )
    body = scene.node("Table lamp", mesh=scene.mesh("Stand", [(stone, black), (metal, turned)]))
    scene.node("Bulb", mesh=scene.mesh("Bulb", [(bulb(), frosted)]), parent=body)
    scene.node("Shade", mesh=scene.mesh("Shade", [(shade(), amber_glass(scene))]), parent=body)
    return scene
