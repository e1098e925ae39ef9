"""What travels along the bench: the Work, the Facts of a model, its Variants and their Proofs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self


class Kind(StrEnum):
    """The companion files of a version. Each has one place where it is used."""

    PREVIEW = "preview"  # what the element shows first: small before anything else
    MOBILE = "mobile"  # the full model on a phone
    WEB = "web"  # the full model on a desktop
    ANDROID = "android"  # core glTF with PNG/JPEG: Scene Viewer and every plain <model-viewer>
    IOS = "ios"  # USDZ for Quick Look
    POSTER = "poster"  # the viewer's first frame, as an image
    THUMBNAIL = "thumbnail"  # the same, small, for lists
    TURNTABLE = "turntable"  # 16 small pictures from all around in one image, for lists where it turns


PICTURES = (Kind.POSTER, Kind.THUMBNAIL, Kind.TURNTABLE)
"""What is rendered of the original."""


class Format(StrEnum):
    """A file's format, as the API writes it; also its name's extension."""

    GLB = "glb"
    GLTF = "gltf"
    USDZ = "usdz"
    ZIP = "zip"
    OBJ = "obj"
    STL = "stl"
    PLY = "ply"
    FBX = "fbx"
    WEBP = "webp"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Format.GLB: "model/gltf-binary",
    Format.GLTF: "model/gltf+json",
    Format.USDZ: "model/vnd.usdz+zip",
    Format.ZIP: "application/zip",
    Format.OBJ: "model/obj",
    Format.STL: "model/stl",
    Format.PLY: "model/ply",
    Format.FBX: "application/octet-stream",  # none is registered
    Format.WEBP: "image/webp",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the report should say: `code` for programs, `detail` for people."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found in the source. Sizes in bytes; `dimensions_m` is the bounding box's x, y, z in metres.

    `base_m` is where the middle of the box's underside is, `animation_s` the longest animation's length.
    """

    triangles: int
    vertices: int
    meshes: int
    materials: int
    textures: int
    texture_max_px: int
    animations: int
    skins: int
    morph_targets: int
    dimensions_m: tuple[float, float, float] | None
    base_m: tuple[float, float, float] | None = None
    animation_s: float = 0.0
    extensions: tuple[str, ...] = ()
    generator: str = ""
    author: str = ""
    license: str = ""
    copyright: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How alike one view is: SSIM of the foreground, 1.0 for the same picture."""

    name: str
    ssim: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the renderer measured against the untouched upload. `bound` is None where bytes decide, not looks.

    `flip` is the mean LDR-FLIP of the view with the lowest SSIM: 0 for the same picture, lower is better.
    """

    ssim: float
    worst_ssim: float
    flip: float
    bound: float | None
    worst_bound: float | None
    views: tuple[View, ...]

    @property
    def passed(self) -> bool:
        if self.bound is None or self.worst_bound is None:
            return True
        return self.ssim >= self.bound and self.worst_ssim >= self.worst_bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How far a variant's making may go: textures by a part of what looks may be lost (`budget`), the surface by a part
    of the model's size (`tolerance`)."""

    budget: float
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A variant on the bench: a file in the job's folder. `proof` is None until it was rendered.

    `wish` is what it was made to, `forecast` the part of what may be lost that its textures were thought to take,
    `tempting_bytes` what a little more of it is thought to save.
    """

    kind: Kind
    path: Path
    format: Format
    triangles: int | None = None
    textures: int | None = None
    texture_max_px: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    wish: Wish | None = None
    forecast: float = 0.0
    tempting_bytes: int = 0
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """How long a step took: wall and CPU seconds, children included."""

    step: str
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One model file, and the others that came with it. `files`: the name that the model calls it by -> the file."""

    model: Path
    format: Format
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def is_glb(self) -> bool:
        return self.format is Format.GLB

    @property
    def is_gltf(self) -> bool:
        """Whether the engine reads it as it is."""
        return self.format in (Format.GLB, Format.GLTF)

    def order(self) -> dict[str, object]:
        """What the engine's orders say of it."""
        paths = {uri: str(path) for uri, path in self.files.items()}
        return {
            "source": str(self.model),
            "format": str(self.format),
            "resources": paths,
            "reads": [str(self.model), *sorted(set(paths.values()))],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One model on its way through a recipe. Steps never change it; they return the next one.

    `source` is the untouched upload, `folder` an empty scratch folder that is thrown away afterwards.
    `parcel` is the glTF to work on, set by the import step: the source itself, what was in its zip, or what was made
    of it; None for a USDZ that is only handed on. `plain` is that as one core GLB, made by the convert step; `placed`
    when it was turned, scaled or moved there, so that the source no longer shows how the model stands. `spare` holds
    variants that passed, while smaller ones are being tried in their place, `tries` all that were proven, the newest
    last; `study` is what the engine found out about the textures.
    """

    source: Path
    source_format: Format
    folder: Path
    parcel: Parcel | None = None
    facts: Facts | None = None
    plain: Path | None = None
    placed: bool = False
    study: Path | None = None
    variants: Mapping[Kind, Made] = field(default_factory=dict)
    spare: Mapping[Kind, Made] = field(default_factory=dict)
    tries: Mapping[Kind, tuple[Made, ...]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    times: tuple[StepTime, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)  # step name -> what the report keeps of it

    @property
    def is_handed_on(self) -> bool:
        """A USDZ of which no glTF was made: iPhones get it as it came, and there is nothing else to do."""
        return self.source_format is Format.USDZ and self.parcel is None

    @property
    def gltf(self) -> Parcel:
        """The glTF to work on."""
        assert self.parcel is not None, "the import step comes first"
        return self.parcel

    def with_variants(self, *made: Made) -> Self:
        return replace(self, variants={**self.variants, **{one.kind: one for one in made}})

    def with_tries(self, *proven: Made) -> Self:
        tries = {**self.tries, **{one.kind: (*self.tries.get(one.kind, ()), one) for one in proven}}
        return replace(self, tries=tries)

    def with_notices(self, *notices: Notice) -> Self:
        """Each is told once."""
        return replace(self, notices=tuple(dict.fromkeys((*self.notices, *notices))))

    def without_notices_of(self, kinds: Collection[Kind]) -> Self:
        """Those that spoke of earlier tries at these variants; their codes begin with the kind."""
        kept = tuple(one for one in self.notices if one.code.partition("-")[0] not in kinds)
        return replace(self, notices=kept)

    def with_detail(self, step: str, detail: Any) -> Self:
        return replace(self, details={**self.details, step: detail})
