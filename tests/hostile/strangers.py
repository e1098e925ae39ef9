"""What is no model, or none that is read."""

from collections.abc import Callable

HostileFile = tuple[str, bytes]


def not_a_model() -> HostileFile:
    return "cat.jpg", b"\xff\xd8\xff\xe0" + b"cat" * 100


def empty() -> HostileFile:
    return "empty.glb", b""


def text_renamed() -> HostileFile:
    return "notes.glb", b"Dear reader, this is no model.\n" * 10


def fbx() -> HostileFile:
    return "chair.fbx", b"Kaydara FBX Binary  \x00\x1a\x00" + bytes(64)


UNSUPPORTED: tuple[Callable[[], HostileFile], ...] = (not_a_model, empty, text_renamed, fbx)
