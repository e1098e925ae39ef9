"""The limits that are published are the limits that hold."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from vitrine.pipeline.limits import ARCHIVE, ENGINE, IMPORTER, MODEL, POLYGONS, VALIDATOR

PAGE = Path(__file__).parents[2] / "docs/limits.md"


def published(title: str) -> dict[str, float]:
    """Name to value of the table under a heading."""
    section = PAGE.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([\d,.]+) \|", section, re.MULTILINE)
    return {name: float(value.replace(",", "")) for name, value in rows}


@pytest.mark.parametrize(
    ("title", "limits"),
    [
        ("A model", MODEL),
        ("A zip", ARCHIVE),
        ("An OBJ, STL or PLY", POLYGONS),
        ("What the importer may use for one model", IMPORTER),
        ("What the engine may use for one model", ENGINE),
        ("What the validator may use for one model", VALIDATOR),
    ],
)
def test_every_limit_is_published_with_its_value(title: str, limits: object) -> None:
    held = {one.name: float(getattr(limits, one.name)) for one in fields(limits)}  # type: ignore[arg-type]  # all are dataclasses

    assert published(title) == held
