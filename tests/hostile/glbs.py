"""glTF that is cut short, lies about its sizes, asks for too much, or reaches for files that are not its own."""

import struct
import zlib
from collections.abc import Callable

from tests.gltf_builders import (
    GlbBuilder,
    a_ball,
    a_plain_ball,
    as_gltf,
    as_loose_files,
    pack_glb,
    picture,
    unpack_glb,
)
from tests.hostile.strangers import HostileFile


def truncated() -> HostileFile:
    glb = a_plain_ball().bytes()
    return "truncated.glb", glb[: len(glb) // 2]


def only_a_header() -> HostileFile:
    return "header.glb", struct.pack("<4sII", b"glTF", 2, 12)


def lying_chunk_length() -> HostileFile:
    glb = bytearray(a_plain_ball().bytes())
    struct.pack_into("<I", glb, 12, 0xFFFFFFF0)
    return "lying.glb", bytes(glb)


def lying_total_length() -> HostileFile:
    glb = bytearray(a_plain_ball().bytes())
    struct.pack_into("<I", glb, 8, 20)
    return "lying-total.glb", bytes(glb)


def old_version() -> HostileFile:
    glb = bytearray(a_plain_ball().bytes())
    struct.pack_into("<I", glb, 4, 1)
    return "old.glb", bytes(glb)


def broken_json() -> HostileFile:
    text = b'{"asset": {"version": "2.0"},,}   '
    text += b" " * (-len(text) % 4)
    chunk = struct.pack("<I4s", len(text), b"JSON") + text
    return "json.glb", struct.pack("<4sII", b"glTF", 2, 12 + len(chunk)) + chunk


def deeply_nested_json() -> HostileFile:
    text = b'{"asset": {"version": "2.0"}, "extras": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    text += b" " * (-len(text) % 4)
    chunk = struct.pack("<I4s", len(text), b"JSON") + text
    return "nested.glb", struct.pack("<4sII", b"glTF", 2, 12 + len(chunk)) + chunk


def no_triangles() -> HostileFile:
    builder = GlbBuilder()
    builder.json["nodes"] = [{"name": "nothing"}]
    del builder.json["meshes"]
    return "nothing.glb", builder.bytes()


def only_points() -> HostileFile:
    builder = a_plain_ball()
    builder.json["meshes"][0]["primitives"][0]["mode"] = 0
    return "points.glb", builder.bytes()


def not_a_number() -> HostileFile:
    builder = a_plain_ball()
    start = builder.json["bufferViews"][0]["byteOffset"]
    struct.pack_into("<f", builder.binary, start, float("nan"))
    return "nan.glb", builder.bytes()


def wild_index() -> HostileFile:
    builder = a_plain_ball()
    view = builder.json["bufferViews"][builder.json["accessors"][3]["bufferView"]]
    struct.pack_into("<I", builder.binary, view["byteOffset"], 4_000_000)
    return "wild.glb", builder.bytes()


def huge_accessor() -> HostileFile:
    builder = a_plain_ball()
    builder.json["accessors"][0]["count"] = 4_000_000_000
    return "huge-accessor.glb", builder.bytes()


def huge_accessor_of_zeros() -> HostileFile:
    builder = a_plain_ball()
    for accessor in builder.json["accessors"][:3]:
        accessor["count"] = 400_000_000
        del accessor["bufferView"]
    return "zeros.glb", builder.bytes()


def accessor_out_of_view() -> HostileFile:
    builder = a_plain_ball()
    builder.json["accessors"][0]["byteOffset"] = 1_000_000
    return "outside.glb", builder.bytes()


def node_cycle() -> HostileFile:
    builder = a_plain_ball()
    builder.json["nodes"] = [{"mesh": 0, "children": [1]}, {"children": [2]}, {"children": [0]}]
    return "cycle.glb", builder.bytes()


def deep_chain(depth: int = 20_000) -> HostileFile:
    builder = a_plain_ball()
    builder.json["nodes"] = [{"mesh": 0, "children": [1]}]
    builder.json["nodes"] += [{"children": [number + 1]} for number in range(1, depth - 1)]
    builder.json["nodes"].append({})
    return "chain.glb", builder.bytes()


def many_nodes(count: int = 200_000) -> HostileFile:
    builder = a_plain_ball()
    builder.json["nodes"] = [{"mesh": 0} for _ in range(count)]
    return "nodes.glb", builder.bytes()


def drawing_bomb() -> HostileFile:
    """A small mesh, drawn 19,000 times."""
    builder = a_plain_ball(rings=64)
    builder.json["nodes"] = [{"mesh": 0} for _ in range(19_000)]
    builder.json["scenes"] = [{"nodes": list(range(19_000))}]
    return "drawing.glb", builder.bytes()


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    """A one-bit PNG of that size; without a body it has only its header."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def png_bomb() -> HostileFile:
    return "png-bomb.glb", _with_image(png_bomb_itself())


def png_bomb_itself(side: int = 30_000) -> bytes:
    """30,000 × 30,000 pixels in 100 kB or so."""
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return png_header(side, side, body)


def svg_in_a_png_slot() -> HostileFile:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    return "svg.glb", _with_image(svg)


def _with_image(image: bytes) -> bytes:
    builder = a_ball()
    builder.json["images"][0]["bufferView"] = builder.view(image)
    return builder.bytes()


def file_uri() -> HostileFile:
    return "file-uri.glb", _with_uri("../../../../etc/passwd")


def absolute_file_uri() -> HostileFile:
    return "absolute.glb", _with_uri("file:///etc/passwd")


def http_uri() -> HostileFile:
    return "http-uri.glb", _with_uri("http://127.0.0.1:1/secret.png")


def _with_uri(uri: str) -> bytes:
    builder = a_ball()
    builder.json["images"][0] = {"uri": uri}
    return builder.bytes()


def gltf_with_files_missing() -> HostileFile:
    return "model.gltf", as_loose_files(a_ball().bytes())["model.gltf"]


def unknown_required_extension() -> HostileFile:
    builder = a_plain_ball()
    builder.json["extensionsUsed"] = builder.json["extensionsRequired"] = ["ACME_secret_geometry"]
    return "secret.glb", builder.bytes()


def ktx2_that_is_not_basis() -> HostileFile:
    """VK_FORMAT_R8G8B8A8_SRGB, 4 × 4, no supercompression."""
    numbers = struct.pack("<9I", 43, 1, 4, 4, 0, 0, 1, 1, 0)
    return "ktx2.glb", _with_image(b"\xabKTX 20\xbb\r\n\x1a\n" + numbers + bytes(100))


def image_cut_short() -> HostileFile:
    """A PNG whose header is sound and whose pixels end halfway."""
    whole = picture()
    return "cut.glb", _with_image(whole[: len(whole) // 2])


def wrong_types() -> HostileFile:
    """Every array holds what it should not."""
    model, binary = unpack_glb(a_plain_ball().bytes())
    model["nodes"] = [7, None, "node"]
    return "types.glb", pack_glb(model, binary)


def gltf_with_broken_base64() -> HostileFile:
    text = as_gltf(a_plain_ball().bytes()).decode()
    return "base64.gltf", text.replace("base64,", "base64,****", 1).encode()


REJECTED: tuple[Callable[[], HostileFile], ...] = (
    truncated,
    only_a_header,
    lying_chunk_length,
    lying_total_length,
    old_version,
    broken_json,
    deeply_nested_json,
    no_triangles,
    only_points,
    not_a_number,
    wild_index,
    huge_accessor,
    huge_accessor_of_zeros,
    accessor_out_of_view,
    node_cycle,
    deep_chain,
    many_nodes,
    drawing_bomb,
    png_bomb,
    svg_in_a_png_slot,
    file_uri,
    absolute_file_uri,
    http_uri,
    gltf_with_files_missing,
    unknown_required_extension,
    ktx2_that_is_not_basis,
    image_cut_short,
    wrong_types,
    gltf_with_broken_base64,
)
