"""Over-ear headphones: walnut cups with a turbine of brass fins, a stitched leather band, thick leather pads."""

from functools import partial

import numpy as np

from models.ambient import shaded
from models.curves import Array, Curve, circle, ellipse, rounded, spline, unit
from models.geometry import Mesh, around, frames, grid, grounded, knurled, lathe, merged, placed, sweep
from models.glb import Scene
from models.surfaces import WALNUT, brass, cloth, leather, wood
from models.textures import jpeg

HIDE, METAL, BOARD, MESH = 0.11, 0.09, 0.16, 0.05  # metres in one tile of leather, metal, wood, cloth
OVAL = 1.14  # a cup's height over its width
CUP = (0.0880, 0.0535)  # x and y of its middle
CHAMPAGNE = [(0.0, "6b5138"), (0.35, "b08d66"), (0.7, "cfae88"), (1.0, "e6cdaa")]


def oval(mesh: Mesh) -> Mesh:
    """From lathe's axis to the ear's: +Y becomes outward, x becomes down, and round becomes oval."""
    return mesh.stretched(OVAL, 1, 1)


def housing() -> Mesh:
    corners = [
        (0.0300, -0.0150), (0.0392, -0.0150), (0.0408, -0.0105), (0.0408, -0.0090),
        (0.0428, -0.0082), (0.0448, 0.0010), (0.0425, 0.0110), (0.0362, 0.0165), (0.0338, 0.0165), (0.0332, 0.0110),
    ]  # fmt: skip
    radii = [0, 0.002, 0.0008, 0.0006, 0.0012, 0.016, 0.012, 0.0016, 0.0010, 0]
    body = oval(lathe(rounded(corners, radii, steps=7), 132))
    return body.projected("z", "x", BOARD)


def metalwork() -> Mesh:
    """The ring, the fins and the hub on the outside of a cup."""
    bezel = lathe(
        rounded(
            [(0.0338, 0.0092), (0.0338, 0.0172), (0.0318, 0.0180), (0.0302, 0.0162), (0.0302, 0.0092)],
            [0, 0.0009, 0.0008, 0.0008, 0],
            steps=4,
        ),
        132,
        tile=METAL,
    )
    beads = knurled(0.03345, 0.0022, teeth=72, depth=0.0004, tile=METAL, bevel=0.0004, bore=0.0325).moved(
        0, 0.0139, 0
    )
    t = np.linspace(0, 1, 14)
    reach, turn = 0.0088 + 0.0222 * t, 0.95 * t**0.85
    fin = np.stack(
        [reach * np.sin(turn), 0.0138 - 0.0022 * (1 - t) ** 2 + 0.0006 * t, reach * np.cos(turn)], 1
    )
    blade = sweep(
        fin, ellipse(0.00085, 0.0030, 10, power=2.6), up=(0, 1, 0), tile=METAL, cap=0.0004, cap_rows=3
    )
    hub = rounded(
        [
            (0.0100, 0.0095),
            (0.0100, 0.0148),
            (0.0086, 0.0160),
            (0.0078, 0.0160),
            (0.0070, 0.0150),
            (0.0, 0.0166),
        ],
        [0, 0.0008, 0.0008, 0.0005, 0.002, 0],
        steps=6,
    )
    parts = [bezel, around(blade, 44), lathe(hub, 72, tile=METAL)]
    grip = knurled(0.01035, 0.0030, teeth=36, depth=0.0003, tile=METAL, bevel=0.0004, bore=0.0090).moved(
        0, 0.0112, 0
    )
    return merged([oval(part) for part in [*parts, beads, grip]])


def ear_pad() -> Mesh:
    """A ring of soft leather, creased towards the ear, with a welt where it meets the cup."""
    sides, rows = 216, 56
    angle = np.linspace(-np.pi, np.pi, sides + 1)
    section = ellipse(0.0225, 0.0245, rows, power=2.5)
    tight = np.clip((0.2 - section.normals[:, 0]), 0, 1)[:, None]
    creases = 0.00016 * np.sin(23 * angle + 2 * np.sin(3 * angle)) + 0.00012 * np.sin(
        41 * angle + 1.7 * np.cos(2 * angle)
    )
    lumps = 0.0005 * np.sin(5 * angle + 0.4) * np.cos(section.points[:, 1:] * 130)
    puff = creases[None] * tight + lumps
    across_ = 0.0315 + section.points[:, :1] + section.normals[:, :1] * puff
    seam = (
        0.0011 * np.exp(-(((section.points[:, 1:] - 0.0075) / 0.0009) ** 2)) * (section.normals[:, :1] > 0.3)
    )
    along = -0.0262 + section.points[:, 1:] + section.normals[:, 1:] * puff
    reach = across_ - seam
    points = np.stack([reach * np.sin(angle), along + 0 * reach, reach * np.cos(angle)], 2)
    uvs = np.stack(
        np.broadcast_arrays((angle / (2 * np.pi) * 2)[None], -(section.length() / HIDE)[:, None]), 2
    )
    pad = grid(points, uvs, closed_columns=True, closed_rows=True)
    welt = lathe(
        Curve(circle(0.0011, 12).points + np.array([0.0412, -0.0146]), circle(0.0011, 12).normals),
        132,
        tile=HIDE,
    )
    return oval(merged([pad, welt]))


def inner_cloth() -> Mesh:
    """What covers the drivers, inside and behind the fins."""
    disc = [(0.0, 0.0), (0.010, 0.0006), (0.0335, 0.0)]
    inside = lathe(rounded(disc, [0, 0.05, 0]), 72).moved(0, -0.0178, 0)
    behind = lathe(rounded([(0.0335, 0.0), (0.010, 0.0012), (0.0, 0.0012)], [0, 0.05, 0]), 72).moved(
        0, 0.0098, 0
    )
    return oval(merged([inside, behind])).projected("x", "z", MESH)


def stitch(length: float, thick: float) -> Mesh:
    line = np.stack(
        [np.zeros(4), 0.25 * thick * np.sin(np.linspace(0, np.pi, 4)), np.linspace(-0.5, 0.5, 4) * length], 1
    )
    return sweep(line, ellipse(thick, thick, 7), up=(0, 1, 0), tile=0.02, cap=thick / 2, cap_rows=3)


def stitches(line: Array, outward: Array, *, gap: float = 0.0042) -> Mesh:
    """Stitches along a line in space, standing on a surface that faces `outward` there."""
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.arange(gap / 2, walked[-1], gap)
    place = np.stack([np.interp(at, walked, line[:, k]) for k in range(3)], 1)
    way = unit(np.stack([np.interp(at, walked, np.gradient(line, axis=0)[:, k]) for k in range(3)], 1))
    out = unit(np.stack([np.interp(at, walked, outward[:, k]) for k in range(3)], 1))
    side = unit(np.cross(out, way))
    return placed(stitch(gap * 0.68, 0.00085), place, np.stack([side, np.cross(way, side), way], 1))


def arch(count: int, *, rise: float = 0.0) -> Array:
    """The band's line over the head from left (-x) to right."""
    through = [
        [-0.0830, 0.1290], [-0.0800, 0.1520], [-0.0690, 0.1780], [-0.0440, 0.1985], [0.0, 0.2070],
        [0.0440, 0.1985], [0.0690, 0.1780], [0.0800, 0.1520], [0.0830, 0.1290],
    ]  # fmt: skip
    points = spline([[x, y, 0.0] for x, y in through], count)
    _, right, _ = frames(points, (0, 0, 1))
    return np.asarray(points - right * rise)


def band() -> tuple[Mesh, Mesh]:
    """The leather of the headband, and its stitches."""
    count = 150
    t = np.linspace(-1, 1, count)
    wide = 0.0345 - 0.0055 * np.abs(t) ** 3
    outer = arch(count, rise=-0.0015)
    cover = sweep(
        outer,
        ellipse(1, 1, 40, power=3.4),
        up=(0, 0, 1),
        sizes=np.stack([np.full(count, 0.0062), wide], 1),
        tile=HIDE,
        cap=0.003,
    )
    quilt = (
        0.0098
        * (0.62 + 0.38 * np.sqrt(np.abs(np.sin(np.pi * 4.5 * (t + 1)))))
        * np.clip((0.86 - np.abs(t)) / 0.06, 0.05, 1)
    )
    inner = arch(count, rise=0.0040)
    pad = sweep(
        inner[9:-9],
        ellipse(1, 1, 36, power=2.6),
        up=(0, 0, 1),
        sizes=np.stack([quilt, wide * 0.90], 1)[9:-9],
        tile=HIDE,
        cap=0.003,
    )
    _, right, _ = frames(outer, (0, 0, 1))
    away = -right if right[count // 2, 1] < 0 else right
    rows = [
        stitches(outer + away * 0.00295 + np.array([0, 0, 1.0]) * (side * (wide / 2 - 0.0042))[:, None], away)
        for side in (-1, 1)
    ]
    return merged([cover, pad]), merged(rows)


def pad_stitches() -> Mesh:
    angle = np.linspace(-np.pi, np.pi, 400)
    radius = 0.0409
    line = np.stack([OVAL * radius * np.sin(angle), np.full(400, -0.0179), radius * np.cos(angle)], 1)
    out = np.stack([np.sin(angle) / OVAL, 0.35 + 0 * angle, np.cos(angle)], 1)
    return stitches(line, out, gap=0.0040)


def yoke() -> Mesh:
    """The fork that holds a cup at front and back, in the cup's own frame (x down, y outward, z front)."""
    turn = np.radians(np.linspace(-3, 183, 72))
    high = 0.0512
    fork = np.stack([-OVAL * high * np.sin(turn), 0 * turn, high * np.cos(turn)], 1)
    lean = np.clip(np.sin(turn), 0, 1)
    sizes = np.stack([0.0085 + 0.0030 * lean**3, 0.0036 + 0.0016 * lean**2], 1)
    parts = [
        sweep(fork, ellipse(1, 1, 24, power=4.0), up=(0, 1, 0), sizes=sizes[:, ::-1], tile=METAL, cap=0.002)
    ]
    for side in (1, -1):
        grip = knurled(0.0046, 0.0052, teeth=22, depth=0.0003, tile=METAL, bevel=0.0007)
        pin = lathe(
            rounded([(0.0, 0.0), (0.0026, 0.0), (0.0026, 0.011), (0.0, 0.011)], [0, 0.0003, 0.0003, 0]),
            32,
            tile=METAL,
        )
        parts += [
            grip.turned("x", 90 * side).moved(0, 0, side * 0.0508),
            pin.turned("x", 90 * side).moved(0, 0, side * 0.0425),
        ]
    return merged(parts)


def slider() -> Mesh:
    """From the fork up to the band: a block, a flat rod with its marks, the band's end cap. On the right side."""
    top = CUP[1] + OVAL * 0.0512
    line = spline([[0.0878, top - 0.002, 0], [0.0866, top + 0.011, 0], [0.0838, 0.1300, 0]], 30)
    rod = sweep(line, ellipse(0.0030, 0.0125, 28, power=5.0), up=(0, 0, 1), tile=METAL, cap=0.0006)
    block = sweep(
        np.array([[0.0881, top - 0.0030, 0.0], [0.0876, top + 0.0010, 0], [0.0871, top + 0.0058, 0]]),
        ellipse(0.0080, 0.0185, 40, power=4.0), up=(0, 0, 1), tile=METAL, cap=0.0016,
    )  # fmt: skip
    end = arch(200)[-1:-24:-1]
    end = np.concatenate([[end[0] + (end[0] - end[3]) * 1.4], end])
    cap = sweep(end, ellipse(0.0112, 0.0325, 40, power=4.5), up=(0, 0, 1), tile=METAL, cap=0.0018)
    groove = [
        sweep(end[k : k + 3], ellipse(0.0120, 0.0333, 40, power=4.5), up=(0, 0, 1), tile=METAL, cap=0.0004)
        for k in (3, 18)
    ]
    return merged([rod, block, cap, *groove])


def worn(part: Mesh) -> Mesh:
    """From the cup's frame to the right ear: outward along +x, the lower rim a little out."""
    return part.turned("z", -90).turned("z", 4.0).moved(*CUP, 0.0)


def both(part: Mesh) -> Mesh:
    return merged([part, part.mirrored()])


def build() -> Scene:
    hide, thread = band()
    parts = [
        both(worn(housing())),
        merged([both(worn(merged([metalwork(), yoke()]))), both(slider())]),
        merged([hide, both(worn(ear_pad()))]),
        merged([thread, both(worn(pad_stitches()))]),
        both(worn(inner_cloth())),
    ]
    shells, metal, soft, thread, net = shaded(grounded(parts), darkest=0.14, cells=230)
    scene = Scene("Headphones")
    walnut = wood(2048, 51, colours=WALNUT, rings=12).material(scene, "Walnut", encode=jpeg)
    anodized = brass(2048, 52, colours=CHAMPAGNE, shine=0.25, age=0.3)
    champagne = anodized.material(scene, "Champagne metal", encode=jpeg)
    hide_4k = leather(4096, 53, pebbles=104)
    calf = hide_4k.material(
        scene, "Leather", encode=partial(jpeg, quality=84), baseColorFactor=[0.30, 0.115, 0.045, 1]
    )
    net_1k = cloth(1024, 54, yarns=48)
    fabric = net_1k.material(scene, "Driver cloth", encode=jpeg, baseColorFactor=[0.03, 0.03, 0.032, 1])
    linen = scene.material(
        "Thread",
        pbrMetallicRoughness={
            "baseColorFactor": [0.78, 0.68, 0.50, 1],
            "metallicFactor": 0,
            "roughnessFactor": 0.8,
        },
    )
    pieces = [(shells, walnut), (metal, champagne), (soft, calf), (thread, linen), (net, fabric)]
    scene.node("Headphones", mesh=scene.mesh("Headphones", pieces))
    return scene
