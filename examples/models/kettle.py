"""An enamel pour-over kettle in four colourways: a swan's neck, a bent-wood grip, a turned knob."""

from dataclasses import dataclass

import numpy as np

from models.ambient import shaded
from models.curves import Array, ellipse, joined, rounded, smooth, spline, unit
from models.geometry import Mesh, frames, grid, grounded, lathe, merged, sweep
from models.glb import Scene
from models.surfaces import OAK, WALNUT, Surface, brass, enamel, wood
from models.textures import jpeg

COAT, STICK, METAL = 0.26, 0.11, 0.12  # metres of enamel, of wood and of metal in one tile
EBONY = [(0.0, "0c0a09"), (0.3, "17120f"), (0.6, "241c17"), (1.0, "3a2e26")]
TIMBERS = {"walnut": WALNUT, "ebony": EBONY, "oak": OAK}
SILVER = [(0.0, "dcd8d2"), (0.35, "eeebe6"), (0.7, "f8f6f2"), (1.0, "ffffff")]


METALS = {"brass": (0.83, 0.60, 0.29), "copper": (0.80, 0.42, 0.27), "steel": (0.74, 0.74, 0.75)}


@dataclass(frozen=True)
class Colourway:
    """`ground` and `fleck` are the enamel's, in sRGB."""

    ground: str
    fleck: str
    timber: str
    metal: str


COLOURWAYS = {
    "Moss": Colourway("414a38", "d6d8c6", "walnut", "brass"),
    "Rust": Colourway("7c4030", "ecd8c4", "ebony", "copper"),
    "Oat": Colourway("ddd2bd", "54402f", "oak", "steel"),
    "Ink": Colourway("222d42", "dde2e8", "oak", "brass"),
}


def vessel() -> Mesh:
    under = rounded(
        [(0.0, 0.0040), (0.0640, 0.0040), (0.0665, 0.0), (0.0715, 0.0), (0.0768, 0.0085)],
        [0, 0.001, 0.0012, 0.0025, 0],
    )
    side = smooth(
        [
            (0.0768, 0.0085), (0.0806, 0.0200), (0.0820, 0.0400), (0.0808, 0.0640), (0.0762, 0.0900),
            (0.0680, 0.1110), (0.0590, 0.1245), (0.0530, 0.1312), (0.0508, 0.1360),
        ],
        70,
    )  # fmt: skip
    return lathe(joined(under, side), 128, tile=COAT)


def lid() -> Mesh:
    edge = rounded([(0.0470, 0.1362), (0.0542, 0.1362), (0.0542, 0.1392)], [0, 0.0008, 0])
    dome = smooth(
        [
            (0.0542, 0.1392), (0.0520, 0.1420), (0.0440, 0.1474), (0.0310, 0.1528), (0.0170, 0.1556),
            (0.0, 0.1560),
        ],
        34,
    )  # fmt: skip
    return lathe(joined(edge, dome), 112, tile=COAT)


def tube(spine: Array, radii: Array, *, wall: float, depth: int) -> Mesh:
    """A pipe that is open at its end: out along the spine, round the lip, and `depth` places back inside."""
    _, right, above = frames(spine, (0, 0, 1))
    count = len(spine)
    bend = np.linspace(0, np.pi, 9)[1:-1]
    lip = spine[-1] + unit(spine[-1] - spine[-2]) * (wall / 2 * np.sin(bend))[:, None]
    back = np.arange(count - 1, count - 1 - depth, -1)
    line = np.concatenate([spine, lip, spine[back]])
    reach = np.concatenate([radii, radii[-1] - wall / 2 * (1 - np.cos(bend)), radii[back] - wall])
    which = np.concatenate([np.arange(count), np.full(len(lip), count - 1), back])
    turn = np.linspace(0, 2 * np.pi, 49)
    out = np.cos(turn)[:, None] * right[which, None] + np.sin(turn)[:, None] * above[which, None]
    points = line[:, None] + out * reach[:, None, None]
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    girth = 2 * np.pi * float(radii.mean())
    u = turn / (2 * np.pi) * girth / COAT
    uvs = np.stack(np.broadcast_arrays(u[None], -walked[:, None] / COAT), 2)
    return grid(points, uvs, closed_columns=True)


NECK = [
    [0.0640, 0.0360, 0], [0.0900, 0.0410, 0], [0.1120, 0.0580, 0], [0.1210, 0.0850, 0],
    [0.1270, 0.1150, 0], [0.1420, 0.1410, 0], [0.1640, 0.1490, 0], [0.1840, 0.1370, 0],
]  # fmt: skip


def spout() -> Mesh:
    """Flared where it leaves the vessel, slim over the bend, cut square."""
    line = spline(NECK, 110)
    t = np.linspace(0, 1, len(line))
    radii = 0.0062 + 0.0078 * (1 - t) ** 1.7 + 0.0120 * np.exp(-((t / 0.105) ** 1.5))
    return tube(line, radii + 0.0007 * np.clip((t - 0.93) / 0.07, 0, 1) ** 2, wall=0.0012, depth=16)


LOOP = [
    [-0.0590, 0.1235, 0], [-0.0740, 0.1330, 0], [-0.0960, 0.1390, 0], [-0.1180, 0.1340, 0],
    [-0.1335, 0.1170, 0], [-0.1375, 0.0930, 0], [-0.1290, 0.0680, 0], [-0.1120, 0.0500, 0],
    [-0.0940, 0.0410, 0], [-0.0800, 0.0400, 0],
]  # fmt: skip


def strap() -> Mesh:
    """The metal that carries the grip, from shoulder to belly."""
    line = spline(LOOP, 90)
    t = np.linspace(-1, 1, 90)
    width = 0.0120 + 0.0050 * np.abs(t) ** 10
    section = ellipse(1.0, 1.0, 28, power=5.0)
    sizes = np.stack([np.full_like(width, 0.0034), width], 1)
    return sweep(line, section, up=(0, 0, 1), sizes=sizes, tile=METAL, cap=0.002)


def grip() -> Mesh:
    """Wood around the strap, swelling towards the hand."""
    line = spline(LOOP, 160)[46:120]
    t = np.linspace(0, 1, len(line))
    swell = np.interp(t, [0, 0.12, 0.45, 0.8, 1], [0.82, 0.96, 1.12, 0.98, 0.80])
    swell = np.convolve(np.pad(swell, 8, mode="edge"), np.full(17, 1 / 17), "valid")
    section = ellipse(0.0150, 0.0215, 40, power=2.5)
    return sweep(line, section, up=(0, 0, 1), sizes=swell[:, None], tile=STICK, cap=0.0055, cap_rows=9)


def knob() -> Mesh:
    through = [
        (0.0062, 0.1610), (0.0060, 0.1640), (0.0082, 0.1672), (0.0132, 0.1704), (0.0158, 0.1750),
        (0.0142, 0.1796), (0.0082, 0.1822), (0.0, 0.1826),
    ]  # fmt: skip
    return lathe(smooth(through, 40), 64, tile=STICK)


def ferrule() -> Mesh:
    corners = [
        (0.0, 0.1552), (0.0128, 0.1552), (0.0128, 0.1572), (0.0086, 0.1588), (0.0078, 0.1618), (0.0, 0.1618),
    ]  # fmt: skip
    return lathe(rounded(corners, [0, 0.0006, 0.0009, 0.0022, 0.0008, 0]), 56, tile=METAL)


def bead(radius: float, height: float, thick: float) -> Mesh:
    """A rolled edge."""
    turn = np.linspace(0, 2 * np.pi, 113)
    ring = np.stack([radius * np.sin(turn), np.full_like(turn, height), radius * np.cos(turn)], 1)
    loop = np.concatenate([ring, ring[1:2]])
    return sweep(loop, ellipse(thick, thick, 12), up=(0, 1, 0), tile=METAL)


def boss(x: float, y: float, lean: float) -> Mesh:
    """The foot of the strap on the vessel: a stepped disc, `lean` degrees from upright."""
    corners = [
        (0.0, -0.0060), (0.0112, -0.0060), (0.0112, 0.0014), (0.0088, 0.0022), (0.0082, 0.0040), (0.0, 0.0046),
    ]  # fmt: skip
    disc = lathe(rounded(corners, [0, 0, 0.0008, 0.0010, 0.0014, 0]), 48, tile=METAL)
    return disc.turned("z", lean).moved(x, y)


def pins() -> Mesh:
    """Heads of the two pins that hold the grip, on both of its sides."""
    line = spline(LOOP, 160)
    head = lathe(smooth([(0.0030, -0.001), (0.0030, 0.0004), (0.0016, 0.0011), (0.0, 0.0013)], 10), 24)
    sides = [head.turned("x", 90).moved(z=0.0108), head.turned("x", -90).moved(z=-0.0108)]
    return merged([pin.moved(*line[at, :2]) for at in (57, 108) for pin in sides])


def fittings() -> Mesh:
    edges = [bead(0.0520, 0.1362, 0.0030), bead(0.0772, 0.0082, 0.0026)]
    feet = [boss(-0.0600, 0.1228, 43), boss(-0.0822, 0.0410, 91)]
    return merged([strap(), ferrule(), pins(), *edges, *feet])


def coats(scene: Scene) -> dict[str, int]:
    """One enamel for each colourway, by its name; they share relief and gloss."""
    fired = enamel(2048, 71)
    shine = {"KHR_materials_clearcoat": {"clearcoatFactor": 1.0, "clearcoatRoughnessFactor": 0.05}}
    painted = {name: fired.in_colours(way.ground, way.fleck) for name, way in COLOURWAYS.items()}
    first, *others = painted
    made = painted[first].material(scene, f"Enamel {first}", encode=jpeg, extensions=shine)
    return {first: made, **{name: repainted(scene, made, f"Enamel {name}", painted[name]) for name in others}}


def timbers(scene: Scene) -> dict[str, int]:
    """Walnut, and the same board as ebony and as oak."""
    boards = {name: wood(1024, 72, colours=tones, rings=9) for name, tones in TIMBERS.items()}
    first, *others = boards
    made = boards[first].material(scene, first.capitalize(), encode=jpeg)
    return {first: made, **{name: repainted(scene, made, name.capitalize(), boards[name]) for name in others}}


def repainted(scene: Scene, material: int, name: str, surface: Surface) -> int:
    """The material with another surface's colours; relief and gloss are the same pictures."""
    colours = jpeg(f"{name.lower().replace(' ', '_')}_basecolor", surface.base)
    return scene.varied(material, name, baseColorTexture=scene.texture(colours))


def metals(scene: Scene) -> dict[str, int]:
    """One pale metal, tinted."""
    first, *others = METALS
    pale = brass(1024, 73, colours=SILVER, shine=0.22, age=0.3)
    made = pale.material(scene, first.capitalize(), encode=jpeg, baseColorFactor=[*METALS[first], 1.0])
    tinted = {
        name: scene.varied(made, name.capitalize(), baseColorFactor=[*METALS[name], 1.0]) for name in others
    }
    return {first: made, **tinted}


def build() -> Scene:
    enamelled = merged([vessel(), lid(), spout()])
    wooden = merged([grip().slid(0.13, 0.0), knob().slid(0.52, 0.31)])
    parts = shaded(grounded([enamelled, wooden, fittings()]), darkest=0.22, cells=230)
    scene = Scene("Enamel kettle")
    enamels, woods, finishes = coats(scene), timbers(scene), metals(scene)
    worn = [
        [enamels[name] for name in COLOURWAYS],
        [woods[way.timber] for way in COLOURWAYS.values()],
        [finishes[way.metal] for way in COLOURWAYS.values()],
    ]
    kettle = scene.mesh("Kettle", [(part, made[0]) for part, made in zip(parts, worn, strict=True)])
    scene.variants(list(COLOURWAYS))
    for primitive, materials in enumerate(worn):
        scene.vary(kettle, primitive, materials)
    scene.node("Enamel kettle", mesh=kettle)
    return scene
