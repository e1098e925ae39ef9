"""A look at somebody else's .usdz: nothing outside of it is opened, and nothing in it is trusted."""

import io
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError
from pxr import Sdf, Tf, UsdUtils

from vitrine.pipeline.usdz import archive, readback, validation
from vitrine.pipeline.usdz.archive import LAYERS, MEDIA, PICTURES, Entry

_BLOCKING = {
    "CompositionErrorTest",
    "PackageEncapsulationValidator",
    "RootPackageValidator",
    "UsdzPackageValidator",
}
_NOTICES_MOST = 10


class Unfit(ValueError):
    """The model is at fault; the message says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The limits of an uploaded .usdz."""

    files: int
    image_side_px: int
    image_px: int
    triangles: int


def inspect(path: Path, bounds: Bounds) -> dict[str, Any]:
    """{facts, notices} of a sound file; Unfit for any other."""
    try:
        entries = archive.entries(path, max_files=bounds.files)
        notices = [_stray(entry) for entry in entries if entry.extension not in LAYERS | MEDIA]
        _check_pictures(path, entries, bounds)
        notices += _check_references(path, entries)
        stage = validation.opened(path)
        facts = readback.facts(stage, entries, path)
    except (archive.BadArchive, readback.TooMuch) as error:
        raise Unfit(str(error)) from error
    except validation.Unopenable as error:
        raise Unfit(f"OpenUSD cannot open the file: {error}.") from error
    if facts["triangles"] > bounds.triangles:
        raise Unfit(f"The model has {facts['triangles']} triangles; at most {bounds.triangles} are allowed.")
    if facts["dimensions_m"] is None:
        raise Unfit("There is nothing to see in the scene: no mesh or other shape.")
    return {"facts": facts, "notices": notices + _validated(stage)}


def _check_pictures(path: Path, entries: Sequence[Entry], bounds: Bounds) -> None:
    with path.open("rb") as file:
        for entry in entries:
            if entry.extension not in PICTURES:
                continue
            file.seek(entry.offset)
            try:
                with Image.open(io.BytesIO(file.read(entry.size)), formats=("PNG", "JPEG")) as picture:
                    width, height = picture.size
            except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
                raise Unfit(f"{entry.name!r} is neither a PNG nor a JPEG that can be read.") from error
            if max(width, height) > bounds.image_side_px or width * height > bounds.image_px:
                raise Unfit(
                    f"{entry.name!r} is {width} × {height} pixels; at most {bounds.image_side_px} on a side "
                    f"and {bounds.image_px} in all are allowed."
                )


def _check_references(path: Path, entries: Sequence[Entry]) -> list[dict[str, str]]:
    """Every asset path of every layer must stay inside: looked at layer by layer, before any is composed."""
    names = {entry.name for entry in entries}
    notices = []
    for number, entry in enumerate(entries):
        if entry.extension not in LAYERS:
            continue
        for reference in _references(path, entry, first=number == 0):
            inside = posixpath.normpath(posixpath.join(posixpath.dirname(entry.name), reference))
            if reference.startswith("/") or ":" in reference or "\\" in reference or inside.startswith(".."):
                raise Unfit(f"{entry.name!r} refers to {reference[:200]!r}, outside of the .usdz.")
            if inside in names or posixpath.normpath(reference) in names or "<UDIM>" in reference:
                continue
            if Path(inside).suffix.lstrip(".").lower() in LAYERS | PICTURES:
                raise Unfit(f"{entry.name!r} refers to {reference[:200]!r}, which is not in the .usdz.")
            notices.append(
                {
                    "code": "usdz-missing-file",
                    "detail": f"{entry.name!r} refers to {reference[:200]!r}, which is not in the .usdz.",
                }
            )
    return notices


def _references(path: Path, entry: Entry, *, first: bool) -> list[str]:
    found: list[str] = []

    def note(reference: str) -> str:
        if reference:
            found.append(reference)
        return reference

    try:
        layer = Sdf.Layer.FindOrOpen(str(path) if first else f"{path}[{entry.name}]")
        if not layer:
            raise validation.Unopenable(f"the layer {entry.name!r} cannot be read")
        copy = Sdf.Layer.CreateAnonymous(".usda")
        copy.TransferContent(layer)
        UsdUtils.ModifyAssetPaths(copy, note)
    except Tf.ErrorException as error:
        raise validation.Unopenable(f"the layer {entry.name!r} cannot be read") from error
    return found


def _validated(stage: Any) -> list[dict[str, str]]:
    """Unfit where a player would stumble; notices where only good manners are at stake."""
    findings = validation.findings(stage)
    for finding in findings:
        if finding.severe and finding.validator in _BLOCKING:
            raise Unfit(f"OpenUSD's validator refuses the file ({finding}).")
    said: Mapping[str, None] = dict.fromkeys(str(finding) for finding in findings)
    return [{"code": "usdz-validation", "detail": text} for text in list(said)[:_NOTICES_MOST]]


def _stray(entry: Entry) -> dict[str, str]:
    if entry.extension == "usdz":
        raise Unfit(f"{entry.name!r} is a .usdz inside the .usdz; put its files in directly.")
    return {"code": "usdz-stray-file", "detail": f"{entry.name!r} is of no kind that belongs in a .usdz."}
