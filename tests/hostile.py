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
from tests.polygon_builders import (
    CUBE,
    SIDES,
    ascii_ply,
    ascii_stl,
    binary_ply,
    binary_stl,
    cube_triangles,
    obj_cube,
    obj_files,
    ply_header,
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


def stl_cut_short() -> HostileFile:
    whole = binary_stl(cube_triangles())
    return "cut.stl", whole[: len(whole) - 70]


def stl_that_lies_about_its_count() -> HostileFile:
    """Four billion triangles in 600 bytes."""
    data = bytearray(binary_stl(cube_triangles()))
    struct.pack_into("<I", data, 80, 4_000_000_000)
    return "lying.stl", bytes(data)


def ascii_stl_cut_short() -> HostileFile:
    whole = ascii_stl(cube_triangles())
    return "cut-text.stl", whole[: len(whole) // 2]


def stl_of_words() -> HostileFile:
    return "words.stl", ascii_stl(cube_triangles()).replace(b"0.000000e+00", b"nought")


def stl_that_is_not_finite() -> HostileFile:
    return "infinite.stl", binary_stl([((0, 0, 0), (float("inf"), 0, 0), (0, 1, 0))])


def stl_of_one_point() -> HostileFile:
    return "point.stl", binary_stl([((1, 1, 1), (1, 1, 1), (1, 1, 1))] * 4)


def ply_of_billions_of_vertices() -> HostileFile:
    axes = [f"property float {axis}" for axis in "xyz"]
    return "billions.ply", ply_header("binary_little_endian", "element vertex 4000000000", *axes) + bytes(99)


def ply_of_billions_of_faces() -> HostileFile:
    whole = binary_ply(CUBE, SIDES)
    return "faces.ply", whole.replace(b"element face 6", b"element face 3999999999")


def ply_of_nothing_a_billion_times() -> HostileFile:
    """An element without properties takes no bytes at all."""
    whole = binary_ply(CUBE, SIDES)
    return "nothing.ply", whole.replace(b"element vertex 8", b"element air 4000000000\nelement vertex 8")


def ply_with_a_list_bomb() -> HostileFile:
    """One face that says it has four billion corners."""
    whole = binary_ply(CUBE, SIDES).replace(b"list uchar int", b"list uint int")
    body = struct.pack("<I", 4_000_000_000) + bytes(64)
    return "bomb.ply", whole[: whole.index(b"end_header") + 11 + 8 * 12] + body


def ply_with_a_face_of_thousands() -> HostileFile:
    around = list(range(8)) * 500
    whole = binary_ply(CUBE, SIDES).replace(b"element face 6", b"element face 1")
    whole = whole.replace(b"list uchar int", b"list uint int")
    return "round.ply", whole[: whole.index(b"end_header") + 11 + 8 * 12] + struct.pack(
        "<4001I", 4000, *around
    )


def ply_with_a_wild_index() -> HostileFile:
    return "wild.ply", binary_ply(CUBE, [(0, 1, 4_000_000)])


def ply_with_an_index_below_nought() -> HostileFile:
    return "below.ply", binary_ply(CUBE, [(0, 1, -2)])


def ply_that_is_not_a_number() -> HostileFile:
    return "nan.ply", ascii_ply([*CUBE[:7], (float("nan"), 0, 0)], SIDES)


def ply_of_points() -> HostileFile:
    return "points.ply", ascii_ply(CUBE, [])


def ply_without_an_end() -> HostileFile:
    return "endless.ply", b"ply\nformat ascii 1.0\n" + b"comment and so on\n" * 20_000


def ply_of_an_unknown_type() -> HostileFile:
    return "types.ply", binary_ply(CUBE, SIDES).replace(b"float x", b"quaternion x")


def ply_cut_short() -> HostileFile:
    whole = binary_ply(CUBE, [*SIDES[:3], (0, 1, 2), *SIDES[4:]])
    return "cut.ply", whole[:-10]


def obj_with_a_wild_index() -> HostileFile:
    return "wild.obj", obj_cube() + b"f 1/1/1 2/1/1 4000000/1/1\n"


def obj_with_an_index_from_before_the_start() -> HostileFile:
    return "before.obj", obj_cube() + b"f -1 -2 -99\n"


def obj_with_an_index_of_nought() -> HostileFile:
    return "nought.obj", obj_cube() + b"f 0 1 2\n"


def obj_with_an_endless_index() -> HostileFile:
    return "endless.obj", obj_cube() + b"f 1 2 " + b"9" * 400 + b"\n"


def obj_that_is_not_a_number() -> HostileFile:
    return "nan.obj", b"v nan 0 0\n" + obj_cube()


def obj_of_words() -> HostileFile:
    return "words.obj", b"v here there everywhere\n" + obj_cube()


def obj_of_points() -> HostileFile:
    return "points.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\np 1 2 3\n"


def obj_with_a_face_of_thousands() -> HostileFile:
    return "round.obj", obj_cube() + b"f" + b" 1" * 5000 + b"\n"


def obj_whose_materials_climb_out() -> HostileFile:
    return "climbs.obj", obj_cube(head="mtllib ../../../../../../etc/passwd\nusemtl root")


def obj_whose_materials_have_an_endless_name() -> HostileFile:
    return "name.obj", obj_cube(head=f"mtllib {'x' * 10_000}.mtl")


def obj_whose_materials_have_no_name() -> HostileFile:
    return "nameless.obj", b"mtllib \n" + obj_cube()


def obj_of_many_materials() -> HostileFile:
    return "many.obj", b"".join(b"usemtl %d\n" % number for number in range(5000)) + obj_cube()


def _obj_zip(mtl: str, **pictures: bytes) -> bytes:
    return as_zip(obj_files(mtl, **pictures))


def texture_that_climbs_out() -> HostileFile:
    return "climbing-texture.zip", _obj_zip("map_Kd ../../../../../../etc/passwd")


def texture_of_the_machine() -> HostileFile:
    return "absolute-texture.zip", _obj_zip("map_Kd /etc/passwd")


def texture_from_the_web() -> HostileFile:
    return "web-texture.zip", _obj_zip("map_Kd http://127.0.0.1:1/secret.png")


def texture_with_an_endless_name() -> HostileFile:
    return "long-texture.zip", _obj_zip(f"map_Kd {'x' * 10_000}.png")


def texture_that_did_not_come() -> HostileFile:
    return "missing-texture.zip", _obj_zip("map_Kd wood.png")


def texture_that_is_a_bomb() -> HostileFile:
    return "bomb-texture.zip", _obj_zip("map_Kd wood.png", wood__png=png_bomb_itself())


def texture_that_is_another_bomb() -> HostileFile:
    """A TGA that says it is 60,000 pixels wide and high: one that we would have to decode."""
    header = struct.pack("<BBB5x4HBB", 0, 0, 2, 0, 0, 60_000, 60_000, 24, 0)
    return "tga-bomb.zip", _obj_zip("map_Kd wood.tga", wood__tga=header + bytes(99))


def texture_that_is_no_picture() -> HostileFile:
    return "svg-texture.zip", _obj_zip(
        "map_Kd wood.png", wood__png=b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    )


def material_that_is_not_a_number() -> HostileFile:
    return "nan-material.zip", _obj_zip("Kd nan 0 0")


def zip_of_two_meshes() -> HostileFile:
    return "meshes.zip", as_zip({"a.obj": obj_cube(), "b.stl": binary_stl(cube_triangles())})


def zip_of_a_mesh_under_another_name() -> HostileFile:
    return "renamed.zip", as_zip({"a.stl": b"Dear reader, this is no model.\n" * 9})


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
    stl_cut_short,
    stl_that_lies_about_its_count,
    ascii_stl_cut_short,
    stl_of_words,
    stl_that_is_not_finite,
    stl_of_one_point,
    ply_of_billions_of_vertices,
    ply_of_billions_of_faces,
    ply_of_nothing_a_billion_times,
    ply_with_a_list_bomb,
    ply_with_a_face_of_thousands,
    ply_with_a_wild_index,
    ply_with_an_index_below_nought,
    ply_that_is_not_a_number,
    ply_of_points,
    ply_without_an_end,
    ply_of_an_unknown_type,
    ply_cut_short,
    obj_with_a_wild_index,
    obj_with_an_index_from_before_the_start,
    obj_with_an_index_of_nought,
    obj_with_an_endless_index,
    obj_that_is_not_a_number,
    obj_of_words,
    obj_of_points,
    obj_with_a_face_of_thousands,
    obj_whose_materials_climb_out,
    obj_whose_materials_have_an_endless_name,
    obj_whose_materials_have_no_name,
    obj_of_many_materials,
    texture_that_climbs_out,
    texture_of_the_machine,
    texture_from_the_web,
    texture_with_an_endless_name,
    texture_that_did_not_come,
    texture_that_is_a_bomb,
    texture_that_is_another_bomb,
    texture_that_is_no_picture,
    material_that_is_not_a_number,
    zip_of_two_meshes,
    zip_of_a_mesh_under_another_name,
)
"""What the import, the gate or the convert step refuses."""


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
