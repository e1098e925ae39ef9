"""What kind of file this is: its first bytes decide, never its name alone."""

import json

from vitrine.errors import UnsupportedFormat
from vitrine.pipeline.work import Format

HEAD_BYTES = 4096
"""How much of a file `sniff` wants to see."""

ACCEPTED = "glb, gltf (with its data inside, or zipped with its files) and usdz"

_USD_NAMES = (b".usda", b".usdc", b".usd")


def sniff(head: bytes, name: str) -> Format:
    """The format of a file that begins with `head`. UnsupportedFormat names what is accepted."""
    if head.startswith(b"glTF"):
        return Format.GLB
    if head.startswith(b"PK\x03\x04"):
        return Format.USDZ if _first_entry(head).lower().endswith(_USD_NAMES) else Format.ZIP
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and name.lower().endswith((".gltf", ".json")):
        return Format.GLTF
    raise UnsupportedFormat(f"{_told(name)} is not a model that we take. We take {ACCEPTED}.")


def _first_entry(head: bytes) -> bytes:
    """The name of a zip's first entry (APPNOTE.TXT, 4.3.7)."""
    length = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + length]


def _told(name: str) -> str:
    return json.dumps(name[:100], ensure_ascii=False) if name else "This file"
