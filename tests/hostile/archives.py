"""Zips that climb out, blow up or lie."""

import json
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO

from tests.gltf_builders import a_ball, a_plain_ball, as_loose_files, as_zip
from tests.hostile.strangers import HostileFile
from tests.polygon_builders import binary_stl, cube_triangles, obj_cube


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


def zip_of_two_meshes() -> HostileFile:
    return "meshes.zip", as_zip({"a.obj": obj_cube(), "b.stl": binary_stl(cube_triangles())})


def zip_of_a_mesh_under_another_name() -> HostileFile:
    return "renamed.zip", as_zip({"a.stl": b"Dear reader, this is no model.\n" * 9})


REJECTED: tuple[Callable[[], HostileFile], ...] = (
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
    zip_of_two_meshes,
    zip_of_a_mesh_under_another_name,
)
