"""Results as Markdown: one table of files, one of ratios, one of means beside their targets."""

from collections.abc import Iterable, Sequence

from bench.figures import Entry, Result, geometric_mean
from bench.first_picture import ON_OPTIMIZED, ON_ORIGINAL, OURS, Shown
from bench.heavy import Heavy
from bench.ready import Failed, Waited, medians
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
FIRST = (
    "model",
    "network",
    "page",
    "poster ms",
    "first 3D ms",
    "full ms",
    "÷ ours, first 3D",
    "÷ ours, full",
)
READY = ("model", "gate s", "picture s", "ready s")
NONE = "–"
HEAVY_BYTES = 15_000_000
"""From here on a model counts as the heavy one, whose targets are higher."""


def row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_printable(cell).replace("|", "\\|") for cell in cells) + " |"


def _printable(cell: str) -> str:
    """What a peer complains of may hold anything."""
    return "".join(sign if sign.isprintable() else "?" for sign in cell)


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


def first_rows_of(shown: Shown) -> list[str]:
    """A row for each page; how many times as long as on ours it takes."""
    ours = shown.pages[OURS]
    return [
        row(
            [
                shown.model,
                shown.network,
                name,
                *(_number(moment, ",.0f") for moment in (page.poster, page.first, page.full)),
                _number(page.first / ours.first, ".1f"),
                _number(page.full / ours.full, ".1f"),
            ]
        )
        for name, page in shown.pages.items()
    ]


def first_targets_of(shown: Shown) -> list[str]:
    """What is promised against the plain page on the original."""
    ours, plain = shown.pages[OURS], shown.pages[ON_ORIGINAL]
    sooner, whole = ("10", "4") if shown.size >= HEAVY_BYTES else ("5", "1.5")
    told = (
        ("poster ÷ plain page's", ours.poster / plain.poster, "at most 1.1"),
        ("first 3D, times sooner", plain.first / ours.first, f"at least {sooner}"),
        ("full model, times sooner", plain.full / ours.full, f"at least {whole}"),
        ("first 3D, times sooner than optimized alone", shown.pages[ON_OPTIMIZED].first / ours.first, NONE),
    )
    where = f"{shown.model}, {shown.network}"
    return [
        row([f"{what}: {where}", "1", f"{ratio:.2f}", f"{ratio:.2f}", bound]) for what, ratio, bound in told
    ]


def ready_row_of(waited: Waited | Failed) -> str:
    if isinstance(waited, Failed):
        return row([waited.model, waited.why, NONE, NONE])
    seconds = (waited.gate_s, waited.picture_s, waited.ready_s)
    return row([waited.model, *(_number(one, ".1f") for one in seconds)])


def ready_targets_of(waits: Sequence[Waited | Failed]) -> list[str]:
    """Medians of the models that became ready, beside what is promised; none that failed is left unsaid."""
    ready = [one for one in waits if isinstance(one, Waited)]
    if not ready:
        return []
    middle, count = medians(ready), f"{len(ready)} of {len(waits)}"
    told = (
        ("gate passed", middle.gate_s, max(one.gate_s for one in ready), "at most 5"),
        ("first picture in the console", middle.picture_s, max(one.picture_s for one in ready), "at most 15"),
        ("ready", middle.ready_s, max(one.ready_s for one in ready), "at most 90"),
    )
    return [
        row([f"seconds from upload, median and worst: {what}", count, f"{usual:.1f}", f"{worst:.1f}", bound])
        for what, usual, worst, bound in told
    ]


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
