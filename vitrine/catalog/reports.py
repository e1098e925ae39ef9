"""What is known of a version, as it is told: what its job kept, and what depends on the product of today."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from vitrine.catalog.models import AssetVersion
from vitrine.pipeline.judging import with_true_scale
from vitrine.pipeline.scale import Size, claim_of, compare


def report_of(version: AssetVersion) -> dict[str, Any]:
    """The kept report with `scale`, and the channels that ask for it: metadata.dimensions_m may have changed since."""
    if not version.report:
        return {}
    scale = compare(_measured(version.dimensions_m), claim_of(version.product.metadata))
    told = {**version.report, "scale": asdict(scale)}
    if "channels" in version.report:
        told["channels"] = with_true_scale(version.report["channels"], scale)
    return told


@dataclass(frozen=True, slots=True)
class Credits:
    """Who made the model and what may be done with it, as its file says; "" where it says nothing."""

    author: str
    license: str
    copyright: str

    @classmethod
    def of(cls, version: AssetVersion) -> Self:
        found: Mapping[str, Any] = version.report.get("source", {})
        return cls(found.get("author", ""), found.get("license", ""), found.get("copyright", ""))


def _measured(kept: Any) -> Size | None:
    return None if kept is None else (kept[0], kept[1], kept[2])
