"""Files that mean harm, or are broken. Each is (name, bytes).

`python -m tests.hostile FOLDER` writes all of them to a folder, to be tried on anything that reads models.
"""

import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from tests.gltf_builders import (
    GlbBuilder,
    a_ball,
    a_plain_ball,
    as_gltf,
    as_loose_files,
    as_zip,
    pack_glb,
    picture,
    unpack_glb,
)

HostileFile = tuple[str, bytes]


def not_a_model() -> HostileFile:
    return "cat.jpg", b"\xff\xd8\xff\xe0" + b"cat" * 100


def empty() -> HostileFile:
    return "empty.glb", b""


def text_renamed() -> HostileFile:
    return "notes.glb", b"Dear reader, this is no model.\n" * 10


def fbx() -> HostileFile:
    return "chair.fbx", b"Kaydara FBX Binary  \x00\x1a\x00" + bytes(64)


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


def png_bomb(side: int = 30_000) -> HostileFile:
    """30,000 × 30,000 pixels in 100 kB or so."""
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return "png-bomb.glb", _with_image(png_header(side, side, body))


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


def zip_that_climbs_out() -> HostileFile:
    files = as_loose_files(a_ball().bytes())
    return "climbs.zip", as_zip({**files, "../../../../tmp/vitrine-was-here": b"!"})


def zip_with_an_absolute_name() -> HostileFile:
    return "absolute.zip", as_zip({"/tmp/vitrine-was-here": b"!", "a.glb": a_plain_ball().bytes()})  # noqa: S108


def zip_with_a_link() -> HostileFile:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("textures")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc")
        archive.writestr("a.glb", a_plain_ball().bytes())
    return "link.zip", out.getvalue()


def zip_bomb() -> HostileFile:
    """A hundred megabytes of zeros in a hundred kilobytes."""
    return "bomb.zip", as_zip({"a.glb": a_plain_ball().bytes(), "zeros.bin": bytes(100_000_000)})


def zip_with_lying_sizes() -> HostileFile:
    """The same bomb, whose headers say that each file has 10 bytes."""
    data = bytearray(zip_bomb()[1])
    for marker, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(marker)
        while at >= 0:
            struct.pack_into("<I", data, at + offset, 10)
            at = data.find(marker, at + 4)
    return "lying.zip", bytes(data)


def zip_of_many_files(count: int = 10_000) -> HostileFile:
    return "many.zip", as_zip({f"{number}.txt": b"" for number in range(count)})


def zip_of_two_models() -> HostileFile:
    ball = a_plain_ball().bytes()
    return "two.zip", as_zip({"a.glb": ball, "b.glb": ball})


def zip_whose_model_climbs_out() -> HostileFile:
    files = as_loose_files(a_ball().bytes())
    model = json.loads(files["model.gltf"])
    model["images"][0]["uri"] = "../../../../../../etc/passwd"
    return "climbing-uri.zip", as_zip({**files, "model.gltf": json.dumps(model).encode()})


def broken_zip() -> HostileFile:
    return "broken.zip", b"PK\x03\x04" + b"nonsense" * 20


def zip_with_a_nameless_file() -> HostileFile:
    """In its directory, a name's one byte has become a comment."""
    data = bytearray(as_zip({"a.glb": a_plain_ball().bytes(), "x": b"!"}))
    entry = data.rfind(b"PK\x01\x02")
    struct.pack_into("<H", data, entry + 28, 0)
    struct.pack_into("<H", data, entry + 32, 1)
    return "nameless.zip", bytes(data)


def zip_that_begins_before_itself() -> HostileFile:
    """Its directory is said to lie so far in that its first file would lie before the zip's start."""
    data = bytearray(as_zip({"a.glb": a_plain_ball().bytes()}))
    struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 16, 0x7FFFFFFF)
    return "before.zip", bytes(data)


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


UNSUPPORTED: tuple[Callable[[], HostileFile], ...] = (not_a_model, empty, text_renamed, fbx)
"""What `sniff` turns away at the door."""

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
    zip_that_climbs_out,
    zip_with_an_absolute_name,
    zip_with_a_link,
    zip_bomb,
    zip_with_lying_sizes,
    zip_of_many_files,
    zip_of_two_models,
    zip_whose_model_climbs_out,
    broken_zip,
    zip_with_a_nameless_file,
    zip_that_begins_before_itself,
    image_cut_short,
    wrong_types,
    gltf_with_broken_base64,
)
"""What the gate or the convert step refuses."""


def write_all(folder: Path) -> list[Path]:
    """Every hostile file into `folder`, named for what is wrong with it."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for build in (*UNSUPPORTED, *REJECTED):
        name, data = build()
        path = folder / f"{build.__name__}{Path(name).suffix}"
        path.write_bytes(data)
        written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name a folder: python -m tests.hostile FOLDER")
    print(f"{len(write_all(Path(sys.argv[1])))} files in {sys.argv[1]}")
