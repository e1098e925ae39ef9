"""OBJ with wild numbers, and materials and textures that reach for what is not theirs."""

import struct
from collections.abc import Callable

from tests.gltf_builders import as_zip
from tests.hostile.glbs import png_bomb_itself
from tests.hostile.strangers import HostileFile
from tests.polygon_builders import obj_cube, obj_files


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


REJECTED: tuple[Callable[[], HostileFile], ...] = (
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
)
