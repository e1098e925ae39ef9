"""The manifest of a build: what was made of what, by what, at what cost.

All of it but `times` and `memory` is the same whenever the same input is cooked with the same tools, and so are
the files that `outputs` names, byte for byte.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from vitrine.pipeline.digest import sha256_of
from vitrine.pipeline.recipe import Recipe
from vitrine.pipeline.work import Made, Work


def manifest_of(recipe: Recipe, work: Work, *, tools: Mapping[str, str]) -> dict[str, Any]:
    """`tools`: name -> version. Sizes and memory in bytes; memory is each child's peak, the browser's left out."""
    peaks = dict(_peaks(work))
    return {
        "recipe": {
            "name": recipe.name,
            "revision": recipe.revision,
            "fingerprint": recipe.fingerprint(tools),
        },
        "options": [{"step": step.name, "options": asdict(step)} for step in recipe.steps],  # type: ignore[call-overload]  # every Step is a dataclass
        "tools": dict(tools),
        "input": {
            "format": work.source_format,
            "size": work.source.stat().st_size,
            "sha256": sha256_of(work.source),
        },
        "outputs": {
            kind: {
                "file": file_name(made),
                "size": made.path.stat().st_size,
                "sha256": sha256_of(made.path),
            }
            for kind, made in work.variants.items()
        },
        "times": {
            "wall_s": round(sum(spent.wall_s for spent in work.times), 3),
            "cpu_s": round(sum(spent.cpu_s for spent in work.times), 3),
            "steps": [asdict(spent) for spent in work.times],
        },
        "memory": {"peak_bytes": max(peaks.values(), default=None), "steps": peaks},
    }


def file_name(made: Made) -> str:
    """What a variant is called where files have names."""
    return f"{made.kind}.{made.format}"


def _peaks(work: Work) -> Iterator[tuple[str, int]]:
    """Of each step that ran a child: the most memory the child had at once."""
    for step, detail in work.details.items():
        child = detail.get("child") if isinstance(detail, Mapping) else None
        if child is not None:
            yield step, child["peak_bytes"]
