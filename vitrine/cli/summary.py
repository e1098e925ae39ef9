"""What a cook made, as a table of 80 columns."""

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vitrine.cli.words import printable, share, size

_WIDTH = 80
_HEAD = f"  {'variant':<11}{'size':>10}{'share':>9}{'triangles':>12}{'texture':>11}{'SSIM':>9}{'worst':>9}"
_MOST_NOTICES = 8


def summary(name: str, report: Mapping[str, Any], target: Path, *, styled: bool) -> str:
    """The whole of it, with a line's end. `styled` for terminals."""
    bold, dim, plain = ("\x1b[1m", "\x1b[2m", "\x1b[0m") if styled else ("", "", "")
    source = report["source"]
    lines = ["", f"  {bold}{_short(name)}{plain}  {dim}{_about(source)}{plain}", ""]
    lines += [f"{dim}{_HEAD}{plain}", f"{dim}  {'─' * (len(_HEAD) - 2)}{plain}"]
    lines += [_row(kind, made, source["size"]) for kind, made in report["variants"].items()]
    lines += ["", *_notices(report["notices"]), *_ending(report["manifest"], target), ""]
    return "\n".join(lines) + "\n"


def _short(name: str) -> str:
    text = printable(name)
    return text if len(text) <= 30 else f"{text[:29]}…"


def _about(source: Mapping[str, Any]) -> str:
    """The original: size, triangles, extent."""
    told = [size(source["size"]), f"{source['triangles']:,} triangles"]
    if source["dimensions_m"] is not None:
        told.append(" × ".join(f"{metres:.3g}" for metres in source["dimensions_m"]) + " m")
    return "  ".join(told)


def _row(kind: str, made: Mapping[str, Any], original: int) -> str:
    proof = made["proof"]
    cells = (
        size(made["size"]),
        share(made["size"], original),
        "" if made["triangles"] is None else f"{made['triangles']:,}",
        f"{made['texture_max_px']} px" if made["texture_max_px"] else "",
        f"{proof['ssim']:.4f}" if proof else "",
        f"{proof['worst_ssim']:.4f}" if proof else "",
    )
    widths = (10, 9, 12, 11, 9, 9)
    row = "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
    return f"  {kind:<11}{row}".rstrip()


def _notices(notices: list[Mapping[str, str]]) -> Iterator[str]:
    for notice in notices[:_MOST_NOTICES]:
        text = printable(notice["detail"])
        yield from textwrap.wrap(
            text, _WIDTH - 2, initial_indent="  · ", subsequent_indent="    ", max_lines=4
        )
    if len(notices) > _MOST_NOTICES:
        yield f"  · and {len(notices) - _MOST_NOTICES} more, in report.json"
    if notices:
        yield ""


def _ending(manifest: Mapping[str, Any], target: Path) -> Iterator[str]:
    times, peak = manifest["times"], manifest["memory"]["peak_bytes"]
    memory = f", at most {size(peak)} of memory" if peak else ""
    count = len(manifest["outputs"])
    yield f"  {count} file{'' if count == 1 else 's'} in {times['wall_s']:.0f} s{memory}:"
    yield f"  {target}"
