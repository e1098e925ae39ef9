"""The orrery's painted parts: the enamelled globes and the engraved dial, drawn rather than modelled."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.curves import Array
from models.surfaces import Surface, across
from models.textures import Field, channels, noise, normals, ramp, steps, to_pixels

SIZE = 2048
# Where each globe lies in the shared picture: u0, v0, u1, v1.
PLACES = {
    "Earth": (0.0, 0.0, 1.0, 0.5),
    "Sun": (0.0, 0.5, 0.5, 0.75),
    "Venus": (0.5, 0.5, 1.0, 0.75),
    "Moon": (0.0, 0.75, 0.5, 1.0),
    "Mercury": (0.5, 0.75, 1.0, 1.0),
}
GOLD = [(0, "b98740"), (0.5, "e4bd72"), (1, "f8e2a8")]
# Rough shores as longitude and latitude in degrees, enough for a globe the size of a marble.
SHORES = [
    [(-168, 66), (-156, 71), (-128, 70), (-95, 72), (-82, 68), (-94, 59), (-82, 54), (-78, 61), (-64, 59),
     (-56, 52), (-66, 45), (-76, 36), (-81, 26), (-90, 30), (-97, 26), (-97, 20), (-88, 21), (-84, 15),
     (-80, 8), (-86, 12), (-95, 16), (-106, 22), (-114, 31), (-124, 41), (-124, 49), (-135, 58), (-152, 59),
     (-164, 55), (-158, 60)],
    [(-80, 8), (-72, 12), (-60, 9), (-50, 0), (-35, -6), (-39, -16), (-48, -27), (-58, -38), (-66, -45),
     (-69, -54), (-75, -50), (-71, -30), (-71, -18), (-81, -6)],
    [(-46, 60), (-22, 70), (-18, 80), (-60, 82), (-70, 77), (-54, 68)],
    [(-17, 15), (-10, 30), (-6, 36), (10, 37), (20, 32), (32, 31), (37, 22), (43, 12), (51, 11), (40, -4),
     (40, -16), (33, -27), (20, -35), (13, -20), (9, 0), (5, 5), (-8, 4)],
    [(-9, 37), (-9, 43), (-1, 45), (-4, 48), (8, 54), (10, 58), (5, 60), (14, 68), (26, 71), (42, 67),
     (60, 69), (80, 73), (104, 77), (130, 72), (160, 70), (180, 68), (178, 63), (163, 60), (157, 51),
     (155, 59), (138, 54), (140, 48), (129, 41), (127, 35), (121, 39), (121, 30), (108, 20), (105, 9),
     (100, 13), (103, 2), (98, 9), (92, 22), (80, 15), (77, 8), (72, 20), (60, 25), (56, 27), (48, 30),
     (59, 22), (45, 13), (35, 28), (36, 36), (27, 37), (23, 38), (18, 42), (13, 45), (17, 40), (12, 42),
     (4, 43), (0, 39)],
    [(114, -22), (122, -18), (131, -12), (136, -15), (142, -11), (153, -27), (150, -37), (139, -36),
     (130, -32), (115, -34)],
    [(131, 31), (141, 36), (142, 44), (139, 38)],
    [(-5, 50), (1, 52), (-3, 58), (-6, 57)],
    [(47, -25), (50, -15), (44, -18)],
    [(96, 5), (106, -6), (102, -4)],
    [(109, 1), (117, 6), (116, -4)],
    [(131, -1), (147, -7), (140, -8)],
    [(167, -46), (175, -37), (178, -38), (173, -43)],
    [(-180, -79), (-120, -74), (-60, -74), (0, -70), (60, -67), (120, -66), (170, -72), (180, -79), (180, -90),
     (-180, -90)],
]  # fmt: skip


def land(width: int) -> Field:
    picture = Image.new("L", (width, width // 2))
    pen = ImageDraw.Draw(picture)
    for shore in SHORES:
        pen.polygon([((x + 180) / 360 * width, (90 - y) / 180 * width // 2) for x, y in shore], fill=255)
    return np.asarray(picture, np.float32) / 255


def _roughened(mask: Field, amount: float) -> Field:
    height, width = mask.shape
    shift = [noise(width, seed, low=6, high=60, slope=0.9)[:height] * amount for seed in (61, 62)]
    rows = np.clip(np.arange(height)[:, None] + shift[0], 0, height - 1).astype(int)
    columns = (np.arange(width)[None] + shift[1]).astype(int) % width
    return np.asarray(mask[rows, columns])


@dataclass(frozen=True)
class Canvas:
    """The shared maps while they are painted, one globe after the other."""

    base: Array
    metal: Field
    rough: Field
    height: Field

    def paint(
        self, name: str, colours: Array, *, metal: Field | float, rough: Field | float, height: Field | float
    ) -> None:
        u0, v0, u1, v1 = (int(part * SIZE) for part in PLACES[name])
        place = (slice(v0, v1), slice(u0, u1))
        self.base[place], self.metal[place], self.rough[place] = colours, metal, rough
        self.height[place] = height


def globes() -> Surface:
    """Earth in lapis and gold, a gilded sun, a pearl Venus, an ivory Moon, a bronze Mercury: one set of maps."""
    blank = np.zeros((SIZE, SIZE), np.float32)
    canvas = Canvas(np.zeros((SIZE, SIZE, 3), np.float32), blank, blank.copy(), blank.copy())
    cloud = noise(SIZE, 63, low=3, high=90, slope=1.0)
    _earth(canvas, cloud[: SIZE // 2])
    small = cloud[::2, ::2][: SIZE // 4]  # seamless over the half width that the others have
    _sun(canvas)
    _venus(canvas, small)
    _stony(canvas, small)
    return Surface(
        to_pixels(canvas.base), normals(canvas.height, 1.0), channels(1.0, canvas.rough, canvas.metal)
    )


def _earth(canvas: Canvas, cloud: Field) -> None:
    shore = _roughened(land(SIZE), 5.0)
    lapis = ramp(np.clip(0.45 + 0.18 * cloud, 0, 1), [(0, "06123a"), (0.5, "103078"), (1, "2f64b4")])
    flecks = steps(noise(SIZE, 64, low=80, high=300)[: SIZE // 2], 2.9, 3.3)
    inlay = np.maximum(shore, flecks)
    gold = ramp(np.clip(0.6 + 0.15 * cloud, 0, 1), GOLD)
    mixed = lapis * (1 - inlay[..., None]) + gold * inlay[..., None]
    canvas.paint(
        "Earth", mixed, metal=inlay, rough=0.14 + 0.16 * inlay, height=3.0 * shore + 0.3 * cloud * shore
    )


def _sun(canvas: Canvas) -> None:
    flames = np.abs(noise(SIZE // 2, 65, low=4, high=22, slope=0.6))[: SIZE // 4]
    _, v = across(SIZE // 4)
    flames = flames * steps(np.sin(np.pi * v), 0.1, 0.6)
    colours = ramp(np.clip(0.35 + 0.35 * flames, 0, 1), GOLD)
    canvas.paint("Sun", colours, metal=1.0, rough=0.20 + 0.06 * flames, height=4.0 * flames)


def _venus(canvas: Canvas, cloud: Field) -> None:
    _, v = across(SIZE // 4)
    bands = np.sin(2 * np.pi * (v * 5 + 0.25 * cloud))
    pearl = [(0, "b98d63"), (0.5, "e2c8a0"), (1, "f6ead2")]
    colours = ramp(np.clip(0.55 + 0.2 * bands + 0.1 * cloud, 0, 1), pearl)
    canvas.paint("Venus", colours, metal=0.0, rough=0.22, height=0.0)


def _stony(canvas: Canvas, cloud: Field) -> None:
    """The Moon and Mercury, both with craters."""
    craters = noise(SIZE // 2, 66, low=10, high=70, slope=0.4)[: SIZE // 4]
    pits = steps(np.abs(craters - 1.2), 0.5, 0.1) - 0.8 * steps(craters, 1.3, 1.9)
    ivory = ramp(
        np.clip(0.62 + 0.14 * cloud + 0.1 * pits, 0, 1), [(0, "6e6a64"), (0.5, "b5b0a6"), (1, "efeae0")]
    )
    canvas.paint("Moon", ivory, metal=0.0, rough=0.45, height=2.5 * pits)
    bronze = ramp(
        np.clip(0.5 + 0.2 * cloud + 0.1 * pits, 0, 1), [(0, "3a2418"), (0.5, "7c5237"), (1, "b98c66")]
    )
    canvas.paint("Mercury", bronze, metal=0.8, rough=0.34, height=2.0 * pits)


MONTHS = [
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
]  # fmt: skip


def engraving(outer: float, inner: float) -> Field:
    """1 where the dial is cut: months, days and bounding lines; the picture spans the dial's width."""
    picture = Image.new("L", (SIZE, SIZE))
    pen = ImageDraw.Draw(picture)
    middle, scale, band = SIZE / 2, SIZE / 2 / outer, outer - inner

    def line(angle: float, start: float, end: float, width: int) -> None:
        x, y = np.sin(np.radians(angle)), -np.cos(np.radians(angle))
        reach = [(inner + band * part) * scale for part in (start, end)]
        pen.line([(middle + x * r, middle + y * r) for r in reach], fill=255, width=width)

    for part in (0.05, 0.36, 0.95):
        reach = (inner + band * part) * scale
        pen.ellipse([middle - reach, middle - reach, middle + reach, middle + reach], outline=255, width=5)
    for day in range(0, 360, 2):
        line(day, 0.05, 0.25 if day % 10 == 0 else 0.15, 5 if day % 10 == 0 else 3)
    for k in range(12):
        line(30 * k, 0.05, 0.95, 5)
        _curved(picture, MONTHS[k], 195 - 30 * k, (inner + band * 0.645) * scale, 62)
    return np.asarray(picture, np.float32) / 255


def _curved(picture: Image.Image, text: str, at: float, radius: float, size: int) -> None:
    """Letters along a circle, their heads to its middle; `at` in degrees clockwise from the top."""
    font = ImageFont.load_default(size)
    widths = [font.getlength(letter) + 9 for letter in text]
    angle = at + np.degrees(sum(widths) / radius) / 2
    for letter, width in zip(text, widths, strict=True):
        middle = angle - np.degrees(width / radius) / 2
        stamp = Image.new("L", (2 * size, 2 * size))
        pen = ImageDraw.Draw(stamp)
        pen.text((size, size), letter, fill=255, font=font, anchor="mm", stroke_width=2)
        stamp = stamp.rotate(180 - middle, Image.Resampling.BICUBIC)
        x = picture.width / 2 + radius * np.sin(np.radians(middle)) - size
        y = picture.height / 2 - radius * np.cos(np.radians(middle)) - size
        picture.paste(255, (round(x), round(y)), stamp)
        angle -= np.degrees(width / radius)


def dial(outer: float, inner: float) -> Surface:
    """Silvered brass, brushed in circles, its engraving filled with black wax."""
    cut = engraving(outer, inner)
    x, y = across(SIZE)
    reach = np.hypot(x - 0.5, y - 0.5)
    lines = noise(SIZE, 68, low=60, high=300, slope=0.2, stretch=(90, 1))[:, 0]
    brushed = lines[(reach * 2 * SIZE).astype(int) % SIZE]
    cloud = noise(SIZE, 69, low=2, high=20, slope=1.0)
    base = ramp(
        np.clip(0.6 + 0.1 * cloud + 0.02 * brushed, 0, 1), [(0, "a48f70"), (0.5, "d8c8a6"), (1, "f3e9d2")]
    )
    base = base * (1 - 0.97 * cut)[..., None]
    height = np.asarray(0.05 * brushed - 0.7 * cut, np.float32)
    rough = np.clip(0.30 + 0.05 * cloud + 0.012 * brushed + 0.4 * cut, 0.1, 1)
    return Surface(to_pixels(base), normals(height, 1.0), channels(1 - 0.5 * cut, rough, 1 - cut))
