"""The models of a folder, as we take them and as a peer's user would."""

import zipfile
from pathlib import Path

from vitrine.pipeline.formats import HEAD_BYTES, sniff
from vitrine.pipeline.work import Format, Work

_NOT_MODELS = {".md", ".txt"}


def models_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix not in _NOT_MODELS)


def work_of(model: Path, folder: Path, *, converts: bool = False) -> Work:
    """A copy of the model on the bench, in the empty `folder`. UnsupportedFormat for what we do not take."""
    with model.open("rb") as file:
        source_format = sniff(file.read(HEAD_BYTES), model.name, converts=converts)
    folder.chmod(0o755)
    scratch = folder / "work"
    scratch.mkdir()
    scratch.chmod(0o777)  # the engine works in it as `nobody` where we are root
    source = folder / f"source.{source_format}"
    source.write_bytes(model.read_bytes())
    return Work(source=source, source_format=source_format, folder=scratch)


def for_peers(work: Work, folder: Path) -> Path | None:
    """The file to give to a peer: a zip is unpacked into `folder`. None where no peer reads such a model."""
    if work.source_format is Format.USDZ:
        return None
    if work.source_format is not Format.ZIP:
        return work.source
    with zipfile.ZipFile(work.source) as opened:
        opened.extractall(folder)  # a model that its owner put here himself
    found = [path for path in folder.rglob("*") if path.suffix.lower() in {".gltf", ".glb"}]
    return min(found, default=None)
