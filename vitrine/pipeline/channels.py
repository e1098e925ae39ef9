"""What each place that takes 3D models asks of a file, as data; `judging.py` holds a model against it.

Each channel is judged on the one file of ours that we would hand to it (`kind`, and `why`): the compressed ones
where a browser of ours reads them, `android` wherever somebody else's program does, `ios` for Apple's. A number
that a channel's source states is a limit; what it only recommends besides ("advised", "typical") is advice: told,
but it fails nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vitrine.pipeline.work import Kind

READ = "2026-11-23"


class Level(StrEnum):
    LIMIT = "limit"
    ADVICE = "advice"


class Compare(StrEnum):
    AT_MOST = "at_most"
    BELOW = "below"
    AT_LEAST = "at_least"
    ONE_OF = "one_of"


@dataclass(frozen=True, slots=True)
class Source:
    """`date`: when it was written; of a page that keeps changing, when it was read."""

    title: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class Term:
    """A field of Measured as people call it, its unit, and what to do when a rule about it is broken."""

    words: str
    unit: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`name` is a field of Measured."""

    name: str
    limit: float | tuple[str, ...]
    source: Source
    level: Level = Level.LIMIT
    compare: Compare = Compare.AT_MOST

    def holds(self, found: float | str | None) -> bool | None:
        """None when nothing was found to compare."""
        if found is None:
            return None
        if isinstance(self.limit, tuple) or isinstance(found, str):
            return isinstance(self.limit, tuple) and found in self.limit
        if self.compare is Compare.BELOW:
            return found < self.limit
        return found >= self.limit if self.compare is Compare.AT_LEAST else found <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    key: str
    title: str
    kind: Kind
    why: str
    rules: tuple[Rule, ...]


_EXPORT = "Export it as a GLB, or hand over the file of ours that is named here."
TERMS: Mapping[str, Term] = {
    "format": Term("format", "", _EXPORT),
    "bytes": Term(
        "file size",
        "bytes",
        "Use fewer or smaller textures, JPEG where nothing is transparent, and a simpler mesh.",
    ),
    "triangles": Term("triangles", "triangles", "Simplify the mesh; put fine detail into a normal map."),
    "vertices": Term(
        "vertices",
        "vertices",
        "Simplify the mesh, and join vertices along hard edges and seams where they are not needed.",
    ),
    "draw_calls": Term(
        "draw calls", "draw calls", "Join the meshes that share a material, and share materials."
    ),
    "materials": Term(
        "materials", "materials", "Let parts share a material by putting their textures into one atlas."
    ),
    "textures": Term(
        "textures",
        "textures",
        "Use one set of maps for the whole model: put the textures of its parts into one atlas.",
    ),
    "texture_max_px": Term("largest texture side", "px", "Scale the textures down to this side."),
    "texture_min_px": Term("smallest texture side", "px", "Export textures of at least this side."),
    "textures_not_power_of_two": Term(
        "textures whose sides are no powers of two", "textures", "Scale their sides to 512, 1024 or 2048 px."
    ),
    "undecodable": Term(
        "extensions that need a decoder (meshopt, KTX2, WebP, AVIF)",
        "extensions",
        "Export without mesh compression, and with PNG or JPEG textures.",
    ),
    "draco": Term("Draco compression", "extensions", "Export without Draco."),
    "animation_s": Term("length of the animation", "s", "Shorten the animation; it plays in a loop."),
    "longest_side_m": Term("longest side", "m", "Check the unit of the export: one unit is one metre."),
    "off_origin": Term(
        "distance of the underside's middle from the origin",
        "% of the longest side",
        "Move the model so that the middle of its underside is at the origin.",
    ),
    "misplaced": Term(
        "files that are compressed or not aligned to 64 bytes",
        "files",
        "Pack the USDZ with usdzip, which stores and aligns.",
    ),
}

_KHRONOS = Source(
    "Khronos 3D Commerce Asset Creation Guidelines 1.0",
    "https://github.com/KhronosGroup/3DC-Asset-Creation",
    READ,
)
_AUDITOR = Source(
    "Khronos glTF Asset Auditor 1.0.4, recommended schema",
    "https://github.com/KhronosGroup/gltf-asset-auditor",
    READ,
)
_SHOPIFY = Source(
    "Shopify: 3D modeling checklist",
    "https://help.shopify.com/en/partners/resources/creating-media/3d-models/creating-3d-models/3d-modeling-checklist",
    "2025-01-14",
)
_MERCHANT = Source(
    "Google Merchant Center: virtual_model_link", "https://support.google.com/merchants/answer/13674896", READ
)
AMAZON = Source(
    "Amazon 3D guidelines, as third parties give them", "https://www.amalytix.com/en/glossary/3d-models", READ
)
_AMAZON_FACES = Source(
    "Amazon's preview, as Coohom's modeling standards give it",
    "https://helpcenter.coohom.com/en/coohom-amazon-modeling-standards-3ds-max",
    READ,
)
_APPLE = Source(
    "An Apple engineer on WWDC 2018's numbers for AR Quick Look",
    "https://developer.apple.com/forums/thread/693867",
    "2021",
)
_USDZ = Source("USDZ specification", "https://openusd.org/release/spec_usdz.html", READ)
_ARCORE = Source(
    "What's new in ARCore, Google I/O: recommended limits",
    "https://developers.google.com/ar/develop/scene-viewer",
    "2019-05",
)
_TEXTURE = Source(
    "A Google engineer on Scene Viewer's textures",
    "https://github.com/google/model-viewer/issues/635",
    "2019-06-15",
)
_EXTENT = Source(
    "A Google engineer on Scene Viewer's extents", "https://github.com/google/model-viewer/issues/3762", READ
)
_OUTSIDE = Source(
    "Extensions seen to work in Scene Viewer; no list is published",
    "https://developers.google.com/ar/develop/scene-viewer",
    READ,
)


def _limit(name: str, limit: float, source: Source, compare: Compare = Compare.AT_MOST) -> Rule:
    return Rule(name=name, limit=limit, source=source, compare=compare)


def _advice(name: str, limit: float, source: Source, compare: Compare = Compare.AT_MOST) -> Rule:
    return Rule(name=name, limit=limit, source=source, compare=compare, level=Level.ADVICE)


def _formats(source: Source, *formats: str) -> Rule:
    return Rule(name="format", limit=formats, source=source, compare=Compare.ONE_OF)


def _khronos(size: int, triangles: int, texture_px: int, *, draws: int, most_draws: int) -> tuple[Rule, ...]:
    """A row of the guidelines' table; of draw calls it names a target and a maximum."""
    return (
        _formats(_KHRONOS, "glb", "gltf"),
        _limit("bytes", size, _KHRONOS),
        _limit("triangles", triangles, _KHRONOS),
        _limit("texture_max_px", texture_px, _KHRONOS),
        _limit("draw_calls", most_draws, _KHRONOS),
        _advice("draw_calls", draws, _KHRONOS, Compare.BELOW),
        _advice("textures_not_power_of_two", 0, _KHRONOS),
        _advice("off_origin", 5, _KHRONOS),
    )


CHANNELS: tuple[Channel, ...] = (
    Channel(
        key="khronos-mobile-ar",
        title="Khronos: mobile AR",
        kind=Kind.MOBILE,
        why="A single item on a phone, in a browser that decodes our compression.",
        rules=_khronos(3_000_000, 150_000, 2048, draws=20, most_draws=500),
    ),
    Channel(
        key="khronos-web",
        title="Khronos: 3D web",
        kind=Kind.WEB,
        why="A single item on a page; the same numbers as on a phone.",
        rules=_khronos(3_000_000, 150_000, 2048, draws=20, most_draws=500),
    ),
    Channel(
        key="khronos-desktop",
        title="Khronos: desktop 3D web",
        kind=Kind.WEB,
        why="What a desktop browser gets.",
        rules=_khronos(3_000_000, 250_000, 2048, draws=100, most_draws=800),
    ),
    Channel(
        key="khronos-planner",
        title="Khronos: room planner",
        kind=Kind.MOBILE,
        why="Many items at once: the smaller of our full models. The preview is too coarse to be looked at closely.",
        rules=_khronos(1_000_000, 40_000, 1024, draws=5, most_draws=50),
    ),
    Channel(
        key="khronos-banner",
        title="Khronos: banner",
        kind=Kind.PREVIEW,
        why="Small and seen from afar, as the preview is made to be.",
        rules=_khronos(500_000, 30_000, 512, draws=5, most_draws=100),
    ),
    Channel(
        key="shopify",
        title="Shopify",
        kind=Kind.ANDROID,
        why="Shopify makes files of its own from what it is given, so it gets one that any program reads.",
        rules=(
            _formats(_SHOPIFY, "glb", "usdz"),
            _limit("bytes", 500_000_000, _SHOPIFY, Compare.BELOW),
            _advice("bytes", 15_000_000, _SHOPIFY),
            _advice("materials", 1, _SHOPIFY),
        ),
    ),
    Channel(
        key="google-merchant",
        title="Google Merchant Center",
        kind=Kind.ANDROID,
        why="Google Search hands the linked file to Scene Viewer.",
        rules=(
            _formats(_MERCHANT, "glb", "gltf"),
            _limit("bytes", 15_000_000, _MERCHANT),
            _limit("texture_max_px", 2048, _MERCHANT),
            _advice("bytes", 10_000_000, _MERCHANT),
        ),
    ),
    Channel(
        key="amazon",
        title="Amazon",
        kind=Kind.ANDROID,
        why="Amazon converts what it is given, and prefers looks to a small file: core glTF.",
        rules=(
            _formats(AMAZON, "glb", "gltf"),
            _limit("triangles", 200_000, _AMAZON_FACES),
        ),
    ),
    Channel(
        key="quick-look",
        title="Apple AR Quick Look",
        kind=Kind.IOS,
        why="It reads USDZ and nothing else.",
        rules=(
            _formats(_USDZ, "usdz"),
            _limit("misplaced", 0, _USDZ),
            _limit("triangles", 100_000, _APPLE),
            _limit("texture_max_px", 2048, _APPLE),
            _limit("animation_s", 10, _APPLE),
            _advice("textures", 6, _APPLE),
        ),
    ),
    Channel(
        key="scene-viewer",
        title="Android Scene Viewer",
        kind=Kind.ANDROID,
        why="It is what the AR button opens on Android.",
        rules=(
            _formats(_ARCORE, "glb", "gltf"),
            _limit("bytes", 15_000_000, _MERCHANT),
            _limit("texture_max_px", 4096, _TEXTURE),
            _limit("longest_side_m", 10, _EXTENT, Compare.BELOW),
            _limit("undecodable", 0, _OUTSIDE),
            _advice("draco", 0, _OUTSIDE),
            _advice("bytes", 10_000_000, _ARCORE),
            _advice("triangles", 100_000, _KHRONOS),
            _advice("vertices", 30_000, _ARCORE),
            _advice("materials", 10, _ARCORE),
            _advice("texture_max_px", 2048, _ARCORE),
        ),
    ),
    Channel(
        key="asset-auditor",
        title="Khronos Asset Auditor",
        kind=Kind.WEB,
        why="It judges what a page loads.",
        rules=(
            _formats(_AUDITOR, "glb", "gltf"),
            _limit("bytes", 5_120 * 1024, _AUDITOR),
            _limit("triangles", 100_000, _AUDITOR),
            _limit("materials", 5, _AUDITOR),
            _limit("texture_min_px", 512, _AUDITOR, Compare.AT_LEAST),
            _limit("texture_max_px", 2048, _AUDITOR),
            _limit("textures_not_power_of_two", 0, _AUDITOR),
            _advice("draco", 0, _AUDITOR),
        ),
    ),
)

TRUE_TO_SIZE = frozenset({"amazon"})
"""The channels that ask for the product's true size."""
