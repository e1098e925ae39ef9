"""What is kept of a build: facts, sizes, proofs, verdicts, notices, tools, times, and the manifest."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from vitrine.pipeline.manifest import manifest_of
from vitrine.pipeline.recipe import Recipe
from vitrine.pipeline.work import Made, Work


def report_of(recipe: Recipe, work: Work, *, tools: Mapping[str, str]) -> dict[str, Any]:
    """`tools`: name -> version."""
    details = dict(work.details)
    manifest = manifest_of(recipe, work, tools=tools)
    return {
        "recipe": manifest["recipe"],
        "tools": manifest["tools"],
        "source": {**manifest["input"], **(asdict(work.facts) if work.facts else {})},
        "variants": {
            kind: {
                "format": made.format,
                "size": manifest["outputs"][kind]["size"],
                "triangles": made.triangles,
                "textures": made.textures,
                "texture_max_px": made.texture_max_px,
                "proof": proof_of(made),
            }
            for kind, made in work.variants.items()
        },
        "channels": details.pop("channels", []),
        "notices": [asdict(notice) for notice in work.notices],
        "steps": manifest["times"]["steps"],
        "details": details,
        "manifest": manifest,
    }


def proof_of(made: Made) -> dict[str, Any] | None:
    """A variant's proof and whether it passed; None when it was not rendered."""
    return None if made.proof is None else {**asdict(made.proof), "passed": made.proof.passed}
