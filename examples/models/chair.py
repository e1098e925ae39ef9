"""A mid-century easy chair: turned walnut frame, bent plywood shell, woven cushions with piping."""

import numpy as np

from models.ambient import shaded
from models.curves import Array, ellipse, spline
from models.geometry import Mesh, bent, grid, grounded, merged, sweep
from models.glb import Scene
from models.surfaces import WALNUT, cloth, wood
from models.textures import jpeg

BOARD, BOLT = 0.5, 0.24  # metres of wood and of cloth in one tile
SEAT_TILT, BACK_TILT = 8.0, 70.0
FABRICS = {
    "Moss": (0.150, 0.180, 0.090),
    "Rust": (0.420, 0.110, 0.045),
    "Oat": (0.640, 0.560, 0.440),
}


def turned_leg(through: list[list[float]], sizes: list[float], *, slide: float) -> Mesh:
    """A leg along a smooth line, its diameter given at even places."""
    count = 36
    line = spline(through, count)
    width = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(sizes)), sizes)
    width = np.convolve(np.pad(width, 4, mode="edge"), np.full(9, 1 / 9), "valid")
    shape = ellipse(1, 1, 24)
    return sweep(line, shape, up=(0, 0, 1), sizes=width[:, None], tile=BOARD, cap=0.004).slid(
        slide, 0.37 * slide
    )


def arm() -> Mesh:
    """A paddle, broad at the hand and slim behind, gently bowed outwards."""
    count = 56
    through = [
        [0.318, 0.512, -0.345],
        [0.330, 0.533, -0.20],
        [0.343, 0.552, 0.0],
        [0.345, 0.566, 0.20],
        [0.340, 0.572, 0.325],
    ]
    line = spline(through, count)
    t = np.linspace(0, 1, count)
    width = np.interp(t, [0, 0.25, 0.5, 0.8, 1], [0.034, 0.044, 0.058, 0.082, 0.074])
    width = np.convolve(np.pad(width, 8, mode="edge"), np.full(17, 1 / 17), "valid")
    thick = np.interp(t, [0, 0.5, 0.9, 1], [0.030, 0.027, 0.021, 0.019])
    section = ellipse(1, 1, 32, power=2.8)
    board = sweep(line, section, up=(0, 1, 0), sizes=np.stack([width, thick], 1), tile=BOARD, cap=0.022)
    return board.slid(0.11, 0.2)


def rail(start: list[float], end: list[float], *, slide: float) -> Mesh:
    line = np.linspace(start, end, 14)
    section = ellipse(0.021, 0.046, 28, power=3.0)
    return sweep(line, section, up=(0, 1, 0), tile=BOARD, cap=0.003).slid(slide, slide)


def frame() -> Mesh:
    front = [[0.318, 0.012, 0.330], [0.322, 0.20, 0.305], [0.330, 0.40, 0.272], [0.339, 0.560, 0.235]]
    rear = [[0.300, 0.012, -0.395], [0.308, 0.18, -0.330], [0.320, 0.36, -0.255], [0.331, 0.534, -0.205]]
    side = [
        turned_leg(front, [0.021, 0.031, 0.039, 0.036, 0.027], slide=0.05),
        turned_leg(rear, [0.021, 0.032, 0.040, 0.035, 0.027], slide=0.55),
        arm(),
        rail([0.323, 0.290, 0.285], [0.314, 0.222, -0.300], slide=0.31),
    ]
    both = [*side, *(part.mirrored().slid(0.43, 0.21) for part in side)]
    across = [
        rail([-0.320, 0.290, 0.270], [0.320, 0.290, 0.270], slide=0.77),
        rail([-0.312, 0.236, -0.255], [0.312, 0.236, -0.255], slide=0.63),
    ]
    return merged([*both, *across])


def ferrules() -> Mesh:
    """Brass feet on the legs."""
    shape = ellipse(1, 1, 28)
    feet = []
    for x, z, way in ((0.318, 0.330, [0.002, 1.0, -0.13]), (0.300, -0.395, [0.04, 1.0, 0.36])):
        line = np.array([x, 0.0, z]) + np.linspace(0.003, 0.05, 5)[:, None] * np.array(way)
        line -= np.array(way) * 0.012
        line[:, 1] += 0.012
        sizes = np.linspace(0.0236, 0.0280, 5)[:, None]
        feet.append(sweep(line, shape, up=(0, 0, 1), sizes=sizes, cap=0.003))
    return merged([*feet, *(foot.mirrored() for foot in feet)])


def shell() -> Mesh:
    """Seat and back of one bent board, dished so that its edges hold the cushions."""
    through = [
        [0, 0.322, 0.335],
        [0, 0.324, 0.26],
        [0, 0.293, 0.03],
        [0, 0.272, -0.14],
        [0, 0.288, -0.222],
        [0, 0.365, -0.282],
        [0, 0.56, -0.352],
        [0, 0.745, -0.420],
        [0, 0.835, -0.452],
    ]
    count = 76
    line = spline(through, count)
    end = np.abs(np.linspace(-1, 1, count))
    width = (
        0.565
        * (1 - 0.45 * np.clip((end - 0.80) / 0.20, 0, 1) ** 3)
        * np.where(np.linspace(0, 1, count) > 0.5, 0.985, 1)
    )
    board = sweep(
        line,
        ellipse(1.0, 0.013, 72, power=9.0),
        up=(0, 0.35, 1),
        sizes=np.stack([width, np.ones(count)], 1),
        tile=BOARD,
        cap=0.0055,
    )

    def dished(points: Array) -> Array:
        x2 = (points[:, 0] / 0.28) ** 2
        behind = np.clip((points[:, 1] - 0.30) / 0.25, 0, 1)
        lift = np.stack([0 * x2, 0.020 * x2 * (1 - behind), 0.050 * x2 * behind], 1)
        return np.asarray(points + lift)

    return bent(board, dished).slid(0.5, 0.0)


def soft_square(a: Array, b: Array, width: float, depth: float) -> tuple[Array, Array]:
    """A rectangle with soft corners over a, b in -1 to 1."""
    x = width / 2 * a * (1 - 0.055 * np.abs(b) ** 9 - 0.012 * b**2)
    z = depth / 2 * b * (1 - 0.055 * np.abs(a) ** 9 - 0.012 * a**2)
    return x, z


def cushion(size: tuple[float, float, float], *, crown: float, channels: int = 0) -> list[Mesh]:
    """Top, boxing, bottom and two lines of piping of a cushion (width, thickness, depth) lying at the origin."""
    width, thick, depth = size
    a, b = np.meshgrid(np.linspace(-1, 1, 113 if channels else 73), np.linspace(-1, 1, 61))
    x, z = soft_square(a, b, width, depth)
    dome = np.sqrt(np.maximum((1 - np.abs(a) ** 3.2) * (1 - np.abs(b) ** 3.2), 0))
    lumps = 0.0028 * np.sin(5.1 * a + 1.3 * b + 0.6) * np.cos(4.3 * b - 1.7 * a) * dome
    rise = crown * dome + lumps
    if channels:
        swell = np.abs(np.cos(np.pi * channels / 2 * (a + 1 - 1 / channels)))
        rise = crown * dome * (0.30 + 0.70 * np.sqrt(swell)) + 0.5 * lumps
    flat = np.stack([x / BOLT, z / BOLT], 2)
    top = grid(np.stack([x, thick / 2 + rise, z], 2)[::-1], flat[::-1])
    under = grid(np.stack([x, -thick / 2 - 0.35 * crown * dome, z], 2)[::2, ::2], flat[::2, ::2] + 0.5)
    border = _border(width, depth)
    height = np.linspace(-1, 1, 9)
    bulge = 1 + 0.018 * np.cos(height * np.pi / 2)
    band = (
        border[None] * bulge[:, None, None]
        + np.stack([0 * height, height * thick / 2, 0 * height], 1)[:, None]
    )
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(border, axis=0), axis=1))])
    uvs = np.stack(np.broadcast_arrays(walked[None] / BOLT, -height[:, None] * thick / 2 / BOLT), 2)
    boxing = grid(band, uvs, closed_columns=True)
    cord = ellipse(0.0092, 0.0092, 10)
    piping = [
        sweep(_closed(border * 1.004) + np.array([0, y, 0]), cord, up=(0, 1, 0), tile=BOLT * 0.75)
        for y in (thick / 2 + 0.001, -thick / 2 - 0.001)
    ]
    return [top, under, boxing, *piping]


def _border(width: float, depth: float) -> Array:
    """Around the cushion, counter-clockwise seen from above, starting at the back."""
    t = np.linspace(-1, 1, 49)[:-1]
    one = np.ones_like(t)
    a = np.concatenate([-one, t, one, -t])
    b = np.concatenate([t, one, -t, -one])
    x, z = soft_square(a, b, width, depth)
    around = np.stack([x, 0 * x, z], 1)
    return np.concatenate([around, around[:1]])


def _closed(loop: Array) -> Array:
    """A loop that overlaps itself by a step, so that a sweep along it shows no gap."""
    return np.concatenate([loop, loop[1:2]])


def seat_cushion() -> Mesh:
    soft = merged(cushion((0.565, 0.085, 0.585), crown=0.030))
    return soft.turned("x", SEAT_TILT).moved(0, 0.372, 0.062)


def back_cushion() -> Mesh:
    soft = merged(cushion((0.545, 0.055, 0.53), crown=0.046, channels=7))

    def wrapped(points: Array) -> Array:
        hug = 0.040 * (points[:, 0] / 0.27) ** 2
        lumbar = 0.016 * np.cos(np.pi * (points[:, 2] - 0.10) / 0.5)
        return np.asarray(points + np.stack([0 * hug, hug + lumbar, 0 * hug], 1))

    return bent(soft, wrapped).turned("x", BACK_TILT).moved(0, 0.640, -0.312)


def build() -> Scene:
    parts = [merged([frame(), shell()]), merged([seat_cushion(), back_cushion()]), ferrules()]
    timber, cushions, metal = shaded(grounded(parts), darkest=0.16)
    scene = Scene("Lounge chair")
    walnut = wood(2048, 21, colours=WALNUT).material(scene, "Walnut", encode=jpeg)
    weave = cloth(2048, 31)
    tints = {name: [*colour, 1.0] for name, colour in FABRICS.items()}
    first = weave.material(scene, "Wool Moss", encode=jpeg, baseColorFactor=tints["Moss"])
    others = [scene.varied(first, f"Wool {name}", baseColorFactor=tints[name]) for name in ("Rust", "Oat")]
    brass = scene.material(
        "Brass",
        pbrMetallicRoughness={
            "baseColorFactor": [0.80, 0.56, 0.24, 1],
            "metallicFactor": 1,
            "roughnessFactor": 0.28,
        },
    )
    chair = scene.mesh("Chair", [(timber, walnut), (cushions, first), (metal, brass)])
    scene.variants(list(FABRICS))
    scene.vary(chair, 1, [first, *others])
    scene.node("Lounge chair", mesh=chair)
    return scene
