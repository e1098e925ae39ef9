"""Results as Markdown: one table of files, one of ratios, one of means beside their targets."""

from collections.abc import Iterable, Sequence

from bench.figures import Entry, Result, geometric_mean
from bench.heavy import Heavy
from bench.scaling import Scaling

FILES = ("model", "file", "bytes", "brotli", "SSIM", "worst view", "FLIP", "CPU s", "peak MB", "note")
RATIOS = (
    "model",
    "smallest peer",
    "its SSIM",
    "ours at equal looks",
    "÷ peer",
    "ours ÷ smallest",
    "ours ÷ smallest at the bound",
    "CPU bare ×",
    "CPU whole ×",
    "preview brotli",
    "triangles",
    "silhouette",
    "grown",
)
MEANS = ("what", "models", "geometric mean", "worst", "target")
NONE = "–"


def row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def heading(columns: Sequence[str]) -> list[str]:
    return [row(columns), "|" + "---|" * len(columns)]


def files_of(result: Result) -> list[str]:
    """A row for each file of one model."""
    equal = (result.equal.ours,) if result.equal else ()
    return [_file_row(result.model, one) for one in (result.original, *result.peers, result.web, *equal)]


def _file_row(model: str, entry: Entry) -> str:
    looks = entry.looks
    return row(
        [
            model,
            entry.maker,
            _number(entry.size, ","),
            _number(entry.wire, ","),
            _number(looks.ssim if looks else None, ".4f"),
            _number(looks.worst_ssim if looks else None, ".4f"),
            _number(looks.flip if looks else None, ".4f"),
            _number(entry.cpu_s, ".1f"),
            _number(entry.peak_bytes / 1e6 if entry.peak_bytes else None, ".0f"),
            entry.note,
        ]
    )


def ratios_of(result: Result) -> str:
    """One row; a quality that was not reached is told and counts in no mean."""
    peer, preview, equal = result.smallest, result.preview, result.equal
    reached = equal.ours.looks.ssim if equal and equal.ours.looks else None
    told = f"{reached:.4f} of {equal.quality:.4f}" if equal and reached is not None else NONE
    missed = equal is not None and not equal.reached
    return row(
        [
            result.model,
            peer.maker if peer else NONE,
            _number(peer.looks.ssim if peer and peer.looks else None, ".4f"),
            told,
            "not reached" if missed else _number(result.at_equal_looks, ".3f"),
            _number(result.against_smallest, ".3f"),
            _number(result.against_alike, ".3f"),
            _number(result.cpu_bare, ".1f"),
            _number(result.cpu_whole, ".1f"),
            _number(preview.wire if preview else None, ","),
            _number(preview.triangles if preview else None, ","),
            _number(preview.overlap if preview else None, ".3f"),
            ", ".join(result.grown) or "none",
        ]
    )


def means_of(results: Sequence[Result], scaling: Scaling | None, heavy: Heavy | None = None) -> list[str]:
    """Each ratio over the models that have it, beside its target."""
    lines = [
        _mean(
            "bytes at equal looks ÷ smallest peer", [one.at_equal_looks for one in results], "at most 0.75"
        ),
        _mean("bytes ÷ smallest peer", [one.against_smallest for one in results], "at most 1.0"),
        _mean("bytes ÷ smallest peer at the bound", [one.against_alike for one in results], "at most 0.6"),
        _mean(
            "CPU of all variants, bare ÷ one optimize",
            [one.cpu_bare for one in results],
            "at most 3; 6 with search",
        ),
        _mean("CPU with posters and proofs ÷ one optimize", [one.cpu_whole for one in results], "at most 25"),
    ]
    overlaps = [one.preview.overlap for one in results if one.preview]
    if overlaps:
        lines.append(
            row(
                ["silhouette of the preview", str(len(overlaps)), NONE, f"{min(overlaps):.3f}", "≥ 0.95 each"]
            )
        )
    grown = sum(bool(one.grown) for one in results)
    lines.append(row(["models with a variant that grew", str(len(results)), NONE, str(grown), "0"]))
    if scaling:
        ratio = f"{scaling.ratio:.2f}"
        lines.append(
            row([f"throughput of 2 workers ÷ 1 ({scaling.model})", "1", ratio, ratio, "at least 1.6"])
        )
    return [*lines, *(_heavy_rows(heavy) if heavy else ())]


def _heavy_rows(heavy: Heavy) -> list[str]:
    model = f"{heavy.triangles:,} triangles in {heavy.size / 1e6:.0f} MB"
    engine, browser = f"{heavy.engine_peak / 1e6:,.0f}", f"{heavy.browser_peak / 1e6:,.0f}"
    return [
        row([f"MB at most, engine: {model}", "1", engine, engine, "under 1,500"]),
        row([f"MB at most, Chromium: {model}", "1", browser, browser, "under 3,000"]),
        row([f"CPU s of everything: {model}", "1", f"{heavy.cpu_s:.0f}", f"{heavy.cpu_s:.0f}", NONE]),
    ]


def _mean(what: str, values: Iterable[float | None], target: str) -> str:
    known = [value for value in values if value is not None]
    return row(
        [
            what,
            str(len(known)),
            _number(geometric_mean(known), ".3f"),
            _number(max(known, default=None), ".3f"),
            target,
        ]
    )


def _number(value: float | None, form: str) -> str:
    return NONE if value is None else format(value, form)
