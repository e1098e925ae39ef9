"""What kind of file this is: its content decides. A name helps where a format has no mark of its own."""

import json
import re

from vitrine.errors import UnsupportedFormat
from vitrine.pipeline.work import Format

HEAD_BYTES = 4096
"""How much of a file `sniff` wants to see."""

ACCEPTED = (
    "glb, gltf (with its data inside, or zipped with its files), usdz, obj (alone, or zipped with its mtl and "
    "textures), stl, ply, and fbx where its converter is installed"
)
_EXTENSIONS = (".glb", ".gltf", ".usdz", ".obj", ".stl", ".ply", ".zip")
INSTALL = (
    "install Blender's Python module: make an environment of Python 3.11, `pip install bpy` in it, and start Vitrine "
    "with CONVERTER_PYTHON naming that environment's python"
)
"""What brings the optional converter."""

_USD_NAMES = (b".usda", b".usdc", b".usd")
_STL_HEADER = 84
_FBX = (b"Kaydara FBX Binary", b"; FBX ")
_PLY = re.compile(rb"ply\r?\n\s*(format|comment|obj_info|element)\s")
_OBJ_WORDS = frozenset(b"v vn vt vp f o g s l p mtllib usemtl".split())


def sniff(head: bytes, name: str, *, converts: bool) -> Format:
    """The format of a file that begins with `head`. UnsupportedFormat names what is accepted.

    `converts`: whether this installation has the converter that FBX needs.
    """
    found = recognised(head, name)
    if found is None:
        raise UnsupportedFormat(f"{_told(name)} is not a model that we take. We take {ACCEPTED}.")
    if found is Format.FBX and not converts:
        raise UnsupportedFormat(
            f"{_told(name)} is an FBX, which this installation cannot read: {INSTALL} to accept FBX. Or export it as "
            f"glb. We take {ACCEPTED}."
        )
    return found


def extensions(*, converts: bool) -> tuple[str, ...]:
    """Of the files that are taken here, for choosers of files."""
    return (*_EXTENSIONS, ".fbx") if converts else _EXTENSIONS


def recognised(head: bytes, name: str) -> Format | None:
    """The same of any file, also of one in a zip; None for no model."""
    return _container(head) or _mesh(head, name.lower())


def _container(head: bytes) -> Format | None:
    """Formats with a mark of their own."""
    if head.startswith(b"glTF"):
        return Format.GLB
    if head.startswith(b"PK\x03\x04"):
        return Format.USDZ if _first_entry(head).lower().endswith(_USD_NAMES) else Format.ZIP
    if head.startswith(_FBX):
        return Format.FBX
    return Format.PLY if _PLY.match(head) else None


def _mesh(head: bytes, name: str) -> Format | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{") and name.endswith((".gltf", ".json")):
        return Format.GLTF
    if text[:5].lower() == b"solid" and re.search(rb"\bfacet\s+normal\b", text, re.IGNORECASE):
        return Format.STL
    if name.endswith(".stl") and len(head) >= _STL_HEADER and (b"\0" in head or text[:5].lower() == b"solid"):
        return Format.STL
    return Format.OBJ if _reads_as_obj(text, name) else None


def _reads_as_obj(text: bytes, name: str) -> bool:
    """Every line begins with a word of OBJ's. Another name than .obj needs a vertex or a material file besides."""
    if b"\0" in text:
        return False
    whole, _, rest = text.rpartition(b"\n")
    lines = (line.split(None, 2) for line in (whole or rest).splitlines())
    words = [line[0] for line in lines if line and not line[0].startswith(b"#")]
    known = sum(word in _OBJ_WORDS for word in words)
    if name.endswith(".obj"):
        return bool(text) and known == len(words)
    return known == len(words) and bool({b"v", b"mtllib"} & set(words))


def _first_entry(head: bytes) -> bytes:
    """The name of a zip's first entry (APPNOTE.TXT, 4.3.7)."""
    length = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + length]


def _told(name: str) -> str:
    return json.dumps(name[:100], ensure_ascii=False) if name else "This file"
