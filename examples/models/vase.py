"""A wheel-thrown stoneware vase: throwing rings, a reactive glaze that runs and crackles, a bare foot."""

from dataclasses import dataclass

import numpy as np

from models.curves import Array, Curve, joined, rounded, smooth
from models.geometry import Mesh, grid
from models.glb import Scene
from models.textures import (
    Field,
    cells,
    channels,
    enlarged,
    jpeg,
    noise,
    normals,
    png,
    ramp,
    steps,
    to_pixels,
)

SIZE = 2048
INSIDE, FOOT = 0.10, 0.955  # where lip and foot lie in the texture, from its top

REACTIVE = [
    (0.00, "7a3f14"),
    (0.07, "9c5a22"),
    (0.14, "c39a5e"),
    (0.22, "d9d0b4"),
    (0.32, "a9c4bd"),
    (0.45, "4f93a0"),
    (0.62, "1c6480"),
    (0.80, "0e3d62"),
    (1.00, "091f3c"),
]


@dataclass(frozen=True)
class Glaze:
    thickness: Field  # 0 on bare clay, 1 on the wall, more where it pools
    streaks: Field
    speckle: Field


def glaze() -> Glaze:
    streaks = noise(SIZE, 11, low=4, high=90, slope=0.7, stretch=(1, 7))
    speckle = noise(SIZE, 12, low=60, high=420)
    random = np.random.default_rng(13)
    u = np.arange(SIZE, dtype=np.float32) / SIZE
    edge = np.full(SIZE, 0.845, np.float32)
    for _ in range(26):
        place, width, run = (
            random.random(),
            random.uniform(0.014, 0.034),
            0.012 + 0.075 * random.random() ** 1.6,
        )
        away = (u - place + 0.5) % 1 - 0.5
        edge = np.maximum(edge, 0.845 + run * np.exp(-(np.abs(away / width) ** 2.6)).astype(np.float32))
    smoothing = np.hanning(33).astype(np.float32)
    edge = np.convolve(np.pad(edge, 16, mode="wrap"), smoothing / smoothing.sum(), "valid")
    tilt = np.sqrt(1 + ((np.roll(edge, -1) - np.roll(edge, 1)) * SIZE / 2) ** 2)
    v = (np.arange(SIZE, dtype=np.float32) / SIZE)[:, None]
    inward = (edge - v) / tilt
    roll = np.exp(-(((inward - 0.012) / 0.012) ** 2))
    return Glaze(np.asarray(steps(inward, -0.001, 0.007) * (1 + 0.9 * roll), np.float32), streaks, speckle)


def colours(made: Glaze, crackle: Field) -> Array:
    v = (np.arange(SIZE, dtype=np.float32) / SIZE)[:, None]
    depth = (v - INSIDE) / (0.845 - INSIDE)
    tone = depth * 0.86 + 0.075 * made.streaks + 0.022 * made.speckle + 0.02
    lip = np.exp(-((depth / 0.035) ** 2)) * 0.16
    pooled = np.maximum(made.thickness - 1, 0) * 0.22
    glass = ramp(
        np.clip(np.where(v < INSIDE, 0.42 + 0.05 * made.streaks, tone - lip + pooled), 0, 1), REACTIVE
    )
    glass = glass * (1 - 0.36 * crackle)[..., None]
    clay = ramp(
        np.clip(0.5 + 0.12 * made.speckle + 0.08 * made.streaks, 0, 1),
        [(0, "8d7459"), (0.5, "b39a7c"), (1, "cdb899")],
    )
    iron = steps(noise(SIZE, 15, low=60, high=260), 2.5, 3.0)[..., None]
    clay = clay * (1 - iron * 0.7)
    covered = steps(made.thickness, 0.05, 0.45)[..., None]
    toasted = np.exp(-((made.thickness[..., None] - 0.12) ** 2) / 0.02) * np.array(
        [0.06, 0.2, 0.3], np.float32
    )
    return np.asarray((clay * (1 - covered) + glass * covered) * (1 - toasted), np.float32)


def profile() -> tuple[Curve, Curve, Curve]:
    """Underside, outside and inside of the pot."""
    under = rounded([(0.0, 0.0035), (0.0385, 0.0035), (0.0405, 0.0), (0.0465, 0.0), (0.0485, 0.006)], 0.0016)
    body = [
        (0.0485, 0.006),
        (0.0492, 0.012),
        (0.0560, 0.027),
        (0.0735, 0.066),
        (0.0868, 0.110),
        (0.0902, 0.146),
        (0.0815, 0.180),
        (0.0600, 0.206),
        (0.0405, 0.224),
        (0.0305, 0.245),
        (0.0288, 0.266),
        (0.0330, 0.284),
        (0.0392, 0.2945),
    ]
    lip = [(0.0392, 0.2945), (0.0396, 0.2962), (0.0386, 0.2972), (0.0372, 0.2966)]
    hollow = [
        (0.0372, 0.2966),
        (0.0292, 0.283),
        (0.0246, 0.264),
        (0.0262, 0.244),
        (0.0370, 0.219),
        (0.0575, 0.200),
        (0.0772, 0.176),
        (0.0850, 0.146),
        (0.0815, 0.110),
        (0.0680, 0.064),
        (0.0480, 0.026),
        (0.0300, 0.013),
        (0.0, 0.011),
    ]
    return under, joined(smooth(body, 200), smooth(lip, 10)), smooth(hollow, 60)


def pot(made: Glaze) -> Mesh:
    under, outside, inside = profile()
    line = joined(under, outside, inside)
    v = np.concatenate(
        [
            np.linspace(1.0, FOOT, len(under.points)),
            FOOT - (FOOT - INSIDE) * outside.length() / outside.length()[-1],
            INSIDE * (1 - inside.length() / inside.length()[-1]),
        ]
    )
    angle = np.linspace(-np.pi, np.pi, 145)
    u = (angle + np.pi) / (2 * np.pi)
    rows, columns = (np.clip(x * SIZE, 0, SIZE - 1).astype(int) for x in (v, u))
    columns[-1] = columns[0]
    skin = made.thickness[rows[:, None], columns]
    turn = u[None] + (line.points[:, 1] / 0.0105)[:, None]
    wall = ((v < FOOT - 0.01) & (v > 0.02))[:, None]
    rise = wall * (0.00022 * np.sin(2 * np.pi * turn) + 0.0009 * np.where(v[:, None] > INSIDE, skin, 0.8))
    wobble = 1 + 0.006 * np.sin(2 * angle + 0.7) * np.clip(line.points[:, 1] / 0.2, 0, 1)[:, None]
    radius = line.points[:, :1] * wobble + line.normals[:, :1] * rise
    height = line.points[:, 1:] + line.normals[:, 1:] * rise
    points = np.stack([radius * np.sin(angle), height + 0 * radius, radius * np.cos(angle)], 2)
    return grid(points, np.stack(np.broadcast_arrays(u[None], v[:, None]), 2), closed_columns=True)


def build() -> Scene:
    made = glaze()
    near, second = cells(1024, 52, 14)
    bent = 0.10 * noise(SIZE, 16, low=3, high=30, slope=0.5)
    v = (np.arange(SIZE, dtype=np.float32) / SIZE)[:, None]
    pale = steps(np.abs(v - 0.30 + 0.02 * made.streaks), 0.26, 0.10)
    crackle = (
        steps(enlarged(second - near, SIZE) + 0.02 * bent, 0.060, 0.012)
        * pale
        * steps(made.thickness, 0.7, 0.95)
    )
    covered = steps(made.thickness, 0.05, 0.45)
    grog = noise(SIZE, 17, low=40, high=500, slope=0.4)
    turning = np.sin(v * 2 * np.pi * 190 + bent * 3)
    relief = made.thickness * 5.0 + (1 - covered) * (0.55 * grog + 0.35 * turning) - crackle * 0.5
    relief = relief + covered * 0.16 * made.streaks
    rough = (
        0.86 - covered * 0.60 + crackle * 0.25 - 0.03 * made.speckle * covered + 0.04 * grog * (1 - covered)
    )
    inner = np.where(v < INSIDE, 0.25 + 0.6 * v / INSIDE, 1.0)
    scene = Scene("Glazed vase")
    coat = scene.texture(jpeg("vase_clearcoat", channels(covered, 0.0, 0.0), 90))
    stoneware = scene.material(
        "Stoneware and glaze",
        pbrMetallicRoughness={
            "baseColorTexture": scene.texture(png("vase_basecolor", to_pixels(colours(made, crackle)))),
            "metallicRoughnessTexture": (orm := scene.texture(jpeg("vase_orm", channels(inner, rough, 0.0)))),
        },
        occlusionTexture=orm,
        normalTexture=scene.texture(png("vase_normal", normals(np.asarray(relief, np.float32), 1.0))),
        extensions={
            "KHR_materials_clearcoat": {
                "clearcoatFactor": 1.0,
                "clearcoatTexture": coat,
                "clearcoatRoughnessFactor": 0.06,
            }
        },
    )
    scene.node("Vase", mesh=scene.mesh("Vase", [(pot(made), stoneware)]))
    return scene
