"""An upload opened: one model file, and the files that it may name."""

import errno
import lzma
import os
import posixpath
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from vitrine.errors import ModelRejected
from vitrine.pipeline.formats import HEAD_BYTES, recognised
from vitrine.pipeline.gltf import Row, parse_json, refuse, rows
from vitrine.pipeline.limits import ARCHIVE, ArchiveLimits
from vitrine.pipeline.work import Format, Parcel, Work

_PIECE = 1 << 20
_BAD_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What zipfile raises for zips that lie."""
_GLTF = (".gltf", ".glb")
_OTHERS = (".obj", ".stl", ".ply", ".fbx")
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def open_parcel(work: Work, *, limits: ArchiveLimits = ARCHIVE) -> Parcel:
    """The parcel of this work's source. A zip is unpacked into a new folder in the work's."""
    if work.source_format is not Format.ZIP:
        return Parcel(model=work.source, format=work.source_format)
    # A name that no earlier child could have prepared.
    target = Path(tempfile.mkdtemp(dir=work.folder, prefix="unpacked-"))
    names = unpack(work.source, target, limits=limits)
    return _zipped(target, names)


def unpack(archive: Path, target: Path, *, limits: ArchiveLimits = ARCHIVE) -> dict[str, Path]:
    """Name in the zip -> file under `target`, named by numbers: no name from a zip reaches our disk."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _members(opened, limits)
            target.chmod(0o755)
            return _inflate(opened, members, target, limits, archive.stat().st_size)
    except _BAD_ZIP as cause:
        raise ModelRejected(f"The zip cannot be read: {str(cause)[:200]}.") from cause
    except OSError as cause:
        # A place before the file's start, or a broken bzip2. Anything else, such as a full disk, is ours.
        if cause.errno not in (None, errno.EINVAL):
            raise
        raise ModelRejected(f"The zip cannot be read: {str(cause)[:200]}.") from cause


def _members(opened: zipfile.ZipFile, limits: ArchiveLimits) -> list[zipfile.ZipInfo]:
    entries = opened.infolist()
    if len(entries) > limits.files:
        refuse(f"The zip holds {len(entries)} files; the limit is {limits.files}.")
    members = []
    for entry in entries:
        name = entry.filename
        if not name:
            refuse("A file in the zip has no name.")
        if len(name) > limits.name_length:
            refuse(f"A name in the zip has {len(name)} characters; the limit is {limits.name_length}.")
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0:1]:
            refuse(f'The zip names a place outside itself: "{name[:200]}".')
        if stat.S_ISLNK(entry.external_attr >> 16):
            refuse(f'The zip holds a link, "{name[:200]}"; only plain files are taken.')
        if entry.flag_bits & 1:
            refuse(f'"{name[:200]}" in the zip is encrypted.')
        if not entry.is_dir() and not any(junk in name for junk in _JUNK):
            members.append(entry)
    return members


def _inflate(
    opened: zipfile.ZipFile, members: list[zipfile.ZipInfo], target: Path, limits: ArchiveLimits, packed: int
) -> dict[str, Path]:
    """Counts what comes out, whatever the headers say."""
    found: dict[str, Path] = {}
    total = 0
    for number, entry in enumerate(members):
        name = str(PurePosixPath(entry.filename.replace("\\", "/")))
        if name in found:
            refuse(f'The zip holds "{name[:200]}" twice.')
        path = target / str(number)
        with opened.open(entry) as source, path.open("wb") as file:
            while piece := source.read(_PIECE):
                total += len(piece)
                if total > limits.total_bytes:
                    refuse(f"The zip unpacks to more than {limits.total_bytes} bytes; that is the limit.")
                if total > limits.ratio_from_bytes and total > packed * limits.ratio:
                    refuse(
                        f"The zip unpacks to more than {limits.ratio} times its {packed} bytes; the limit."
                    )
                file.write(piece)
            os.fchmod(file.fileno(), 0o644)
        found[name] = path
    return found


def _zipped(target: Path, names: dict[str, Path]) -> Parcel:
    """A glTF goes before others that lie beside it, as exporters leave them."""
    models = _named(names, _GLTF) or _named(names, _OTHERS)
    if len(models) != 1:
        told = ", ".join(sorted(models)[:10]) or "none"
        kinds = ", ".join((*_GLTF, *_OTHERS))
        refuse(f"The zip must hold exactly one model ({kinds}); it holds {len(models)}: {told[:500]}.")
    name = models[0]
    path, folder = names[name], PurePosixPath(name).parent
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"glTF"):
        return Parcel(model=path, format=Format.GLB)
    if name.lower().endswith(_GLTF):
        files = _resolve(parse_json(path.read_bytes()), folder, names)
        return Parcel(model=path, format=Format.GLTF, files=files)
    found = recognised(head, name)
    if found not in (Format.OBJ, Format.STL, Format.PLY, Format.FBX):
        refuse(f'"{name[:200]}" in the zip is not what its name says.')
    return Parcel(model=path, format=found, files=_others(names, name, folder))


def _named(names: Iterable[str], suffixes: tuple[str, ...]) -> list[str]:
    return [name for name in names if name.lower().endswith(suffixes)]


def _others(names: dict[str, Path], model: str, folder: PurePosixPath) -> dict[str, Path]:
    """All other files, called as seen from the model's folder."""
    return {posixpath.relpath(name, folder): path for name, path in names.items() if name != model}


def _resolve(model: Row, folder: PurePosixPath, names: dict[str, Path]) -> dict[str, Path]:
    """Each URI that means a file of this zip. Others are left out; the gate names them."""
    found: dict[str, Path] = {}
    for key in ("buffers", "images"):
        for holder in rows(model, key, key):
            uri = holder.get("uri")
            if isinstance(uri, str) and uri[:5].lower() != "data:":
                path = names.get(uri_to_name(uri, folder))
                if path is not None:
                    found[uri] = path
    return found


def uri_to_name(uri: str, folder: PurePosixPath) -> str:
    """A relative URI as a name in the zip; empty when it leaves it."""
    parts: list[str] = list(folder.parts)
    for part in PurePosixPath(unquote(uri).replace("\\", "/")).parts:
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
