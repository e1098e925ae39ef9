"""A desk orrery that runs: Mercury, Venus, Earth and its Moon about a gilded Sun, driven by meshing wheels.

The Earth's axis keeps its direction as in the sky: the last of three wheels along the arm has as many teeth
as the fixed first one, so it never turns, whatever the arm does.
"""

from dataclasses import dataclass

import numpy as np

from models.ambient import shaded
from models.curves import Array, Curve, circle, ellipse, rounded, smooth, spline
from models.gears import meshing, pitch_radius, wheel
from models.geometry import Mesh, around, knurled, lathe, merged, ring, sweep
from models.glb import Scene
from models.surfaces import WALNUT, brass, wood
from models.textures import jpeg
from models.worlds import PLACES, dial, globes

METAL, BOARD = 0.12, 0.30  # metres of brass and of wood in one tile
LOOP_S, KEYS = 10.0, 61
DIAL = (0.1215, 0.0930)
SKY, GEARS = 0.2150, 0.1220  # heights of the planets and of the arm's wheels
FIXED, IDLER, DRIVE, PINION = 64, 56, 120, 40
PINION_WAY = -52.0
REACH = pitch_radius(FIXED) + 2 * pitch_radius(IDLER) + pitch_radius(FIXED)


@dataclass(frozen=True)
class Materials:
    walnut: int
    brass: int
    dial: int
    globes: int


def globe(name: str, radius: float) -> Mesh:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 27)
    way = np.stack([np.cos(angle), np.sin(angle)], 1)
    u0, v0, u1, v1 = PLACES[name]
    edge = 0.0 if u1 - u0 == 1 else 0.003  # so that a neighbour's colours do not show at the seam
    return lathe(Curve(way * radius, way), 48, whole=(u0 + edge, v0 + edge, u1 - edge, v1 - edge))


def turned(corners: list[tuple[float, float]], radius: float, *, segments: int = 48) -> Mesh:
    radii = [0.0, *([radius] * (len(corners) - 2)), 0.0]
    return lathe(rounded(corners, radii, steps=4), segments, tile=METAL)


def base() -> Mesh:
    corners = [
        (0.0, 0.012), (0.112, 0.012), (0.1170, 0.0160), (0.1170, 0.0200), (0.1250, 0.0225),
        (0.1250, 0.0310), (0.1205, 0.0340), (0.1225, 0.0375), (0.1225, 0.0400), (0.0, 0.0400),
    ]  # fmt: skip
    radii = [0, 0.002, 0.003, 0.002, 0.003, 0.005, 0.0015, 0.001, 0.0012, 0]
    return lathe(rounded(corners, radii, steps=5), 112).projected("z", "x", BOARD)


def standing_brass() -> Mesh:
    """Feet, column, the sun's cup, the wheel that stands still, and the post of the crank."""
    foot = turned(
        [(0.0, 0.0), (0.0075, 0.0), (0.0105, 0.0060), (0.0070, 0.0105), (0.0085, 0.0130), (0.0, 0.0130)],
        0.003,
        segments=32,
    )
    feet = around(foot.moved(0, 0, 0.095), 3)
    column = turned(
        [
            (0.0, 0.0395), (0.0300, 0.0395), (0.0300, 0.0425), (0.0240, 0.0450), (0.0065, 0.0465), (0.0065, 0.1160),
            (0.0085, 0.1165), (0.0085, 0.1285), (0.0045, 0.1290), (0.0045, 0.1620), (0.0072, 0.1650), (0.0042, 0.1690),
            (0.0040, 0.1800), (0.0095, 0.1865), (0.0120, 0.1900), (0.0060, 0.1925), (0.0, 0.1925),
        ],
        0.0016,
    )  # fmt: skip
    fixed = wheel(FIXED, spokes=6, thickness=0.0036, bore=0.0080, tile=METAL, hub=0.0120).moved(0, GEARS, 0)
    sun_rays = around(_ray(), 16).moved(0, SKY, 0)
    x, z = _beside(PINION_WAY, pitch_radius(DRIVE) + pitch_radius(PINION))
    post = turned(
        [
            (0.0, 0.0395),
            (0.0110, 0.0395),
            (0.0110, 0.0420),
            (0.0042, 0.0435),
            (0.0042, 0.0480),
            (0.0, 0.0480),
        ],
        0.0008,
    )
    return merged([feet, column, fixed, sun_rays, post.moved(x, 0, z)])


def _ray() -> Mesh:
    line = np.stack([np.zeros(10), np.zeros(10), np.linspace(0.0255, 0.0395, 10)], 1)
    taper = np.linspace(1, 0, 10)[:, None] ** 0.8 * 0.92 + 0.08
    return sweep(
        line, ellipse(0.0066, 0.0016, 12), up=(0, 1, 0), sizes=taper, tile=METAL, cap=0.0002, cap_rows=2
    )


def _beside(degrees: float, distance: float) -> tuple[float, float]:
    """x and z at an angle about +Y, counted from +X."""
    return distance * float(np.cos(np.radians(degrees))), -distance * float(np.sin(np.radians(degrees)))


def main_arm() -> Mesh:
    """What turns with the Earth: the great wheel, its tube, the arm with its counterweight and pins."""
    great = wheel(DRIVE, spokes=8, thickness=0.0038, bore=0.0078, tile=METAL, hub=0.0150).moved(0, 0.0520, 0)
    tube = turned(
        [
            (0.0078, 0.0540), (0.0125, 0.0560), (0.0125, 0.0600), (0.0095, 0.0625), (0.0092, 0.0850), (0.0112, 0.0868),
            (0.0112, 0.0900), (0.0094, 0.0920), (0.0100, 0.1040), (0.0150, 0.1060), (0.0150, 0.1150), (0.0078, 0.1155),
        ],
        0.0012,
    )  # fmt: skip
    pin_corners = [(0.0, 0.1125), (0.0036, 0.1125), (0.0030, GEARS + 0.0055), (0.0, GEARS + 0.0062)]
    pin = turned(pin_corners, 0.0006, segments=32)
    pins = [pin.moved(REACH / 2, 0, 0), pin.moved(REACH, 0, 0)]
    ball = smooth([(0.0, -0.0130), (0.0092, -0.0092), (0.0130, 0.0), (0.0092, 0.0092), (0.0, 0.0130)], 30)
    collar = turned(
        [(0.0, 0.009), (0.0062, 0.009), (0.0052, 0.0145), (0.0034, 0.0180), (0.0, 0.0180)],
        0.0008,
        segments=40,
    )
    weight = merged([lathe(ball, 56, tile=METAL), collar]).turned("z", -90).moved(-0.1420, 0.1110, 0)
    return merged([great, tube, arm_bar(), *pins, weight])


def arm_bar() -> Mesh:
    """The arm itself, broader where something is fixed to it."""
    count = 60
    along = np.linspace(-0.1400, REACH + 0.004, count)
    width = np.full(count, 0.0062)
    for place, more, reach in ((0.0, 0.0075, 0.022), (REACH, 0.0050, 0.012), (REACH / 2, 0.0035, 0.012)):
        width += more * np.exp(-(((along - place) / reach) ** 2))
    line = np.stack([along, np.full(count, 0.1110), np.zeros(count)], 1)
    sizes = np.stack([width, np.full(count, 0.0044)], 1)
    return sweep(line, ellipse(1, 1, 28, power=4.5), up=(0, 1, 0), sizes=sizes, tile=METAL, cap=0.002)


def planet_arm(radius: float, height: float, hub: float) -> Mesh:
    """A collar on the column and a bent rod that carries a planet at the sun's height."""
    collar = turned(
        [(0.0046, height - 0.004), (hub, height - 0.004), (hub, height + 0.004), (0.0046, height + 0.004)],
        0.001,
    )
    grip = knurled(hub + 0.0004, 0.0030, teeth=20, depth=0.0003, tile=METAL, bevel=0.0004).moved(
        0, height - 0.0015, 0
    )
    rod = spline(
        [
            [hub - 0.001, height, 0],
            [radius * 0.62, height + 0.001, 0],
            [radius * 0.95, height + 0.012, 0],
            [radius, height + 0.034, 0],
            [radius, SKY - 0.004, 0],
        ],
        36,
    )
    return merged(
        [collar, grip, sweep(rod, ellipse(0.0026, 0.0026, 14), up=(0, 0, 1), tile=METAL, cap=0.0006)]
    )


def earth_post() -> Mesh:
    corners = [
        (0.0, 0.004), (0.0062, 0.004), (0.0050, 0.0100), (0.0026, 0.0140), (0.0023, 0.0440), (0.0036, 0.0460),
        (0.0036, 0.0490), (0.0022, 0.0510), (0.0018, 0.0730), (0.0, 0.0752),
    ]  # fmt: skip
    post = turned(corners, 0.0007, segments=36)
    cradle = (
        ring(circle(0.0190, 72), circle(0.0176, 72), 0.0026, 0.0005, tile=METAL)
        .turned("x", 90)
        .moved(0, SKY - GEARS, 0)
    )
    return merged([post, cradle])


def moon_arm() -> Mesh:
    height = 0.0475
    collar = turned(
        [
            (0.0024, height - 0.002),
            (0.0050, height - 0.002),
            (0.0050, height + 0.002),
            (0.0024, height + 0.002),
        ],
        0.0006,
        segments=36,
    )
    rod = spline(
        [
            [0.0040, height, 0],
            [0.020, height + 0.002, 0],
            [0.0290, height + 0.016, 0],
            [0.0300, SKY - GEARS - 0.003, 0],
        ],
        26,
    )
    return merged([collar, sweep(rod, ellipse(0.0016, 0.0016, 12), up=(0, 0, 1), tile=METAL, cap=0.0004)])


def crank() -> Mesh:
    small = wheel(PINION, spokes=5, thickness=0.0048, bore=0.0042, tile=METAL, hub=0.0075)
    axle = turned([(0.0, -0.004), (0.0042, -0.004), (0.0042, 0.0220), (0.0, 0.0225)], 0.0006, segments=36)
    lever = sweep(
        np.array([[0.0, 0.0195, 0], [0.009, 0.0195, 0], [0.018, 0.0195, 0]]),
        ellipse(0.0060, 0.0030, 24, power=3.5),
        up=(0, 1, 0),
        tile=METAL,
        cap=0.003,
    )
    grip = turned(
        [
            (0.0, 0.0200),
            (0.0026, 0.0200),
            (0.0024, 0.0240),
            (0.0046, 0.0300),
            (0.0040, 0.0360),
            (0.0, 0.0375),
        ],
        0.0018,
        segments=40,
    )
    return merged([small, axle, lever, grip.moved(0.018, 0, 0)])


def turns(count: float, start: float) -> Array:
    """Keys of a node that turns so many times about +Y in one loop, from `start` degrees."""
    half = (np.radians(start) + np.linspace(0, 2 * np.pi * count, KEYS)) / 2
    none = np.zeros(KEYS)
    return np.stack([none, np.sin(half), none, np.cos(half)], 1)


class Works:
    """Adds turning nodes to the scene and remembers their keys for the one animation."""

    def __init__(self, scene: Scene, materials: Materials) -> None:
        self.scene, self.materials = scene, materials
        self.keys: dict[int, Array] = {}

    def part(
        self,
        name: str,
        parent: int,
        *pieces: tuple[Mesh, int],
        spin: tuple[float, float] | None = None,
        **fields: object,
    ) -> int:
        """`spin`: turns in one loop and the degrees at its start."""
        mesh = self.scene.mesh(name, pieces) if pieces else None
        keys = None if spin is None else turns(*spin)
        rest = {} if keys is None else {"rotation": keys[0].tolist()}
        node = self.scene.node(name, mesh=mesh, parent=parent, **rest, **fields)
        if keys is not None:
            self.keys[node] = keys
        return node

    def planet(
        self, name: str, parent: int, *, sizes: tuple[float, float, float], spin: tuple[float, float]
    ) -> None:
        """`sizes`: the globe's radius, its distance from the sun, the height of its collar on the column."""
        radius, distance, height = sizes
        arm = shaded([planet_arm(distance, height, 0.0082)], darkest=0.5)[0]
        node = self.part(f"{name} arm", parent, (arm, self.materials.brass), spin=spin)
        self.part(name, node, (globe(name, radius), self.materials.globes), translation=[distance, SKY, 0.0])


def earth_system(works: Works, root: int) -> None:
    metal = works.materials.brass
    arm = works.part("Main arm", root, (shaded([main_arm()], darkest=0.3)[0], metal), spin=(1.0, 0.0))
    idler = wheel(IDLER, spokes=7, thickness=0.0036, bore=0.0030, tile=METAL)
    last = merged([wheel(FIXED, spokes=6, thickness=0.0036, bore=0.0030, tile=METAL), earth_post()])
    at_idler = meshing(0.0, 0.0, FIXED, IDLER)
    at_last = meshing(at_idler, 0.0, IDLER, FIXED)
    gear, carrier = shaded([idler, last], darkest=0.4)
    works.part("Idler", arm, (gear, metal), spin=(FIXED / IDLER, at_idler), translation=[REACH / 2, GEARS, 0])
    still = works.part(
        "Earth carrier", arm, (carrier, metal), spin=(-1.0, at_last), translation=[REACH, GEARS, 0]
    )
    lean = np.radians(23.4) / 2
    tilt = works.part(
        "Earth axis",
        still,
        translation=[0, SKY - GEARS, 0],
        rotation=[0, 0, -float(np.sin(lean)), float(np.cos(lean))],
    )
    works.part("Earth", tilt, (globe("Earth", 0.0158), works.materials.globes), spin=(5.0, 0.0))
    orbit = works.part("Moon arm", still, (moon_arm(), metal), spin=(4.0, -70.0))
    works.part(
        "Moon", orbit, (globe("Moon", 0.0052), works.materials.globes), translation=[0.0300, SKY - GEARS, 0]
    )


def build() -> Scene:
    scene = Scene("Desk orrery")
    made = Materials(
        walnut=wood(2048, 71, colours=WALNUT, rings=14, gloss=0.56).material(scene, "Walnut", encode=jpeg),
        brass=brass(2048, 72).material(scene, "Brass", encode=jpeg),
        dial=dial(*DIAL).material(scene, "Dial", encode=jpeg),
        globes=globes().material(scene, "Globes", encode=jpeg),
    )
    plate = ring(circle(DIAL[0], 160), circle(DIAL[1], 160), 0.0022, 0.0005, tile=1).moved(0, 0.0408, 0)
    plate = plate.projected("x", "z", 2 * DIAL[0]).slid(0.5, 0.5)
    stand, metal, scale = shaded([base(), standing_brass(), plate], darkest=0.3)
    root = scene.node(
        "Orrery", mesh=scene.mesh("Stand", [(stand, made.walnut), (metal, made.brass), (scale, made.dial)])
    )
    works = Works(scene, made)
    works.part("Sun", root, (globe("Sun", 0.0270), made.globes), translation=[0, SKY, 0])
    works.planet("Venus", root, sizes=(0.0105, 0.0720, 0.1420), spin=(2.0, 150.0))
    works.planet("Mercury", root, sizes=(0.0066, 0.0480, 0.1520), spin=(3.0, 262.0))
    earth_system(works, root)
    x, z = _beside(PINION_WAY, pitch_radius(DRIVE) + pitch_radius(PINION))
    at_crank = meshing(0.0, PINION_WAY, DRIVE, PINION)
    handle = shaded([crank()], darkest=0.4)[0]
    works.part(
        "Crank", root, (handle, made.brass), spin=(-DRIVE / PINION, at_crank), translation=[x, 0.0520, z]
    )
    scene.animation("Orbits", works.keys, np.linspace(0, LOOP_S, KEYS))
    return scene
