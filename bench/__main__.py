"""`make bench MODELS=folder`: what the standard recipe makes of every model in a folder.

Prints a table of bytes, likeness (SSIM), CPU and wall seconds, and writes it to bench/results.md. The seconds are
this machine's: compare runs of one machine, not numbers of two.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from vitrine.errors import VitrineError
from vitrine.pipeline import recipes
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.formats import HEAD_BYTES, sniff
from vitrine.pipeline.recipe import cook
from vitrine.pipeline.work import Format, Kind, Work

RESULTS = Path(__file__).with_name("results.md")
KINDS = (Kind.PREVIEW, Kind.MOBILE, Kind.WEB, Kind.ANDROID, Kind.IOS, Kind.POSTER)
PROVEN = (Kind.PREVIEW, Kind.MOBILE, Kind.WEB, Kind.ANDROID)


def main(folder: Path) -> None:
    models = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".md")
    if not models:
        sys.exit(f"{folder} holds no models.")
    tools = recipes.tools_of(Bench())
    rows = [*heading()]
    print("\n".join(rows))
    for model in models:
        rows.append(row_of(model))
        print(rows[-1], flush=True)
    versions = ", ".join(f"{name} {version}" for name, version in recipes.versions(tools).items())
    note = "Bytes as stored; `web ÷ original` is of these. SSIM is the mean of seven views, the worst view in brackets."
    RESULTS.write_text("\n".join(["# Bench", "", note, "", *rows, "", f"Made with {versions}.", ""]))


def heading() -> Iterator[str]:
    columns = [
        "model",
        "original",
        *KINDS,
        "web ÷ original",
        *(f"SSIM {kind}" for kind in PROVEN),
        "CPU s",
        "wall s",
    ]
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)


def row_of(model: Path) -> str:
    """One line of the table; a model that is refused gets the reason."""
    size = model.stat().st_size
    try:
        with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
            cells = cells_of(cooked(model, Path(folder)), size)
    except VitrineError as error:
        cells = [f"{error.code}: {error.detail}"]
    return "| " + " | ".join([model.name, f"{size:,}", *cells]) + " |"


def cooked(model: Path, folder: Path) -> Work:
    with model.open("rb") as file:
        source_format = sniff(file.read(HEAD_BYTES), model.name)
    folder.chmod(0o755)
    scratch = folder / "work"
    scratch.mkdir()
    scratch.chmod(0o777)
    source = folder / f"source.{source_format}"
    source.write_bytes(model.read_bytes())
    recipe = recipes.check() if source_format is Format.USDZ else recipes.standard()
    work = Work(source=source, source_format=source_format, folder=scratch)
    return cook(recipe, work, recipes.tools_of(Bench()), on_progress=lambda _step, _part: None)


def cells_of(work: Work, size: int) -> list[str]:
    sizes = {kind: made.path.stat().st_size for kind, made in work.variants.items()}
    ratio = f"{sizes[Kind.WEB] / size:.3f}" if Kind.WEB in sizes else "–"
    cpu_s = sum(spent.cpu_s for spent in work.times) + sum(browser_cpu_s(work))
    seconds = [cpu_s, sum(spent.wall_s for spent in work.times)]
    return [
        *(f"{sizes[kind]:,}" if kind in sizes else "–" for kind in KINDS),
        ratio,
        *(likeness(work, kind) for kind in PROVEN),
        *(f"{value:.1f}" for value in seconds),
    ]


def browser_cpu_s(work: Work) -> Iterator[float]:
    """Chromium's own seconds, which the operating system does not count as a child's of ours."""
    for account in [work.details.get("poster"), *work.details.get("proof", [])]:
        if account:
            yield account["browser_cpu_s"]


def likeness(work: Work, kind: Kind) -> str:
    made = work.variants.get(kind)
    if made is None or made.proof is None:
        return "not proven"
    return f"{made.proof.ssim:.4f} ({made.proof.worst_ssim:.4f})"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
