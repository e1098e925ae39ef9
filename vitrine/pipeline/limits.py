"""Every limit of the pipeline, as data: bytes, pixels, seconds. A refusal names the limit and the value."""

from dataclasses import dataclass

MEGABYTE = 1_000_000
GIGABYTE = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What one child process may use. `memory_bytes` is RLIMIT_DATA: Node cannot live under RLIMIT_AS."""

    wall_s: float
    cpu_s: int
    memory_bytes: int
    file_bytes: int
    open_files: int = 256
    output_bytes: int = 32 * MEGABYTE


ENGINE = Caps(wall_s=900, cpu_s=600, memory_bytes=4 * GIGABYTE, file_bytes=2 * GIGABYTE)
IMPORTER = Caps(wall_s=600, cpu_s=400, memory_bytes=4 * GIGABYTE, file_bytes=2 * GIGABYTE)
VALIDATOR = Caps(wall_s=120, cpu_s=90, memory_bytes=2 * GIGABYTE, file_bytes=MEGABYTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLimits:
    """What a model may hold. Chosen so that the engine stays within its Caps for everything allowed."""

    file_bytes: int = 500 * MEGABYTE
    json_bytes: int = 32 * MEGABYTE  # a GLB's JSON chunk
    gltf_bytes: int = 200 * MEGABYTE  # a .gltf, its data: URIs included
    nodes: int = 20_000
    node_depth: int = 256
    meshes: int = 20_000
    primitives: int = 50_000
    materials: int = 4_096
    accessors: int = 200_000
    buffer_views: int = 200_000
    buffers: int = 1_000
    animations: int = 1_000
    skins: int = 1_000
    textures: int = 1_024
    images: int = 512
    scenes: int = 100
    accessor_elements: int = 50_000_000
    total_elements: int = 200_000_000
    drawn_elements: int = 100_000_000
    image_side_px: int = 16_384
    image_px: int = 8_192 * 8_192
    total_image_px: int = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """What a zip may hold. Sizes are counted while inflating, never taken from its headers."""

    files: int = 1_000
    total_bytes: int = 1 * GIGABYTE
    ratio: int = 200
    ratio_from_bytes: int = 10 * MEGABYTE
    name_length: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class PolygonLimits:
    """What an OBJ, STL or PLY may hold, beside what the model that is made of it may."""

    text_bytes: int = 250 * MEGABYTE  # of an OBJ, and of an STL or PLY in ASCII
    vertices: int = 10_000_000  # positions, normals or texture coordinates, each
    triangles: int = 5_000_000
    face_corners: int = 1_000
    materials: int = 1_024
    name_length: int = 512
    header_bytes: int = 64_000  # of a PLY


MODEL = ModelLimits()
ARCHIVE = ArchiveLimits()
POLYGONS = PolygonLimits()
